"""A page: somebody is woken, and everybody can see how far it got."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Paging(StrEnum):
    """How far a page got."""

    NONE = "none"
    """The playbook pages nobody."""
    SENDING = "sending"
    SENT = "sent"
    """PagerDuty took it; nobody is known to have been notified."""
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    UNNOTICED = "unnoticed"
    """PagerDuty took it and has notified nobody; `why` says what is known, and people must call."""
    DELAYED = "delayed"
    """PagerDuty cannot be reached so far; it is still being tried, and people must call."""
    FAILED = "failed"
    """Nobody was paged; `why` says why, and people must call."""

    @property
    def told(self) -> bool:
        """Whether there is something to tell about it."""
        return self not in {Paging.NONE, Paging.SENDING}


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is known about the page; `who` was notified or has acknowledged, by name."""

    state: Paging = Paging.NONE
    who: str = ""
    at: datetime | None = None
    why: str = ""
    url: str = ""
    alert: str = ""
    """The key of another system's alert that wakes people in place of opsbot's own page; empty otherwise."""
    asked_by: str = ""
    """Who had somebody paged on their own word; empty when the severity did."""
    reason: str = ""
    """What they gave as the reason."""
