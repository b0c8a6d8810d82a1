"""What may be ended before its end, though it has begun: anybody may, for stopping is easier than starting."""

from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.message import Person


@dataclass(kw_only=True)
class Stoppable:
    """The part of a change that is about being stopped; `stopped_by` is empty while nobody has."""

    stopped_by: str = ""

    def stop(self, *, by: str) -> None:
        """Somebody wants it to end now."""
        if self.stopped_by:
            raise Refused(Person(user=self.stopped_by), " has stopped it already; it ends in a moment.")
        self.stopped_by = by
