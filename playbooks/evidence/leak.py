"""Whether memory leaks: the straight line that fits its growth best, and when it reaches the limit.

Instances that ran out of memory begin anew, so only the stretch since the last large fall is looked at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import linear_regression

from bot.domain.chart import Point

FALL = 0.1
"""A fall by so much of the limit is a new beginning."""
FEWEST = 5
"""Points below which a slope says nothing."""
STEEP = 0.05
"""The part of the limit that must be lost in an hour to be called a leak."""
STRAIGHT = 0.8
"""How well the line must fit (r²): memory that comes and goes with the traffic does not."""
FARTHEST = timedelta(hours=24)
UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


@dataclass(frozen=True, kw_only=True)
class Leak:
    """`an_hour` is the part of the limit that is lost in an hour; `full_at` when nothing is left."""

    an_hour: float
    since: datetime
    full_at: datetime


def leak_of(points: Sequence[Point]) -> Leak | None:
    """The leak in a line of memory, if there is one that fills the limit within a day."""
    grown = _since_fall(points)
    if len(grown) < FEWEST:
        return None
    start = grown[0].at
    hours = [(point.at - start) / timedelta(hours=1) for point in grown]
    values = [point.value for point in grown]
    slope, intercept = linear_regression(hours, values)
    if slope < STEEP or _fit(hours, values, slope, intercept) < STRAIGHT:
        return None
    left = max(0.0, 1 - values[-1]) / slope
    full_at = grown[-1].at + timedelta(hours=left)
    return Leak(an_hour=slope, since=start, full_at=full_at) if full_at - grown[-1].at <= FARTHEST else None


def limit_bytes(written: str) -> float | None:
    """A limit of memory as the platform writes it ("512Mi"), in bytes."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(|k|M|G|Ki|Mi|Gi)", written)
    return float(found[1]) * UNITS[found[2]] if found else None


def _since_fall(points: Sequence[Point]) -> Sequence[Point]:
    falls = [index for index in range(1, len(points)) if points[index].value < points[index - 1].value - FALL]
    return points[falls[-1] :] if falls else points


def _fit(hours: Sequence[float], values: Sequence[float], slope: float, intercept: float) -> float:
    mean = sum(values) / len(values)
    spread = sum((value - mean) ** 2 for value in values)
    missed = sum((value - slope * hour - intercept) ** 2 for hour, value in zip(hours, values, strict=True))
    return 1 - missed / spread if spread else 0.0
