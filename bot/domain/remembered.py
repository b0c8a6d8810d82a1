"""What opsbot remembers of incidents and alerts, for whoever looks back."""

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, kw_only=True)
class RememberedAlert:
    title: str
    since: datetime
    services: tuple[str, ...]
    taken: bool
    """Whether somebody declared or dismissed it."""
