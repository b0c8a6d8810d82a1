"""The stretch of time whose numbers are looked at: it ends where all numbers have arrived."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.evidence import Subject
from playbooks.world import World

DELAY = timedelta(minutes=3)
"""Numbers are up to 165 seconds late; source: Google's description of its metrics."""
SHORTEST = timedelta(hours=1)
"""What began can only be told from what was before."""
RECENT = timedelta(minutes=5)
"""What counts as now: long enough for some requests, short enough to see an outage begin."""
STEPS = (
    (timedelta(hours=2), timedelta(minutes=1)),
    (timedelta(hours=12), timedelta(minutes=5)),
    (timedelta(hours=72), timedelta(minutes=15)),
)
COARSEST = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Window:
    """From `since` until `until`, of which a number is drawn for each `step`."""

    since: datetime
    until: datetime
    step: timedelta

    @property
    def recent(self) -> datetime:
        """Where the stretch begins that counts as now."""
        return self.until - RECENT

    @property
    def counted(self) -> datetime:
        """The same for what was counted by step: of a long window the last step is longer."""
        return self.until - max(RECENT, self.step)

    @property
    def reported(self) -> "Window":
        """The same up to now: what applications report themselves is there at once, only the cloud's numbers are late."""
        return replace(self, until=self.until + DELAY)

    @property
    def lately(self) -> timedelta:
        """How long that stretch is."""
        return self.until - self.counted


def window_of(world: World, subject: Subject) -> Window:
    """The subject's stretch of time, as far as its numbers have arrived, and at least an hour of it."""
    until = min(subject.until, world.clock.now() - DELAY)
    since = min(subject.since, subject.began or subject.since, until - SHORTEST)
    return Window(since=since, until=until, step=_step(until - since))


def _step(length: timedelta) -> timedelta:
    return next((step for longest, step in STEPS if length <= longest), COARSEST)
