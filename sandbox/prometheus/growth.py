"""By how much a counter grew in a window, as Prometheus reckons it: across resets, and out to the window's ends."""

from collections.abc import Sequence
from itertools import pairwise

from sandbox.prometheus.samples import Track

NEAR = 1.1
"""A window's end that is nearer than this many scrapes is where the counter is thought to have been already."""


def extrapolated(track: Track, *, since: float, until: float) -> float | None:
    """The growth from `since` to `until`; None with fewer than two samples (extrapolatedRate of promql/functions.go)."""
    times, values = track.times, track.values
    if len(times) < 2:
        return None
    grown = _grown(values)
    seen = times[-1] - times[0]
    between = seen / (len(times) - 1)
    before = times[0] - since
    if grown > 0 and values[0] >= 0:
        # It cannot have been below zero.
        before = min(before, seen * values[0] / grown)
    reach = seen + _reached(before, between) + _reached(until - times[-1], between)
    return grown * reach / seen


def _grown(values: Sequence[float]) -> float:
    return values[-1] - values[0] + sum(before for before, after in pairwise(values) if after < before)


def _reached(gap: float, between: float) -> float:
    return gap if gap < NEAR * between else between / 2
