"""How Cloud Monitoring puts numbers together: first within a series for each step, then across series.

A distribution stays one until somebody asks for a percentile; which is why the order matters.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import grpc

from sandbox.google.metrics import Kind, Measured
from sandbox.google.wire import Refusal
from sandbox.world.series import WorldPoint

PERCENTILES = {"05": 0.05, "50": 0.5, "95": 0.95, "99": 0.99}


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """How many numbers lie in each bucket; `bounds` are the upper bounds of all but the last."""

    counts: tuple[int, ...]
    bounds: tuple[float, ...]

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """Reckoned with the middle of each bucket."""
        edges = (0.0, *self.bounds, self.bounds[-1])
        middles = [(low + high) / 2 for low, high in pairwise(edges)]
        total = sum(count * middle for count, middle in zip(self.counts, middles, strict=True))
        return total / self.count if self.count else math.nan

    def percentile(self, part: float) -> float:
        """The number below which that part lies, in proportion within its bucket; no number when there is none."""
        rank, before = part * self.count, 0.0
        for index, count in enumerate(self.counts):
            if count and before + count >= rank:
                low = self.bounds[index - 1] if index else 0.0
                high = self.bounds[min(index, len(self.bounds) - 1)]
                return low + (high - low) * (rank - before) / count
            before += count
        return math.nan


Number = float | Distribution
Points = Mapping[float, Number]
"""Numbers by the end of their step."""


def merged(distributions: Sequence[Distribution]) -> Distribution:
    """All of them together; they have the same buckets."""
    counts = tuple(sum(column) for column in zip(*(each.counts for each in distributions), strict=True))
    return Distribution(counts=counts, bounds=distributions[0].bounds)


def aligned(found: Measured, aligner: str, *, until: float, step: float) -> Points:
    """One number for each step that has any; where nothing was measured there is no distribution."""
    align = _aligner(found.kind, aligner)
    steps: defaultdict[float, list[WorldPoint]] = defaultdict(list)
    for point in found.series.points:
        # The point stands at the end of what it is about.
        back = math.floor((until - point.at) / step + 1e-6)
        steps[until - back * step].append(point)
    numbers = ((at, align(points, found.series.bounds)) for at, points in steps.items() if _any(found.kind, points))
    return dict(numbers)


def _any(kind: Kind, points: Sequence[WorldPoint]) -> bool:
    return kind is not Kind.DISTRIBUTION or any(point.value for point in points)


def reduced(series: Sequence[Points], reducer: str) -> Points:
    """One number across all series for each step in which any of them has one."""
    reduce = _reducer(reducer)
    steps: defaultdict[float, list[Number]] = defaultdict(list)
    for points in series:
        for at, number in points.items():
            steps[at].append(number)
    return {at: reduce(numbers) for at, numbers in sorted(steps.items())}


def _aligner(kind: Kind, name: str) -> Callable[[Sequence[WorldPoint], tuple[float, ...]], Number]:
    percentile = PERCENTILES.get(name.removeprefix("ALIGN_PERCENTILE_"))
    match kind, name:
        case Kind.DISTRIBUTION, "ALIGN_DELTA":
            return _distribution
        case Kind.DISTRIBUTION, _ if percentile is not None:
            return lambda points, bounds: _distribution(points, bounds).percentile(percentile)
        case Kind.COUNT, "ALIGN_DELTA":
            return lambda points, _: sum(point.value for point in points)
        case Kind.LEVEL, "ALIGN_MEAN":
            return lambda points, _: sum(point.value for point in points) / len(points)
        case Kind.LEVEL, "ALIGN_MAX":
            return lambda points, _: max(point.value for point in points)
        case Kind.LEVEL, "ALIGN_MIN":
            return lambda points, _: min(point.value for point in points)
        case Kind.CHECK, "ALIGN_FRACTION_TRUE":
            return lambda points, _: sum(point.value for point in points) / len(points)
        case _:
            raise _invalid(f"The aligner {name} cannot be applied to metrics of kind {kind.name}.")


def _distribution(points: Sequence[WorldPoint], bounds: tuple[float, ...]) -> Distribution:
    return merged([Distribution(counts=point.buckets, bounds=bounds) for point in points])


def _reducer(name: str) -> Callable[[Sequence[Number]], Number]:
    percentile = PERCENTILES.get(name.removeprefix("REDUCE_PERCENTILE_"))
    match name:
        case "REDUCE_SUM":
            return _sum
        case "REDUCE_MEAN":
            return _mean
        case "REDUCE_MAX":
            return lambda numbers: max(_scalars(numbers))
        case "REDUCE_MIN":
            return lambda numbers: min(_scalars(numbers))
        case _ if percentile is not None:
            return lambda numbers: _percentile(numbers, percentile)
        case _:
            raise _invalid(f"The practice ground knows no reducer {name}.")


def _sum(numbers: Sequence[Number]) -> Number:
    distributions = [number for number in numbers if isinstance(number, Distribution)]
    return merged(distributions) if distributions else sum(_scalars(numbers))


def _mean(numbers: Sequence[Number]) -> float:
    total = _sum(numbers)
    return total.mean if isinstance(total, Distribution) else total / len(numbers)


def _percentile(numbers: Sequence[Number], part: float) -> float:
    """Of the merged distribution; of bare numbers, as if each were as good as the other."""
    total = _sum(numbers)
    if isinstance(total, Distribution):
        return total.percentile(part)
    ordered = sorted(_scalars(numbers))
    place = part * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


def _scalars(numbers: Sequence[Number]) -> list[float]:
    scalars = [number for number in numbers if not isinstance(number, Distribution)]
    if len(scalars) < len(numbers):
        raise _invalid("This reducer cannot be applied to distributions.")
    return scalars


def _invalid(words: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, words)
