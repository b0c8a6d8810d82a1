"""The log of what happened to the platform, kept in the archive, and the platform as it was at any moment of it.

When business time goes back, what is done stays done: events that would lie ahead are pulled to the present.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, replace

from sandbox.clock import SandboxClock
from sandbox.payload import JsonObject
from sandbox.slack.archive import Archive, Shelf
from sandbox.world.deed import applied
from sandbox.world.event import Event
from sandbox.world.founding import founded
from sandbox.world.state import WorldState


class Chronicle:
    """Events in order, and the state after each; the past never changes by what happens later."""

    def __init__(self, clock: SandboxClock, archive: Archive) -> None:
        self._clock = clock
        self._shelf = Shelf[Event](archive, "world", asdict, lambda record: Event(**record))
        self._events = sorted(self._shelf, key=lambda event: event.number)
        self._moments = [event.at for event in self._events]
        if not self._events:
            self._add(Event(number=0, at=self.now() // 60 * 60, kind="founded"))
        self._states = self._reckoned()
        self._times_back = 0
        clock.on_jump(self._pull_back)

    def now(self) -> float:
        return self._clock.now().timestamp()

    @property
    def events(self) -> Sequence[Event]:
        """Everything that happened, oldest first; the first is the founding."""
        return self._events

    @property
    def moments(self) -> Sequence[float]:
        """When something happened, oldest first."""
        return self._moments

    @property
    def states(self) -> Sequence[WorldState]:
        """The platform after each event."""
        return self._states

    def state(self, at: float | None = None) -> WorldState:
        """The platform as it was; before its founding that is its past as it was founded with it."""
        return self._states[self.position(self.now() if at is None else at)[1]]

    def position(self, at: float) -> tuple[int, int]:
        """What tells the stretch of time a moment lies in from all others, also after the clock went back."""
        return self._times_back, max(0, bisect_right(self.moments, at) - 1)

    def happen(self, kind: str, *, of: str = "", by: str = "", detail: JsonObject | None = None) -> Event:
        """Something happens now."""
        number = self._events[-1].number + 1
        # Not before the last event, whatever the clock says, so that the order of the log is that of time.
        at = max(self.now(), self._events[-1].at)
        event = Event(number=number, at=at, kind=kind, of=of, by=by, detail=detail or {})
        state = applied(self._states[-1], event)
        self._add(event)
        self._states.append(state)
        return event

    def _add(self, event: Event) -> None:
        self._events.append(event)
        self._moments.append(event.at)
        self._shelf.put(f"{event.number:06d}", event)

    def _reckoned(self) -> list[WorldState]:
        states = [founded(self._events[0].at)]
        for event in self._events[1:]:
            states.append(applied(states[-1], event))
        return states

    def _pull_back(self) -> None:
        now = self.now()
        if self._events[-1].at <= now:
            return
        self._times_back += 1
        for index, event in enumerate(self._events):
            if event.at > now and index > 0:
                self._events[index] = replace(event, at=max(now, self._events[0].at))
                self._shelf.put(f"{event.number:06d}", self._events[index])
        self._moments = [event.at for event in self._events]
        self._states = self._reckoned()
