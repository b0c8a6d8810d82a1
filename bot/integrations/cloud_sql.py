"""Cloud SQL's Admin API, to be read: instances, their backups, how far back they can be set, and what is being done.

Over REST, because only that is known to be answered from everywhere. Whole numbers of 64 bits travel as text.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

from bot.domain.database_instance import Backup, DatabaseInstance, DatabaseOperation, RecoveryWindow
from bot.integrations.google_token import SQL_ADMIN, google_auth
from bot.integrations.json_api import Declined, JsonApi, JsonObject, System, moment

SYSTEM = System(
    name="Cloud SQL",
    remedy="check which account opsbot runs as",
    forbidden="grant opsbot's service account roles/cloudsql.viewer; an instance that is not there is refused likewise",
    words=lambda body: body["error"]["message"],
)
PAGE = 100
"""Entries of a list asked for at once."""
NONE_YET = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED}
"""How it is said that there is nothing to be set back to."""

Read = TypeVar("Read")


class CloudSql:
    """Reads the instances of one project. Every call raises `CouldNotLook` within its time."""

    def __init__(self, *, project: str, url: str, timeout: float, instances: Sequence[str] = ()) -> None:
        """`url` is what stands before /v1; `timeout` in seconds, for each call; `instances` are those examined."""
        self._instances = tuple(instances)
        self._project = f"/v1/projects/{quote(project, safe='')}"
        self._api = JsonApi(SYSTEM, url=url, timeout=timeout, auth=google_auth(url, SQL_ADMIN))

    async def close(self) -> None:
        """Takes no more calls."""
        await self._api.close()

    async def instance(self, name: str) -> DatabaseInstance:
        """An instance as it is now."""
        return self._api.read(_instance, (await self._api.get(self._at(name))).body)

    async def backups(self, instance: str, *, most: int = 400) -> Sequence[Backup]:
        """Its backup runs, the newest first."""
        return await self._listed(f"{self._at(instance)}/backupRuns", {}, _backup, most)

    async def recovery_window(self, instance: str) -> RecoveryWindow:
        """To which moments it can be set back; to none where that is switched off."""
        try:
            answer = await self._api.get(f"{self._at(instance)}/getLatestRecoveryTime")
        except Declined as declined:
            if declined.status not in NONE_YET or (await self.instance(instance)).point_in_time:
                raise
            return RecoveryWindow(earliest=None, latest=None)
        return self._api.read(_window, answer.body)

    async def operations(self, instance: str, *, most: int = 50) -> Sequence[DatabaseOperation]:
        """What is and was done to it, the newest first."""
        return await self._listed(f"{self._project}/operations", {"instance": instance}, read_operation, most)

    async def numbers(self, instance: str, database: str, query: str) -> Sequence[tuple[str, float]]:
        """The rows of a query that reads, label and number, of any instance that answers the Data API."""
        asked = {"database": database, "sqlStatement": query, "autoIamAuthn": True, "rowLimit": str(PAGE)}
        answer = await self._api.send("POST", f"{self._at(instance)}/executeSql", asked)
        return self._api.read(_numbers, answer.body)

    async def examine(self) -> str:
        """Whether its instances can be read, in a sentence; raises `CouldNotLook` with what to grant."""
        for name in self._instances:
            await self.instance(name)
            await self.backups(name, most=1)
        return f"Cloud SQL shows {', '.join(self._instances) or 'nothing, for no database is described'}"

    def _at(self, instance: str) -> str:
        return f"{self._project}/instances/{quote(instance, safe='')}"

    async def _listed(
        self, path: str, asked: Mapping[str, str], reader: Callable[[Any], Read], most: int
    ) -> Sequence[Read]:
        """The first `most` entries of a list, page by page."""
        found: list[Read] = []
        token = ""
        while True:
            further = {"pageToken": token} if token else {}
            answer = await self._api.get(path, {**asked, "maxResults": min(PAGE, most - len(found)), **further})
            found += self._api.read(lambda body: [reader(each) for each in body.get("items") or ()], answer.body)
            following = str(answer.body.get("nextPageToken") or "")
            if not following or following == token or len(found) >= most:
                return found[:most]
            token = following


def _instance(body: JsonObject) -> DatabaseInstance:
    settings: JsonObject = body.get("settings") or {}
    backups: JsonObject = settings.get("backupConfiguration") or {}
    disk = _whole(settings.get("dataDiskSizeGb")) or 0
    return DatabaseInstance(
        name=body["name"],
        state=body["state"],
        version=body.get("databaseInstalledVersion") or body.get("databaseVersion") or "",
        tier=settings.get("tier") or "",
        edition=settings.get("edition") or "",
        availability=settings.get("availabilityType") or "",
        region=body.get("region") or "",
        activation=settings.get("activationPolicy") or "",
        disk_gb=disk,
        autoresize_limit_gb=(_whole(settings.get("storageAutoResizeLimit")) or None)
        if settings.get("storageAutoResize")
        else disk,
        out_of_disk=(body.get("outOfDiskReport") or {}).get("sqlOutOfDiskState") or "",
        maintenance_at=_moment((body.get("scheduledMaintenance") or {}).get("startTime")),
        replicas=tuple(body.get("replicaNames") or ()),
        backups_enabled=bool(backups.get("enabled")),
        point_in_time=bool(backups.get("pointInTimeRecoveryEnabled")),
        backup_tier=backups.get("backupTier") or "",
        retained_backups=_whole((backups.get("backupRetentionSettings") or {}).get("retainedBackups")) or 0,
        log_days=_whole(backups.get("transactionLogRetentionDays")) or 0,
        deletion_protected=bool(settings.get("deletionProtectionEnabled")),
        flags={str(flag["name"]): str(flag.get("value", "")) for flag in settings.get("databaseFlags") or ()},
        labels={str(name): str(value) for name, value in (settings.get("userLabels") or {}).items()},
        settings_version=str(settings.get("settingsVersion") or ""),
        offered=tuple(map(str, body.get("availableMaintenanceVersions") or ())),
    )


def _backup(body: JsonObject) -> Backup:
    return Backup(
        id=str(body["id"]),
        status=body["status"],
        kind=body.get("type") or "",
        began_at=_moment(body.get("startTime") or body.get("windowStartTime")),
        ended_at=_moment(body.get("endTime")),
        size_bytes=_whole(body.get("maxChargeableBytes")),
        location=body.get("location") or "",
        description=body.get("description") or "",
        error=(body.get("error") or {}).get("message") or "",
    )


def _window(body: JsonObject) -> RecoveryWindow:
    return RecoveryWindow(
        earliest=_moment(body.get("earliestRecoveryTime")), latest=_moment(body.get("latestRecoveryTime"))
    )


def read_operation(body: JsonObject) -> DatabaseOperation:
    """An operation as it stands."""
    errors: Sequence[JsonObject] = (body.get("error") or {}).get("errors") or ()
    return DatabaseOperation(
        name=body["name"],
        kind=body.get("operationType") or "",
        status=body["status"],
        instance=body.get("targetId") or "",
        began_at=_moment(body.get("startTime") or body.get("insertTime")),
        ended_at=_moment(body.get("endTime")),
        error="; ".join(str(each.get("message") or each.get("code")) for each in errors),
        by=body.get("user") or "",
    )


def _numbers(body: JsonObject) -> Sequence[tuple[str, float]]:
    (result,) = body["results"]
    if result.get("partialResult") or (result.get("status") or {}).get("code"):
        raise ValueError("only a part of the rows came")
    return [(str(label["value"]), float(number["value"])) for label, number in _cells(result)]


def _cells(result: JsonObject) -> Iterator[Sequence[JsonObject]]:
    for row in result.get("rows") or ():
        yield row["values"]


def _moment(written: str | None) -> datetime | None:
    return moment(written) if written else None


def _whole(written: str | int | None) -> int | None:
    return None if written is None else int(written)
