"""Who is on call, until when, and what PagerDuty was woken for."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Somebody's turn. `user` is PagerDuty's id; `until` is None when it does not end."""

    user: str
    name: str
    level: int
    since: datetime | None
    until: datetime | None
    policy: str = ""
    schedule: str = ""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of a stretch of time somebody is on call, and the gaps in it."""

    covered: timedelta
    wanted: timedelta
    gaps: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, kw_only=True)
class Reachable:
    """By what PagerDuty can reach somebody, and what of that wakes them for what is urgent, in words: "phone", "push"."""

    ways: tuple[str, ...]
    urgent: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PagedIncident:
    """An incident as PagerDuty knows it."""

    id: str
    title: str
    status: str
    urgency: str
    priority: str
    service: str
    created_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    url: str = ""
    key: str = ""
