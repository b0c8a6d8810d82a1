"""How long a plan waits for agreement, and when it is said that it will soon be too late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WARNED_BEFORE = timedelta(minutes=5)


@dataclass(kw_only=True)
class Expiry:
    """The part of a change that is about its waiting. `expires_at` is None for what waits for nobody."""

    expires_at: datetime | None = None
    warned: bool = False
    """Whether it was said that it will soon be too late."""

    @property
    def warning_due(self) -> datetime | None:
        """When that is to be said, unless it was."""
        return self.expires_at - WARNED_BEFORE if self.expires_at and not self.warned else None

    def wait_until(self, moment: datetime) -> None:
        """It waits anew."""
        self.expires_at, self.warned = moment, False
