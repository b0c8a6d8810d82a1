"""What was changed for a while only: it goes back by itself, unless somebody keeps it longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import Refused

KEPT_LONGER = timedelta(hours=2)
"""By how much one press puts off that it goes back."""


@dataclass(kw_only=True)
class Loan:
    """The part of a change that is about its end. `returns_at` is None for what stays."""

    returns_at: datetime | None = None
    returning: bool = False
    """Whether it is being taken back, or was."""
    returned: str = ""
    """What came of taking it back, in one sentence."""

    @property
    def lent(self) -> bool:
        """Whether it still goes back by itself."""
        return self.returns_at is not None and not self.returning

    def lend(self, until: datetime) -> None:
        """It holds until then."""
        self.returns_at = until

    def keep_longer(self) -> datetime:
        """Puts off that it goes back, and says until when."""
        if self.returns_at is None or self.returning:
            raise Refused("It does not go back by itself any more.")
        self.returns_at += KEPT_LONGER
        return self.returns_at

    def keep(self) -> None:
        """It does not go back by itself: somebody took it back already."""
        self.returns_at = None

    def begin_return(self) -> None:
        """It is taken back now."""
        self.returning = True
