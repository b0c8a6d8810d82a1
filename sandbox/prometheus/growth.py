"""By how much a counter grew in a window, as Prometheus reckons it: across resets, and out to the window's ends."""

from collections.abc import Sequence
from itertools import pairwise

from sandbox.prometheus.samples import Sample

NEAR = 1.1
"""A window's end that is nearer than this many scrapes is where the counter is thought to have been already."""


def extrapolated(samples: Sequence[Sample], *, since: float, until: float) -> float | None:
    """The growth from `since` to `until`; None with fewer than two samples (extrapolatedRate of promql/functions.go)."""
    if len(samples) < 2:
        return None
    grown = _grown(samples)
    first, last = samples[0], samples[-1]
    seen = last.at - first.at
    between = seen / (len(samples) - 1)
    before = first.at - since
    if grown > 0 and first.value >= 0:
        # It cannot have been below zero.
        before = min(before, seen * first.value / grown)
    reach = seen + _reached(before, between) + _reached(until - last.at, between)
    return grown * reach / seen


def _grown(samples: Sequence[Sample]) -> float:
    grown = samples[-1].value - samples[0].value
    for before, after in pairwise(samples):
        if after.value < before.value:
            grown += before.value
    return grown


def _reached(gap: float, between: float) -> float:
    return gap if gap < NEAR * between else between / 2
