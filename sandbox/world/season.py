"""How busy people keep the platform: by day, by week and a little at random, as a sum of waves.

A sum of waves can be integrated exactly, so that how much there was between two moments needs no adding up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from sandbox.world.chance import chance

DAY = 86_400.0
WEEK = 7 * DAY
BUSIEST_HOUR = 18 * 3600.0
"""Of a UTC day: early afternoon in New York."""
BUSIEST_OF_WEEK = 6.5 * DAY
"""Since a Thursday midnight, with which the computers' time began: Wednesday noon; the opposite is the weekend."""


@dataclass(frozen=True, kw_only=True)
class Wave:
    """A swing around the mean: how far, how long, and when it is at its highest."""

    height: float
    period: float
    peak: float

    def at(self, moment: float) -> float:
        return self.height * math.cos(math.tau * (moment - self.peak) / self.period)

    def between(self, since: float, until: float) -> float:
        pace = math.tau / self.period
        return self.height / pace * (math.sin(pace * (until - self.peak)) - math.sin(pace * (since - self.peak)))


SEASONS = (
    Wave(height=0.40, period=DAY, peak=BUSIEST_HOUR),
    Wave(height=0.07, period=DAY / 2, peak=BUSIEST_HOUR),
    Wave(height=0.26, period=WEEK, peak=BUSIEST_OF_WEEK),
    Wave(height=0.07, period=WEEK / 2, peak=BUSIEST_OF_WEEK),
)
UNREST = ((0.020, 37 * 60 + 11.0), (0.015, 11 * 60 + 3.0), (0.015, 173.0))
"""Heights and periods of the small swings that make no two weeks the same."""


@cache
def _unrest(of: str) -> Sequence[Wave]:
    return [Wave(height=height, period=period, peak=period * chance(of, period)) for height, period in UNREST]


@lru_cache(maxsize=1024)
def _season(moment: float) -> float:
    return 1 + sum(wave.at(moment) for wave in SEASONS)


@lru_cache(maxsize=8192)
def busyness(of: str, moment: float) -> float:
    """How busy it is with something, of 1 on average; always above 0.1."""
    return _season(moment) + sum(wave.at(moment) for wave in _unrest(of))


def busyness_between(of: str, since: float, until: float) -> float:
    """The integral of `busyness`, in seconds of average business."""
    return until - since + sum(wave.between(since, until) for wave in (*SEASONS, *_unrest(of)))
