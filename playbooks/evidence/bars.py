"""How often something stands in the log, over time: the bars of a chart."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.chart import Point

SHORTEST = timedelta(minutes=1)


def bar_of(since: datetime, until: datetime, *, most: int) -> timedelta:
    """How long each of so many bars is."""
    return max((until - since) / most, SHORTEST)


def bars(times: Iterable[datetime], *, since: datetime, until: datetime, bar: timedelta) -> tuple[Point, ...]:
    """How often it was in each bar; the first ends at `since` or soon after, the last at `until`."""
    every = tuple(times)
    edges = [until - bar * back for back in range(int((until - since) / bar), -1, -1)]
    return tuple(Point(at=edge, value=float(sum(edge - bar < at <= edge for at in every))) for edge in edges)
