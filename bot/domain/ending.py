"""How an incident ended: who resolved it and with what, who closed it, and when."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.message import Line, Moment, Person
from bot.domain.milestone import Milestones


@dataclass(kw_only=True)
class Ending(Milestones):
    """By default it has not ended."""

    resolved_by: str = ""
    resolution: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""

    @property
    def ended(self) -> Line:
        """Who ended it and when, as it follows its name: `was resolved by @ben, Mon 9 March 14:05`."""
        if self.closed_at:
            return "was closed", *_by(self.closed_by), *_at(self.closed_at)
        return "was resolved", *_by(self.resolved_by), *_at(self.resolved_at)

    def go_on(self) -> None:
        """It had not ended after all."""
        self.mitigated_at = self.resolved_at = self.closed_at = None
        self.resolved_by = self.closed_by = self.resolution = ""


def _by(user: str) -> Line:
    return (" by ", Person(user=user)) if user else ()


def _at(at: datetime | None) -> Line:
    return (", ", Moment(at=at, with_date=True)) if at else ()
