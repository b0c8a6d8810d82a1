"""How a standalone run began: by somebody, by the clock, or to look once."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Glance:
    """A run that only looks, once, over the stretch of time that ends now."""

    window: timedelta


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A run that the clock started: all phases open at once, in one message, perhaps in the thread of a slot."""

    due: datetime
    since: datetime
    late: bool = False
    thread: str = ""
    only_trouble: bool = False
    """Whether nothing is said as long as all is well."""
    known: tuple[str, ...] = ()
    """What was not well the time before, and so is not told again."""
    began: datetime | None = None
    """When that began which was not well the time before, if it is known."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """How a standalone run began: who started it, and the place where its messages stand.

    With `threaded` they stand in the thread that the slot "thread" of the run is bound to. `beside` is the incident
    it is about, if any: it is told on its timeline, answers to its facts, and stands in its war room.
    """

    by: str
    place: str
    threaded: bool = False
    services: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """What else its playbook was told, such as a commit: the values of its other parameters, in order."""
    beside: int = 0
    apart: bool = False
    """Whether it was told to be about something else than that incident, so that it looks for itself."""
    private: bool = False
    """Whether the place is private, so that what is said of revenue may be said there."""
    glance: Glance | None = None
    sheet: Sheet | None = None
