"""A managed database: settings, what is in it, and what was done to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox.world.season import DAY
from sandbox.world.spec import DATABASE

RESTARTS_IN = 45.0
"""Seconds without an answer while it restarts."""
DURATIONS: Mapping[str, float] = {
    "BACKUP_VOLUME": 90.0,
    "CLONE": 240.0,
    "RESTORE_VOLUME": 300.0,
    "UPDATE": 60.0,
    "RESTART": RESTARTS_IN,
    "CREATE_REPLICA": 300.0,
    "DELETE": 30.0,
}
"""Seconds that operations take, by kind."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Rows that are gone: of which tables, which part of them, and what took them."""

    at: float
    tables: tuple[str, ...]
    part: float
    by: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may set."""

    tier: str = DATABASE.tier
    flags: Mapping[str, str] = field(default_factory=lambda: {"max_connections": str(DATABASE.max_connections)})
    availability: str = "REGIONAL"
    backups_enabled: bool = True
    point_in_time: bool = True
    retained_backups: int = 365
    log_days: int = 7
    deletion_protected: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A database instance. `data_of` is the moment whose data it got, for one that was cloned or restored."""

    name: str
    created_at: float
    settings: Settings
    primary: str = ""
    """Of a replica: whose."""
    data_of: float | None = None
    losses: tuple[Loss, ...] = ()
    restarted_at: float = 0.0
    deleted_at: float | None = None

    @property
    def max_connections(self) -> int:
        return int(self.settings.flags.get("max_connections", DATABASE.max_connections))

    @property
    def usable(self) -> int:
        """Connections for everybody but the superuser."""
        return self.max_connections - DATABASE.reserved

    @property
    def processors(self) -> int:
        return int(self.settings.tier.split("-")[2]) if self.settings.tier.startswith("db-custom-") else 2

    def up(self, at: float) -> bool:
        return at >= self.restarted_at + RESTARTS_IN and at >= self.created_at

    def rows(self, table: str, *, founded_at: float, at: float) -> int:
        """How many rows a table has; those of a copy stand still while nobody writes into it."""
        first, daily = DATABASE.tables[table]
        moment = at if self.data_of is None else self.data_of
        count = first + daily * (moment - founded_at) / DAY
        for loss in self.losses:
            if loss.at <= at and table in loss.tables:
                count -= (first + daily * (loss.at - founded_at) / DAY) * loss.part
        return int(count)

    def lost(self, at: float) -> bool:
        return any(loss.at <= at for loss in self.losses)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Something that is being done, or was done, to an instance."""

    name: str
    kind: str
    instance: str
    began_at: float
    by: str
    target: str = ""
    error: str = ""

    @property
    def ends_at(self) -> float:
        return self.began_at + DURATIONS[self.kind]

    def done(self, at: float) -> bool:
        return at >= self.ends_at


@dataclass(frozen=True, kw_only=True)
class BackupRun:
    """A backup. `status` is the platform's word; `data_of` the moment whose data is in it."""

    id: int
    instance: str
    began_at: float
    ended_at: float | None
    status: str
    kind: str = "AUTOMATED"
    description: str = ""
    size_bytes: int = 0
    error: str = ""


def patched(instance: Instance, settings: Settings, *, at: float) -> Instance:
    """With new settings; another tier or another number of connections restarts it."""
    restarts = (settings.tier, settings.flags) != (instance.settings.tier, instance.settings.flags)
    settings = replace(settings, version=instance.settings.version + 1)
    return replace(instance, settings=settings, restarted_at=at if restarts else instance.restarted_at)
