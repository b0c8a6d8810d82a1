"""What Prometheus remembers: the platform's numbers as they were at each scrape, as far back as the platform goes."""

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Of a series, in order, without its metric's name."""
Scrape: TypeAlias = Mapping[str, Mapping[Labels, float]]
"""The numbers of one moment, by metric."""

EVERY = 60.0
"""Seconds between two scrapes."""
LONG = 7200.0
ENOUGH = 24
"""Of a window longer than that only so many samples are looked at, its first and last among them: counters of the platform
only grow, and every sample has to be reckoned."""
KEPT = 6000
"""Scrapes that are kept; others are made again when somebody asks."""


class Track(NamedTuple):
    """The samples of one series: when they were taken, and what was found."""

    labels: Labels
    times: Sequence[float]
    values: Sequence[float]


class Row(NamedTuple):
    """What one scrape found of one metric; rows of the same series share their labels."""

    labels: tuple[Labels, ...]
    values: tuple[float, ...]


NOTHING = Row(labels=(), values=())


class Samples:
    """Every series at every scrape; a scrape is made when it is first asked for, for the platform knows its past."""

    def __init__(self, scrape: Callable[[float], Scrape], *, now: Callable[[], float]) -> None:
        self._scrape = scrape
        self._now = now
        self._known: OrderedDict[int, Mapping[str, Row]] = OrderedDict()
        self._labels: dict[tuple[Labels, ...], tuple[Labels, ...]] = {}

    def forget(self) -> None:
        """Time has moved; what is remembered may no longer be so."""
        self._known.clear()

    def between(self, metric: str, since: float, until: float) -> Sequence[Track]:
        """The samples of a metric from `since` to `until`, both included; there are none ahead."""
        numbers = _numbers(since, min(until, self._now()))
        rows = [self._at(number).get(metric, NOTHING) for number in numbers]
        times = [number * EVERY for number in numbers]
        if rows and all(row.labels is rows[0].labels for row in rows):
            columns = zip(*(row.values for row in rows), strict=True)
            return [Track(labels, times, values) for labels, values in zip(rows[0].labels, columns, strict=True)]
        return _sorted_out(times, rows)

    def _at(self, number: int) -> Mapping[str, Row]:
        known = self._known.get(number)
        if known is None:
            found = self._scrape(number * EVERY)
            known = self._known[number] = {metric: self._row(values) for metric, values in found.items()}
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return known

    def _row(self, found: Mapping[Labels, float]) -> Row:
        labels = tuple(found)
        return Row(self._labels.setdefault(labels, labels), tuple(found.values()))


def _sorted_out(times: Sequence[float], rows: Sequence[Row]) -> Sequence[Track]:
    """Where series come or go in between."""
    found: dict[Labels, tuple[list[float], list[float]]] = {}
    for at, row in zip(times, rows, strict=True):
        for labels, value in zip(row.labels, row.values, strict=True):
            track = found.setdefault(labels, ([], []))
            track[0].append(at)
            track[1].append(value)
    return [Track(labels, *track) for labels, track in found.items()]


def _numbers(since: float, until: float) -> Sequence[int]:
    """The scrapes of a window, counted from the beginning of time."""
    first, last = math.ceil(since / EVERY), math.floor(until / EVERY)
    if until - since <= LONG:
        return range(first, last + 1)
    # On a grid of their own, so that windows that overlap look at the same ones.
    apart = math.ceil((last - first) / ENOUGH)
    grid = range(math.ceil(first / apart) * apart, last + 1, apart)
    return sorted({first, *grid, last})
