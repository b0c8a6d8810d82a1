"""The platform's database as it is seen and moved from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sandbox.clock import SandboxClock
from sandbox.payload import JsonObject
from sandbox.world.backup import backups_of, latest_recovery, size_at
from sandbox.world.chance import token
from sandbox.world.chronicle import Chronicle
from sandbox.world.database import DURATIONS, BackupRun, Instance, Operation, Settings
from sandbox.world.past import Past
from sandbox.world.pool import WorldConnection, forgotten, pooled, reports
from sandbox.world.query import WorldQuery, queries_of
from sandbox.world.spec import DATABASE, INSTANCE

OPERATOR = "opsbot@agent-marketplace.iam.gserviceaccount.com"
"""Who does what is done from outside, unless somebody else is named."""

BAD_LUCK = "An unknown error occurred."
"""All that Cloud SQL says when something goes wrong on its side."""


class CannotBeDone(Exception):
    """The platform refuses; the sentence says why."""


class DatabaseSide:
    """Instances, backups, operations, connections, queries. `at` is the present when it is left out."""

    def __init__(self, clock: SandboxClock, chronicle: Chronicle, past: Past) -> None:
        self._clock = clock
        self.chronicle = chronicle
        self.past = past

    def now(self) -> datetime:
        return self._clock.now()

    def instances(self, at: datetime | None = None) -> Mapping[str, Instance]:
        """All there are, by name."""
        moment = self._moment(at)
        there = self.past.state(moment).instances.items()
        return {name: each for name, each in there if each.deleted_at is None and each.created_at <= moment}

    def connections(self, at: datetime | None = None) -> list[WorldConnection]:
        """Everybody who is connected to the instance the platform uses."""
        moment = self._moment(at)
        load, state = self.past.load(moment), self.past.state(moment)
        used = {name: (count, load.services[name].instances) for name, count in load.database.pools.items()}
        return [*pooled(state, used, moment), *forgotten(list(load.database.leaked)), *reports(state, moment)]

    def slow_queries(self, at: datetime | None = None) -> list[WorldQuery]:
        """What the instance the platform uses was asked, by total time."""
        return queries_of(self.past, self._moment(at))

    def rows(self, instance: str = INSTANCE, at: datetime | None = None) -> Mapping[str, int]:
        """How many rows each table has."""
        moment = self._moment(at)
        known = self.past.state(moment).instances[instance]
        return {table: known.rows(table, founded_at=self.past.founded_at, at=moment) for table in DATABASE.tables}

    def backups(self, instance: str = INSTANCE, at: datetime | None = None) -> list[BackupRun]:
        """Those that are kept, newest first."""
        return backups_of(self.past, instance, self._moment(at))

    def recovery_window(self, instance: str = INSTANCE, at: datetime | None = None) -> tuple[datetime, datetime] | None:
        """The stretch to any moment of which it can be set back."""
        window = latest_recovery(self.past, instance, self._moment(at))
        return (datetime.fromtimestamp(window[0], UTC), datetime.fromtimestamp(window[1], UTC)) if window else None

    def operations(self, instance: str = "") -> list[Operation]:
        """What is or was done to an instance (to any, without a name), newest first."""
        found = [
            each for each in self.past.state(self.past.now()).operations if instance in {"", each.instance, each.target}
        ]
        return list(reversed(found))

    def kill_connections(self, pids: Sequence[int], *, by: str = OPERATOR) -> int:
        """Ends connections; how many of them there were."""
        there = sorted({each.pid for each in self.connections()} & set(pids))
        if there:
            self.chronicle.happen("killed", by=by, detail={"pids": there})
        return len(there)

    def create_backup(self, instance: str = INSTANCE, *, description: str = "", by: str = OPERATOR) -> Operation:
        """Backs up now."""
        now = self.past.now()
        run = BackupRun(
            id=int(now * 1000) + 1,
            instance=instance,
            began_at=now,
            ended_at=now + DURATIONS["BACKUP_VOLUME"],
            status="SUCCESSFUL",
            kind="ON_DEMAND",
            description=description,
            size_bytes=int(size_at(self.past, instance, now)),
        )
        return self._operate("backed up", instance, by, {"run": asdict(run)})

    def clone(self, source: str, target: str, *, moment: datetime | None = None, by: str = OPERATOR) -> Operation:
        """A new instance with the data of a moment (the present when left out); refused when that is out of reach."""
        if target in self.instances():
            raise CannotBeDone(f"The Cloud SQL instance already exists: {target}.")
        wanted = moment or self.now()
        window = self.recovery_window(source)
        if moment and (window is None or not window[0] <= wanted <= max(window[1], self.now() - timedelta(seconds=1))):
            raise CannotBeDone(f"{source} cannot be set back to {wanted:%Y-%m-%dT%H:%M:%SZ}.")
        detail = {"target": target, "data_of": wanted.timestamp(), "labels": {}}
        return self._operate("cloned", source, by, detail)

    def restore(
        self,
        target: str,
        *,
        backup: int,
        source: str = INSTANCE,
        labels: Mapping[str, str] | None = None,
        by: str = OPERATOR,
    ) -> Operation:
        """Puts a backup of `source` into `target`, which is overwritten, or made when it is not there."""
        run = next((run for run in self.backups(source) if run.id == backup and run.status == "SUCCESSFUL"), None)
        if run is None:
            raise CannotBeDone(f"There is no successful backup {backup} of {source}.")
        if any(each.primary == target for each in self.instances().values()):
            raise CannotBeDone("The operation is not allowed while the instance has replicas.")
        detail = {"source": source, "data_of": run.began_at, "labels": dict(labels or {})}
        return self._operate("restored", target, by, detail)

    def patch_database(self, instance: str, settings: Settings, *, by: str = OPERATOR) -> Operation:
        """Sets settings; see `Settings`."""
        return self._operate("patched", instance, by, {"settings": asdict(settings)})

    def restart_database(self, instance: str = INSTANCE, *, by: str = OPERATOR) -> Operation:
        """Restarts it; nobody is answered meanwhile."""
        return self._operate("restarted", instance, by, {})

    def create_replica(self, source: str, target: str, *, by: str = OPERATOR) -> Operation:
        """A new instance that follows another."""
        if target in self.instances():
            raise CannotBeDone(f"The Cloud SQL instance already exists: {target}.")
        return self._operate("replicated", source, by, {"target": target})

    def delete_database(self, instance: str, *, by: str = OPERATOR) -> Operation:
        """Takes an instance away, unless it is protected."""
        if self.instances()[instance].settings.deletion_protected:
            raise CannotBeDone("The instance is protected against deletion.")
        return self._operate("deleted", instance, by, {})

    def begin_in_vain(self, kind: str, instance: str, *, by: str = OPERATOR) -> Operation:
        """An operation that takes its time and then fails; nothing comes of it."""
        return self._operate("begun in vain", instance, by, {"kind": kind, "error": BAD_LUCK})

    def _operate(self, kind: str, instance: str, by: str, detail: JsonObject) -> Operation:
        now = self.past.now()
        running = [each for each in self.operations(instance) if not each.done(now)]
        if running:
            raise CannotBeDone(
                f"Operation failed because another operation was already in progress ({running[0].name})."
            )
        number = len(self.past.state(now).operations)
        operation = token(32, "operation", self.past.founded_at, number)
        self.chronicle.happen(kind, of=instance, by=by, detail={**detail, "operation": operation})
        return self.operations()[0]

    def _moment(self, at: datetime | None) -> float:
        return (at or self.now()).timestamp()
