"""What Prometheus remembers: the platform's numbers as they were at each scrape, as far back as the platform goes."""

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Of a series, in order, without its metric's name."""
Scrape: TypeAlias = Mapping[str, Mapping[Labels, float]]
"""The numbers of one moment, by metric."""

EVERY = 60.0
"""Seconds between two scrapes."""
LONG = 7200.0
COARSE = 300.0
"""In a longer window only these are looked at, as in storage that is thinned out; counters of the platform only grow."""
KEPT = 6000
"""Scrapes that are kept; others are made again when somebody asks."""


@dataclass(frozen=True)
class Sample:
    at: float
    value: float


class Samples:
    """Every series at every scrape; a scrape is made when it is first asked for, for the platform knows its past."""

    def __init__(self, scrape: Callable[[float], Scrape], *, now: Callable[[], float]) -> None:
        self._scrape = scrape
        self._now = now
        self._known: OrderedDict[float, Scrape] = OrderedDict()

    def forget(self) -> None:
        """Time has moved; what is remembered may no longer be so."""
        self._known.clear()

    def between(self, metric: str, since: float, until: float) -> Mapping[Labels, Sequence[Sample]]:
        """The samples of a metric from `since` to `until`, both included; there are none ahead."""
        every = COARSE if until - since > LONG else EVERY
        found: dict[Labels, list[Sample]] = {}
        for number in range(math.ceil(since / every), math.floor(min(until, self._now()) / every) + 1):
            for labels, value in self._at(number * every).get(metric, {}).items():
                found.setdefault(labels, []).append(Sample(number * every, value))
        return found

    def _at(self, moment: float) -> Scrape:
        known = self._known.get(moment)
        if known is None:
            known = self._known[moment] = self._scrape(moment)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return known
