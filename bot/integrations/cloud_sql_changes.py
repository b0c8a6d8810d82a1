"""Cloud SQL's Admin API, to be changed: each call is made once, and answers the name of the operation it began.

Source: the actions' facts 4 and 5, SQL-03 to SQL-09. Of a restore the instance in the path is the one that is overwritten,
the one in the body is where the backup comes from; here that is never decided by the order of two arguments.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from bot.domain.database_instance import DatabaseInstance
from bot.domain.errors import GiveUp, Held, Retry, Superseded, Unsure
from bot.domain.evidence import CouldNotLook
from bot.domain.operation import Operation
from bot.domain.restore_guard import why_not_overwritten
from bot.integrations.cloud_sql import SYSTEM, CloudSql, read_operation
from bot.integrations.google_token import SQL_ADMIN, google_auth
from bot.integrations.json_api import Declined, JsonApi, JsonObject, Throttled, Unanswered

AGAIN = 30.0
"""Seconds after which an instance that is busy is asked again: of all operations only one at a time is taken."""
THROTTLED_FOR = 60.0
IN_PROGRESS = "in progress"
"""What tells an instance that is busy from a name that is taken, which is a conflict as well."""
RIGHTS = "cloudsql.instances.{update,clone,restoreBackup,create} and cloudsql.backupRuns.create"


class CloudSqlChanges:
    """The instances of one project, to be changed. See `playbooks.hands.DatabaseChanges` for what is raised."""

    def __init__(
        self,
        sight: CloudSql,
        *,
        project: str,
        url: str,
        timeout: float,
        protected: Collection[str],
        overwritable: Collection[str] = (),
    ) -> None:
        """`timeout` in seconds, for each call. No backup is tried on a `protected` instance; one may only be restored in
        place where the operator allows it, which is what makes an instance `overwritable`."""
        self._sight = sight
        self._protected = frozenset(protected)
        self._overwritable = frozenset(overwritable)
        self._named = project
        self._project = f"/v1/projects/{quote(project, safe='')}"
        self._api = JsonApi(SYSTEM, url=url, timeout=timeout, auth=google_auth(url, SQL_ADMIN))

    async def close(self) -> None:
        """Takes no more calls."""
        await self._api.close()

    async def set_tier(self, instance: str, tier: str, *, settings_version: str) -> str:
        """Another machine; the instance restarts."""
        return await self._patch(instance, {"tier": tier, "settingsVersion": settings_version})

    async def set_flags(self, instance: str, flags: Mapping[str, str], *, settings_version: str) -> str:
        """All flags there are to be: those that are left out are reset."""
        listed = [{"name": name, "value": value} for name, value in sorted(flags.items())]
        return await self._patch(instance, {"databaseFlags": listed, "settingsVersion": settings_version})

    async def back_up(self, instance: str, *, description: str) -> str:
        """A backup now. It never expires by itself."""
        return await self._begin("POST", f"{self._at(instance)}/backupRuns", {"description": description}, instance)

    async def clone(self, source: str, *, into: str, moment: datetime) -> str:
        """A new instance with the data that `source` had at a moment; `source` is only read."""
        context = {"destinationInstanceName": into, "pointInTime": _stamp(moment)}
        return await self._begin("POST", f"{self._at(source)}/clone", {"cloneContext": context}, source)

    async def restore_for_test(self, backup: str, *, source: str, into: str) -> str:
        """A backup of `source` into an instance made for that; refused for any that is not plainly one."""
        if why := why_not_overwritten(await self._seen(into), source=source, protected=self._protected):
            raise GiveUp(why)
        return await self._restore(backup, source=source, into=into)

    async def restore_in_place(self, backup: str, *, instance: str) -> str:
        """A backup over the very instance it was taken from: what was written since is lost, and so is its log."""
        if instance not in self._overwritable:
            raise GiveUp(f"opsbot may not overwrite {instance}: allow destructive changes in opsbot.yaml")
        seen = await self._seen(instance)
        if seen.replicas:
            raise GiveUp(f"{instance} has replicas ({', '.join(seen.replicas)}): delete them first")
        return await self._restore(backup, source=instance, into=instance)

    async def add_replica(self, primary: str, *, name: str, tier: str) -> str:
        """A read replica in the same region and network."""
        seen = await self._body(primary)
        network = ((seen.get("settings") or {}).get("ipConfiguration") or {}).get("privateNetwork")
        private = {"ipv4Enabled": False, "privateNetwork": network} if network else {}
        replica = {
            "name": name,
            "region": seen.get("region"),
            "masterInstanceName": primary,
            "databaseVersion": seen.get("databaseVersion"),
            "settings": {
                "tier": tier,
                "availabilityType": "ZONAL",
                "userLabels": {"made-by": "opsbot"},
                **({"ipConfiguration": private} if private else {}),
            },
        }
        return await self._begin("POST", f"{self._project}/instances", replica, primary)

    async def operation(self, name: str) -> Operation:
        """How far something has got that was asked for here."""
        try:
            body = (await self._api.get(f"{self._project}/operations/{quote(name, safe='')}")).body
            found = self._api.read(read_operation, body)
        except CouldNotLook as error:
            raise Retry(_words(error)) from error
        return Operation(name=name, done=found.done, error=found.error if found.done else "")

    async def _patch(self, instance: str, settings: JsonObject) -> str:
        return await self._begin("PATCH", self._at(instance), {"settings": settings}, instance)

    async def _restore(self, backup: str, *, source: str, into: str) -> str:
        context = {"backupRunId": backup, "instanceId": source, "project": self._named}
        path = f"{self._at(into)}/restoreBackup"
        return await self._begin("POST", path, {"restoreBackupContext": context}, into)

    async def _begin(self, method: str, path: str, body: JsonObject, instance: str) -> str:
        """Asks once; what goes wrong is told apart by whether it may have happened."""
        try:
            answer = await self._api.send(method, path, body)
            return self._api.read(lambda found: str(found["name"]), answer.body)
        except Unanswered as error:
            raise Unsure(_words(error)) from error
        except Throttled as error:
            raise Retry(_words(error), after=error.after or THROTTLED_FOR, throttled=True) from error
        except Declined as error:
            raise await self._declined(error, instance) from error
        except CouldNotLook as error:
            raise Retry(_words(error)) from error

    async def _declined(self, error: Declined, instance: str) -> Exception:
        match error.status:
            case HTTPStatus.PRECONDITION_FAILED:
                return Superseded(f"the settings of {instance} were changed meanwhile")
            case HTTPStatus.CONFLICT if IN_PROGRESS in str(error):
                busy = await self._busy_with(instance)
                return Held(f"{instance} is busy with {busy}", what=f"{busy} on {instance}", after=AGAIN)
            case HTTPStatus.FORBIDDEN:
                lacks = (
                    f"grant opsbot's service account {RIGHTS} on {instance}; one that is not there is refused likewise"
                )
                return GiveUp(f"Cloud SQL does not allow it: {lacks}")
            case _:
                return GiveUp(_words(error))

    async def _busy_with(self, instance: str) -> str:
        """What is being done to an instance, by whom and since when."""
        try:
            found = await self._sight.operations(instance, most=10)
        except CouldNotLook:
            found = ()
        running = next((each for each in found if not each.done), None)
        return running.told if running else "another operation"

    async def _seen(self, instance: str) -> DatabaseInstance:
        """How an instance stands, looked at right before it is changed."""
        try:
            return await self._sight.instance(instance)
        except CouldNotLook as error:
            raise Retry(_words(error)) from error

    async def _body(self, instance: str) -> JsonObject:
        try:
            return self._api.read(dict, (await self._api.get(self._at(instance))).body)
        except CouldNotLook as error:
            raise Retry(_words(error)) from error

    def _at(self, instance: str) -> str:
        return f"{self._project}/instances/{quote(instance, safe='')}"


def _words(error: CouldNotLook) -> str:
    return str(error).rstrip(".")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
