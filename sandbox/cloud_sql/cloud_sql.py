"""Cloud SQL as the practice ground has it: its Admin API v1 over the world's instances, to be read and to be changed.

Faithful in what opsbot uses: long numbers as text, an unknown instance refused as one that is forbidden, one operation
at a time on an instance, settingsVersion as a lock, operations that take their time.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from urllib.parse import unquote

from aiohttp import web

from sandbox.cloud_sql.data_api import AskSql, answered
from sandbox.cloud_sql.refusal import WORDING, impossible, refused, unknown
from sandbox.cloud_sql.setting import changed
from sandbox.cloud_sql.shape import (
    backup_name,
    shown_backup,
    shown_instance,
    shown_operation,
    shown_run,
    shown_tiers,
    stamp,
)
from sandbox.faults import Faults
from sandbox.line import Line
from sandbox.log import Log
from sandbox.payload import JsonObject
from sandbox.rest_face import Answer, Reply, RestFace
from sandbox.world.database import BackupRun, Instance, Operation
from sandbox.world.database_side import CannotBeDone
from sandbox.world.platform import Platform
from sandbox.world.series import disk_bytes

ROOT = "/cloudsql"
TARGET = "cloud_sql"
PAGE = 50
"""Entries of a list when nobody says how many."""

Change = Callable[[web.Request, JsonObject], Operation]


class CloudSql:
    """The API below /cloudsql/v1."""

    def __init__(self, platform: Platform, *, faults: Faults, log: Log, ask: AskSql | None = None) -> None:
        """Without anybody to `ask`, no instance answers SQL."""
        self._platform = platform
        self._ask = ask
        self._faults = faults
        line = Line(target=TARGET, faults=faults, wording=WORDING)
        self._face = RestFace(root=f"{ROOT}/v1/projects/{{project}}", line=line, log=log, admit=self._admit)

    def routes(self) -> list[web.RouteDef]:
        """Every method that there is here."""
        one = "/instances/{instance}"
        reads: dict[str, Answer] = {
            "/instances": lambda _request, _: Reply(body={"items": [self._shown(each) for each in self._instances()]}),
            one: lambda request, _: Reply(body=self._shown(self._known(request))),
            f"{one}/backupRuns": lambda request, _: _listed(request, "items", map(shown_run, self._runs(request))),
            f"{one}/backupRuns/{{run}}": lambda request, _: Reply(body=shown_run(self._run(request))),
            f"{one}/getLatestRecoveryTime": lambda request, _: Reply(body=self._window(request)),
            "/backups": self._backups,
            "/operations": lambda request, _: _listed(request, "items", self._operations(request)),
            "/operations/{operation}": lambda request, _: Reply(body=self._operation(request)),
            "/tiers": lambda _request, _: Reply(body={"kind": "sql#tiersList", "items": shown_tiers()}),
        }
        changes: dict[tuple[str, str], tuple[str, Change]] = {
            ("POST", "/instances"): ("CREATE_REPLICA", self._insert),
            ("PATCH", one): ("UPDATE", self._patch),
            ("DELETE", one): ("DELETE", self._delete),
            ("POST", f"{one}/restart"): ("RESTART", self._restart),
            ("POST", f"{one}/clone"): ("CLONE", self._clone),
            ("POST", f"{one}/restoreBackup"): ("RESTORE_VOLUME", self._restore),
            ("POST", f"{one}/backupRuns"): ("BACKUP_VOLUME", self._back_up),
        }
        return [
            self._face.slow_route("POST", f"{one}/executeSql", self._asked),
            *(self._face.route("GET", path, answer) for path, answer in reads.items()),
            *(
                self._face.route(method, path, self._changing(f"{method} {path}", kind, change))
                for (method, path), (kind, change) in changes.items()
            ),
        ]

    def _changing(self, method: str, kind: str, change: Change) -> Answer:
        """Answers with the operation that a change is, or with one that fails, where such a fault is switched on."""

        def answer(request: web.Request, body: JsonObject) -> Reply:
            try:
                in_vain = "instance" in request.match_info and self._faults.strike_of("operation_fails", TARGET, method)
                operation = self._in_vain(request, kind) if in_vain else change(request, body)
            except CannotBeDone as why:
                raise impossible(why) from None
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise refused(400, "parseError", f"Invalid JSON payload received: {type(error).__name__}") from None
            return Reply(body=shown_operation(operation, now=self._platform.now().timestamp()))

        return answer

    def _in_vain(self, request: web.Request, kind: str) -> Operation:
        return self._platform.begin_in_vain(kind, self._known(request).name)

    def _delete(self, request: web.Request, _body: JsonObject) -> Operation:
        return self._platform.delete_database(self._known(request).name)

    def _restart(self, request: web.Request, _body: JsonObject) -> Operation:
        return self._platform.restart_database(self._known(request).name)

    async def _asked(self, request: web.Request, body: JsonObject) -> Reply:
        return await answered(self._ask, self._known(request), body, now=self._platform.now().timestamp())

    def _admit(self, request: web.Request) -> None:
        if request.match_info["project"] != self._platform.project:
            raise unknown()

    def _instances(self) -> list[Instance]:
        return list(self._platform.instances().values())

    def _known(self, request: web.Request) -> Instance:
        found = self._platform.instances().get(unquote(request.match_info["instance"]))
        if found is None:
            raise unknown()
        return found

    def _shown(self, instance: Instance) -> JsonObject:
        now = self._platform.now().timestamp()
        running = [each for each in self._platform.operations(instance.name) if not each.done(now)]
        return shown_instance(
            instance,
            running=next((each for each in running if instance.name == (each.target or each.instance)), None),
            replicas=[each.name for each in self._instances() if each.primary == instance.name],
            disk=disk_bytes(self._platform.past, instance.name, now),
        )

    def _runs(self, request: web.Request) -> list[BackupRun]:
        if request.match_info["instance"] == "-":
            return self._all_runs()
        return self._platform.backups(self._known(request).name)

    def _all_runs(self) -> list[BackupRun]:
        found = [run for each in self._instances() for run in self._platform.backups(each.name)]
        return sorted(found, key=lambda run: run.began_at, reverse=True)

    def _run(self, request: web.Request) -> BackupRun:
        found = next((run for run in self._runs(request) if str(run.id) == request.match_info["run"]), None)
        if found is None:
            raise refused(404, "backupRunDoesNotExist", "The backup run does not exist.")
        return found

    def _window(self, request: web.Request) -> JsonObject:
        window = self._platform.recovery_window(self._known(request).name)
        if window is None:
            raise refused(400, "invalidRequest", "Invalid request: Point-in-time recovery is not enabled.")
        earliest, latest = (stamp(moment.timestamp()) for moment in window)
        return {"kind": "sql#getLatestRecoveryTime", "earliestRecoveryTime": earliest, "latestRecoveryTime": latest}

    def _backups(self, request: web.Request, _body: JsonObject) -> Reply:
        wanted = request.query.get("filter", "").removeprefix("instance:").strip('"')
        found = [run for run in self._all_runs() if wanted in {"", run.instance}]
        return _listed(request, "backups", map(shown_backup, found))

    def _operations(self, request: web.Request) -> list[JsonObject]:
        now = self._platform.now().timestamp()
        found = self._platform.operations(request.query.get("instance", ""))
        return [shown_operation(each, now=now) for each in found]

    def _operation(self, request: web.Request) -> JsonObject:
        name, now = request.match_info["operation"], self._platform.now().timestamp()
        found = next((each for each in self._platform.operations() if each.name == name), None)
        if found is None:
            raise refused(404, "operationDoesNotExist", "The Cloud SQL operation does not exist.")
        return shown_operation(found, now=now)

    def _patch(self, request: web.Request, body: JsonObject) -> Operation:
        instance = self._known(request)
        return self._platform.patch_database(instance.name, changed(instance.settings, body.get("settings") or {}))

    def _insert(self, _request: web.Request, body: JsonObject) -> Operation:
        primary = str(body.get("masterInstanceName") or "").rpartition(":")[2]
        if primary not in self._platform.instances():
            raise refused(
                400, "invalid", "The practice ground makes replicas of instances that are there, and no others."
            )
        return self._platform.create_replica(primary, _name(body.get("name")))

    def _clone(self, request: web.Request, body: JsonObject) -> Operation:
        source, context = self._known(request), body.get("cloneContext") or {}
        written = context.get("pointInTime")
        moment = _moment(written) if written else None
        return self._platform.clone(source.name, _name(context.get("destinationInstanceName")), moment=moment)

    def _restore(self, request: web.Request, body: JsonObject) -> Operation:
        """The instance of the path is overwritten, or made; the body says with what."""
        target = _name(unquote(request.match_info["instance"]))
        settings = (body.get("restoreInstanceSettings") or {}).get("settings") or {}
        labels = {str(name): str(value) for name, value in (settings.get("userLabels") or {}).items()}
        if context := body.get("restoreBackupContext"):
            self._known(request)
            run, source = str(context.get("backupRunId", "")), str(context.get("instanceId", ""))
        else:
            found = next((each for each in self._all_runs() if backup_name(each) == body.get("backup")), None)
            run, source = (str(found.id), found.instance) if found else ("", "")
        if not run.isdecimal() or source not in self._platform.instances():
            raise refused(404, "backupRunDoesNotExist", "The backup run does not exist.")
        return self._platform.restore(target, backup=int(run), source=source, labels=labels)

    def _back_up(self, request: web.Request, body: JsonObject) -> Operation:
        return self._platform.create_backup(self._known(request).name, description=str(body.get("description") or ""))


def _listed(request: web.Request, name: str, found: Iterable[JsonObject]) -> Reply:
    """One page of a list; its token is where the next one begins."""
    entries = list(found)
    most, begin = request.query.get("maxResults", str(PAGE)), request.query.get("pageToken", "0")
    if not most.isdecimal() or not begin.isdecimal():
        raise refused(400, "invalid", "Invalid value for maxResults or pageToken.")
    end = int(begin) + max(1, int(most))
    following = {"nextPageToken": str(end)} if end < len(entries) else {}
    return Reply(body={**({name: page} if (page := entries[int(begin) : end]) else {}), **following})


def _name(written: object) -> str:
    name = str(written or "")
    if not name or len(name) > 98 or not all(each.islower() or each.isdecimal() or each == "-" for each in name):
        raise refused(400, "invalid", f"Invalid instance name ({name[:100]}).")
    return name


def _moment(written: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise refused(400, "invalid", "Invalid value for pointInTime.")
    return moment
