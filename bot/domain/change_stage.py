"""How far a change to production is."""

from enum import StrEnum


class Stage(StrEnum):
    """How far a change is."""

    PLANNING = "planning"
    WAITING = "waiting"
    """Planned; people have to agree."""
    AGREED = "agreed"
    CARRYING_OUT = "carrying out"
    VERIFYING = "verifying"
    DONE = "done"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    """Carried out, and what was looked at afterwards did not say whether it helped."""
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    """The world changed before it began; a new plan is needed."""
    CANCELLED = "cancelled"
    NOTHING = "nothing to do"
    BY_HAND = "by hand"
    """Not done by the bot here: the exact command was shown, and a person does it."""

    @property
    def over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self not in _OPEN

    @property
    def begun(self) -> bool:
        """Whether the world may have been touched."""
        return self in {Stage.CARRYING_OUT, Stage.VERIFYING, Stage.DONE, Stage.FAILED, Stage.UNCONFIRMED}


_OPEN = frozenset(
    {Stage.PLANNING, Stage.WAITING, Stage.AGREED, Stage.CARRYING_OUT, Stage.VERIFYING, Stage.BY_HAND},
)
