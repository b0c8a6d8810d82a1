"""The platform over time: its state and load at any moment, and how many requests there were between two."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sandbox.world.chronicle import Chronicle
from sandbox.world.event import Event
from sandbox.world.load import Load, load_of
from sandbox.world.season import DAY, busyness_between
from sandbox.world.spec import SERVICES
from sandbox.world.state import WorldState

COUNTED_FOR = 40 * DAY
"""How long before its founding the platform began to count."""
GRID = 30.0
QUIET_GRID = 600.0
"""Seconds between two moments that are looked at for everything in between, when something is wrong and when not."""


class Past:
    """Looks into the chronicle; what was reckoned once is kept."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self._requests: dict[tuple[int, str], list[float]] = {}
        """For each service how many there were until each event."""

    @property
    def founded_at(self) -> float:
        return self._chronicle.moments[0]

    @property
    def moments(self) -> Sequence[float]:
        """When something happened, oldest first."""
        return self._chronicle.moments

    @property
    def events(self) -> Sequence[Event]:
        """Everything that happened, oldest first; the first is the founding."""
        return self._chronicle.events

    @property
    def states(self) -> Sequence[WorldState]:
        """The platform after each event."""
        return self._chronicle.states

    def now(self) -> float:
        return self._chronicle.now()

    def state(self, at: float) -> WorldState:
        return self._chronicle.state(at)

    def load(self, at: float) -> Load:
        return load_of(self._chronicle.state(at), at)

    @property
    def times_back(self) -> int:
        """How often the clock went back behind something that had happened; what was reckoned before is void."""
        return self._chronicle.position(0.0)[0]

    def version(self, at: float) -> tuple[int, int]:
        """What tells the stretch of time a moment lies in from all others, also after the clock went back."""
        return self._chronicle.position(at)

    def is_quiet(self, at: float) -> bool:
        """Whether nobody did anything to the platform before, or everything was mended since."""
        _version, index = self._chronicle.position(at)
        return index == 0 or self._chronicle.events[index].kind == "mended"

    def parts(self, since: float, until: float) -> Iterator[tuple[float, float]]:
        """A stretch of time in parts within which nothing happens."""
        moments = self._chronicle.moments
        between = moments[bisect_right(moments, since) : bisect_left(moments, until)]
        return pairwise(dict.fromkeys([since, *between, until]))

    def load_before(self, at: float) -> Load:
        """The load a little before a moment: it follows only from what had happened by then, and costs little."""
        _version, index = self._chronicle.position(at)
        grid = QUIET_GRID if self.is_quiet(at) else GRID
        return self.load(max(at // grid * grid, self._chronicle.moments[index] if index else 0.0))

    def requests_until(self, service: str, at: float) -> float:
        """How many requests people made of a service since it began to count."""
        _version, index = self._chronicle.position(at)
        since = self._chronicle.moments[index]
        if at <= self.founded_at:
            return SERVICES[service].rate * busyness_between(service, self.founded_at - COUNTED_FOR, at)
        return self._requests_before(service, index) + (self.requests(service, since, at) if at > since else 0.0)

    def _requests_before(self, service: str, index: int) -> float:
        """Until something happened; reckoned once."""
        key = (self.times_back, service)
        known = self._requests.setdefault(key, [self.requests_until(service, self.founded_at)])
        moments = self._chronicle.moments
        while len(known) <= index:
            known.append(known[-1] + self.requests(service, moments[len(known) - 1], moments[len(known)]))
        return known[index]

    def requests(self, service: str, since: float, until: float) -> float:
        """How many requests people made of a service; nothing may happen to the platform in between."""
        state = self.state((since + until) / 2)
        if not state.services[service].reachable:
            return 0.0
        quiet = SERVICES[service].rate * busyness_between(service, since, until)
        surge = state.cause("surge", service)
        return quiet + (surge.amount * (until - since) if surge else 0.0)
