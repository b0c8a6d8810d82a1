"""Who belongs to a group outside: a Slack user group, or those whom PagerDuty says are on call."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FRESH = timedelta(seconds=60)
"""How old what was looked at may be when somebody presses; older, nobody is let through by it."""


@dataclass(frozen=True, kw_only=True)
class Membership:
    """The members of a group, as Slack user ids, when it was last looked at."""

    group: str
    users: frozenset[str]
    looked_at: datetime

    def fresh(self, now: datetime) -> bool:
        """Whether it may still be relied upon."""
        return now - self.looked_at <= FRESH
