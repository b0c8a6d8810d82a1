"""Maintenance windows of PagerDuty: while one is open, what monitoring says of its services wakes nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.effect import Effect, Priority

LONGEST_WINDOW = timedelta(hours=6)
"""Longer than that nobody's sleep is worth an outage that nobody hears of."""


@dataclass(frozen=True, kw_only=True)
class MaintenanceWindow:
    """A window that is open or to come. `services` are PagerDuty's ids, `by` is whoever opened it, in PagerDuty's words."""

    id: str
    services: tuple[str, ...]
    since: datetime
    until: datetime
    says: str = ""
    by: str = ""

    def open_at(self, moment: datetime) -> bool:
        """Whether it holds at a moment."""
        return self.since <= moment < self.until

    def marked(self, mark: str) -> bool:
        """Whether it is the one that was opened under a mark."""
        return self.says.endswith(signed("", mark))


@dataclass(frozen=True, kw_only=True)
class OpenMaintenance(Effect):
    """Have PagerDuty wake nobody for services of the operator's file for a while; `mark` names the window, which is opened
    once, for ever, and found by it."""

    mark: str
    services: tuple[str, ...]
    since: datetime
    until: datetime
    says: str
    rank = Priority.ANSWER
    lifetime = LONGEST_WINDOW

    @property
    def lane(self) -> str:
        return f"maintenance/{self.mark}"


@dataclass(frozen=True, kw_only=True)
class EndMaintenance(Effect):
    """End what was opened under a mark; that it is over already, or never was, is as good."""

    mark: str
    services: tuple[str, ...]
    rank = Priority.ANSWER

    @property
    def lane(self) -> str:
        return f"maintenance/{self.mark}"


def signed(says: str, mark: str) -> str:
    """What a window says of itself, with the mark by which it is found again."""
    return f"{says} [opsbot {mark}]"
