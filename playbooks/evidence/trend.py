"""A number over time: what it is now, what is usual, how that is judged, and since when it is otherwise."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.bounds import Bounds
from bot.domain.chart import Point, Series
from bot.domain.evidence import Verdict
from bot.domain.metric_query import Aggregation, Measure
from playbooks.evidence.judge import Baseline, baseline, judge, weeks_before
from playbooks.evidence.window import RECENT, Window
from playbooks.world import Outside, World, reached

HOUR = timedelta(hours=1)
QUIET = 3
"""So many good points in a row end a bad stretch: a single good minute is no recovery."""


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """What is measured, of what, and how its numbers become one."""

    measure: Measure
    of: str
    """The name in the cloud."""
    aggregation: Aggregation
    lately: timedelta = RECENT
    """How much of the end counts as now."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """`now` is the number of the last minutes, None when there is none; `since` is when it crossed its bounds."""

    now: float | None
    usual: Baseline
    points: tuple[Point, ...]
    verdict: Verdict
    since: datetime | None


async def trend(world: World, gauge: Gauge, window: Window, bounds: Bounds) -> Trend:
    """The trend of what is measured. The number of samples is not judged here."""
    points, now, usual = await asyncio.gather(
        line(world, gauge, window),
        number(world, gauge, window.until - gauge.lately, window.until),
        usually(world, gauge, window),
    )
    verdict = judge(now, bounds, baseline=usual.usual)
    since = bad_since(points, window, lambda value: judge(value, bounds, baseline=usual.usual).unhealthy)
    return Trend(now=now, usual=usual, points=points, verdict=verdict, since=since if verdict.unhealthy else None)


async def number(world: World, gauge: Gauge, since: datetime, until: datetime) -> float | None:
    """One number for a whole stretch of time; None when there is no data."""
    points = await line(world, gauge, Window(since=since, until=until, step=until - since))
    return points[-1].value if points else None


async def line(world: World, gauge: Gauge, window: Window) -> tuple[Point, ...]:
    """The numbers of all that is measured, as one line; empty when there is no data."""
    series = await lines(world, gauge, window)
    return series[0].points if series else ()


async def lines(world: World, gauge: Gauge, window: Window, *by: str) -> Sequence[Series]:
    """A line for each value of the labels `by`."""
    metrics = reached(world.metrics, Outside.METRICS)
    return await metrics.read(
        gauge.measure,
        gauge.of,
        since=window.since,
        until=window.until,
        step=window.step,
        aggregation=gauge.aggregation,
        by=by,
    )


async def usually(world: World, gauge: Gauge, window: Window) -> Baseline:
    """What is usual at the hour in which the window ends."""
    return await baseline(
        lambda since, until: number(world, gauge, since, until),
        since=window.until - HOUR,
        until=window.until,
        timezone=world.organisation.timezone,
    )


async def last_week(world: World, gauge: Gauge, window: Window) -> tuple[Point, ...]:
    """The line of a week ago by the local clock, moved to where it can be compared with this week's."""
    zone = world.organisation.timezone
    since, until = weeks_before(window.since, 1, zone), weeks_before(window.until, 1, zone)
    points = await line(world, gauge, replace(window, since=since, until=until))
    return tuple(replace(point, at=point.at + (window.until - until)) for point in points)


def bad_since(points: Sequence[Point], window: Window, bad: Callable[[float], bool]) -> datetime | None:
    """When the bad stretch began in which a line ends; None when its end is good."""
    since, good = None, 0
    for point in reversed(points):
        if bad(point.value):
            since, good = point.at - window.step, 0
        else:
            good += 1
        if good >= QUIET:
            break
    return since


def sustained(found: Trend, window: Window, *, at_least: timedelta) -> Trend:
    """A trend that is red only once it has lasted so long; before it is amber."""
    fresh = found.since is None or window.until - found.since < at_least
    return replace(found, verdict=Verdict.AMBER) if found.verdict is Verdict.RED and fresh else found
