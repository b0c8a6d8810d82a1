"""The platform over time: its state and load at any moment, and how many requests there were between two."""

from sandbox.world.chronicle import Chronicle
from sandbox.world.load import Load, load_of
from sandbox.world.season import busyness_between
from sandbox.world.spec import SERVICES
from sandbox.world.state import WorldState

KEPT = 20_000
"""Moments that are kept once they were reckoned."""


class Past:
    """Looks into the chronicle; what was reckoned once is kept."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self._loads: dict[tuple[int, int, float], Load] = {}

    @property
    def founded_at(self) -> float:
        return self._chronicle.moments[0]

    @property
    def moments(self) -> list[float]:
        """When something happened, oldest first."""
        return self._chronicle.moments

    def now(self) -> float:
        return self._chronicle.now()

    def state(self, at: float) -> WorldState:
        return self._chronicle.state(at)

    def load(self, at: float) -> Load:
        key = (*self._chronicle.position(at), at)
        if key not in self._loads:
            if len(self._loads) >= KEPT:
                self._loads.clear()
            self._loads[key] = load_of(self._chronicle.state(at), at)
        return self._loads[key]

    def requests(self, service: str, since: float, until: float) -> float:
        """How many requests people made of a service; nothing may happen to the platform in between."""
        quiet = SERVICES[service].rate * busyness_between(service, since, until)
        surge = self.state((since + until) / 2).cause("surge", service)
        return quiet + (surge.amount * (until - since) if surge else 0.0)
