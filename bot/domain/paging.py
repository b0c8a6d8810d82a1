"""Effects that wake somebody: pages, following them until somebody acknowledges, and standing them down."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.effect import Effect, Priority

ALONE = "opsbot-page-"
"""How alerts are called of pages that belong to no incident: of what becomes of them nothing follows here."""


@dataclass(frozen=True, kw_only=True)
class OfAlert(Effect):
    """Whatever is told PagerDuty of an incident's own alert, one after the other."""

    incident: int
    alert: str
    method = "pagerduty.enqueue"

    @property
    def lane(self) -> str:
        return f"page/{self.incident}"


@dataclass(frozen=True, kw_only=True)
class PageOnCall(OfAlert):
    """Wake the on-call through PagerDuty; repeating it under the same alert wakes nobody twice."""

    title: str
    severity: str
    details: dict[str, str] = field(default_factory=dict)
    rank = Priority.DECLARE


@dataclass(frozen=True, kw_only=True)
class PageTarget(OfAlert):
    """Wake one role or person of the operator's file through PagerDuty."""

    target: str
    title: str
    severity: str
    rank = Priority.DECLARE

    @property
    def lane(self) -> str:
        return f"page/{self.incident}/{self.target}"


@dataclass(frozen=True, kw_only=True)
class FollowPage(Effect):
    """Look at a page until there is news: who was notified, who acknowledged. `seen` is the news known so far."""

    incident: int
    alert: str
    since: datetime
    seen: str = ""
    rank = Priority.ANSWER
    method = "pagerduty.rest"

    @property
    def lane(self) -> str:
        return f"follow/{self.alert}"


@dataclass(frozen=True, kw_only=True)
class AcknowledgePage(OfAlert):
    """Tell PagerDuty that somebody is on it, so that it stops waking people."""

    lent: bool = False
    """Whether it is another system's alert, which no event of opsbot's own reaches."""


@dataclass(frozen=True, kw_only=True)
class ResolvePage(OfAlert):
    """Close the alert of an incident."""

    lent: bool = False
    """Whether it is another system's alert, which no event of opsbot's own reaches."""
