"""What has to be done after a change, and is asked for once a day until it was: a rollback has to be finalised."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.following import Following

EVERY = timedelta(hours=24)


@dataclass(kw_only=True)
class FollowUp:
    """A kind of change that has to follow, or to come first, and when that is asked for next; empty when nothing has to."""

    instead: str = ""
    """What can be asked for first, where no plan could be made: a kind of change and its words, as "build/web/1.9.0"."""
    then: tuple[Following, ...] = ()
    """What has to be asked for before it is of any use, as it turned out when it was carried out."""
    follow_up: str = ""
    follow_up_due: datetime | None = None

    def owe(self, kind: str, now: datetime) -> None:
        """Something has to follow."""
        self.follow_up, self.follow_up_due = kind, now + EVERY

    def followed_up(self) -> None:
        """It was done, or need not be."""
        self.follow_up_due = None

    def ask_again(self, now: datetime) -> None:
        """It was asked for; it is again in a day."""
        self.follow_up_due = now + EVERY
