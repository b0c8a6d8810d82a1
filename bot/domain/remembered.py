"""What opsbot remembers of incidents, alerts and restore tests, for whoever looks back."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class RememberedIncident:
    key: str
    title: str
    severity: str
    status: str
    declared_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    done: tuple[str, ...] = ()
    """What was done about it, from its timeline."""
    services: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RememberedAlert:
    title: str
    since: datetime
    services: tuple[str, ...]
    taken: bool
    """Whether somebody declared or dismissed it."""


@dataclass(frozen=True, kw_only=True)
class RememberedRestoreTest:
    """`took` is the recovery time, `lost` the recovery point: how old the backup was. `well` is None for who cannot tell."""

    database: str
    """Its key in the organisation's file."""
    at: datetime
    took: timedelta | None
    lost: timedelta | None
    well: bool | None
    found: tuple[str, ...] = ()
    """What was looked at afterwards, such as rows."""
