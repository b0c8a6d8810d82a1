"""The course of an incident beyond the straight one: merged, reopened, moved to another room, or only practised."""

from dataclasses import dataclass
from datetime import datetime

NO_MEETING = "none"


@dataclass(kw_only=True)
class Course:
    """What becomes of an incident that does not simply end; by default nothing of the kind did."""

    drill: bool = False
    """It is only practised: it pages nobody, tells no customers and no stakeholders, and counts nowhere."""
    merged_into: int | None = None
    """The number of the incident that it was merged into and goes on as."""
    merged: tuple[int, ...] = ()
    """The numbers of those that were merged into it."""
    reopened: int = 0
    """How often it was reopened."""
    reopened_at: datetime | None = None
    answered_first_at: datetime | None = None
    """When it was first acknowledged, once it was reopened and has to be acknowledged again."""
    rooms: int = 1
    """How many war rooms it has had, the present one among them."""
    bridge: str = ""
    """Where people join the meeting that was made for it; empty while the organisation's own link is the bridge."""
    meeting: str = ""
    """The id of that meeting, and `NO_MEETING` when none could be made."""
    room_lost: str = ""
    """Why its war room cannot be used; empty while it can."""
    room_refused: str = ""
    """Why its war room could not be opened, when that was tried last and failed."""
    room_effect: int = 0
    """The number of the effect that failed then, by which it is tried again."""

    @property
    def counted(self) -> bool:
        """Whether it counts in any metric."""
        return not self.drill and self.merged_into is None

    @property
    def round(self) -> int:
        """How often its messages were begun anew: what is posted once is posted once in each round."""
        return self.reopened + self.rooms - 1
