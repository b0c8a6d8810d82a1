"""What PagerDuty says has happened to one of its incidents."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.alert import Alert


class Turn(StrEnum):
    """What happened to it."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, kw_only=True)
class PageEvent:
    """One event; `alert` is how the incident stands after it."""

    id: str
    turn: Turn
    alert: Alert
    incident_key: str
    """The key under which it was triggered; opsbot's own pages are known by it."""
    by: str = ""
    """The PagerDuty id of the person who did it; empty when a program did."""
    by_name: str = ""
