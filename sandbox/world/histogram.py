"""Distributions as counts in buckets, so that those of several revisions can be merged honestly."""

import math
from collections.abc import Sequence

from sandbox.world.chance import chance

SPREAD = 0.55
"""Of the logarithm of answer times: p95 is 2.5 times the median, p99 3.6 times."""
LATENCY_BOUNDS = tuple(5 * 1.2**step for step in range(53))
"""Milliseconds, up to a bit more than a minute."""
FRACTION_BOUNDS = tuple(step / 100 for step in range(1, 101))


def lognormal_parts(median: float, bounds: Sequence[float] = LATENCY_BOUNDS) -> list[float]:
    """The part in each bucket; the first is below the first bound, the last above the last."""
    below = [_below(math.log(bound / median) / SPREAD) for bound in bounds]
    return [high - low for low, high in zip([0.0, *below], [*below, 1.0], strict=True)]


def placed(values: Sequence[float], bounds: Sequence[float] = FRACTION_BOUNDS) -> list[float]:
    """How many of the values are in each bucket."""
    counts = [0.0] * (len(bounds) + 1)
    for value in values:
        counts[sum(1 for bound in bounds if value >= bound)] += 1
    return counts


def whole(counts: Sequence[float], *about: object) -> tuple[int, ...]:
    """The counts as whole numbers that add up to the rounded total; dice about the same things fall the same way."""
    cumulated, before, found = chance(*about), 0, []
    for count in counts:
        cumulated += count
        found.append(int(cumulated) - before)
        before = int(cumulated)
    return tuple(found)


def quantile(counts: Sequence[float], wanted: float, bounds: Sequence[float]) -> float:
    """The value below which the `wanted` part is, in proportion within its bucket."""
    rank, before = wanted * sum(counts), 0.0
    for index, count in enumerate(counts):
        if before + count >= rank and count:
            low = bounds[index - 1] if index else 0.0
            high = bounds[index] if index < len(bounds) else bounds[-1]
            return low + (high - low) * (rank - before) / count
        before += count
    return 0.0


def _below(deviations: float) -> float:
    return 0.5 * (1 + math.erf(deviations / math.sqrt(2)))
