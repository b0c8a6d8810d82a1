"""A managed database: how it stands, its backups, and who is connected to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class DatabaseInstance:
    """An instance as its platform says it is. `state` is the platform's word: RUNNABLE when all is well."""

    name: str
    state: str
    version: str
    tier: str
    edition: str
    availability: str
    region: str
    activation: str
    disk_gb: int
    autoresize_limit_gb: int | None
    """Up to which its disk grows by itself: its size when it does not, None when nothing limits it."""
    out_of_disk: str
    maintenance_at: datetime | None
    replicas: tuple[str, ...]
    backups_enabled: bool
    point_in_time: bool
    backup_tier: str
    retained_backups: int
    log_days: int
    """Days for which it can be set back to any moment."""
    deletion_protected: bool
    flags: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    settings_version: str = ""
    offered: tuple[str, ...] = ()
    """Maintenance versions of the platform's that it could take itself, in the platform's order."""


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup run. `status` is the platform's word: SUCCESSFUL when it is one."""

    id: str
    status: str
    kind: str
    """AUTOMATED or ON_DEMAND."""
    began_at: datetime | None
    ended_at: datetime | None
    size_bytes: int | None
    location: str = ""
    description: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class RecoveryWindow:
    """The stretch of time to any moment of which the database can be set back; None where there is none."""

    earliest: datetime | None
    latest: datetime | None


@dataclass(frozen=True, kw_only=True)
class DatabaseOperation:
    """Something done to an instance that takes its time."""

    name: str
    kind: str
    status: str
    instance: str
    began_at: datetime | None
    error: str = ""
    by: str = ""
    ended_at: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether it is over, well or not."""
        return self.status == "DONE"

    @property
    def told(self) -> str:
        """Which, whose and since when, as it is said to people."""
        by = f" by {self.by}" if self.by else ""
        since = f" since {self.began_at:%H:%M} UTC" if self.began_at else ""
        return f"{self.kind}{by}{since}"


@dataclass(frozen=True, kw_only=True)
class ConnectionGroup:
    """Connections of the same user, application and state."""

    user: str
    application: str
    state: str
    count: int
    longest: timedelta
    """How long the longest of them has been in that state."""


@dataclass(frozen=True, kw_only=True)
class Connections:
    """Who is connected, of how many that can be. Only clients count; the server's own processes do not."""

    groups: tuple[ConnectionGroup, ...]
    usable: int
    """max_connections without those reserved for the superuser."""

    @property
    def used(self) -> int:
        return sum(group.count for group in self.groups)


@dataclass(frozen=True, kw_only=True)
class IdleConnection:
    """One idle connection; never what it asked last."""

    pid: int
    began_at: datetime
    user: str
    application: str
    client: str
    """Its address, masked."""
    state: str
    idle_for: timedelta


@dataclass(frozen=True, kw_only=True)
class SessionId:
    """What tells a session from every other: the process may be another one by now, with the same number."""

    pid: int
    began_at: datetime


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What became of sessions that were to be ended, each in one of the three."""

    ended: int
    moved_on: int
    """Gone, or at work again: they were left alone."""
    still_there: int
    """Told to end, and not yet gone after two seconds."""


@dataclass(frozen=True, kw_only=True)
class SlowQuery:
    """A kind of query, normalised: the values are placeholders."""

    text: str
    calls: int
    mean: timedelta
    total: timedelta
    rows: int
