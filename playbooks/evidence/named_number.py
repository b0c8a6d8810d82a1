"""Numbers of the business, by the named queries of the operator's file; no number is ever made up.

Each is compared with the same local hour of the last four weeks. A private one is read for private channels only.
"""

import asyncio
from datetime import datetime, timedelta
from math import ceil

from bot.domain.chart import Chart, Look, Point, Trace
from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.platform import Number, NumberSource
from bot.domain.scrub import excerpt
from playbooks.evidence.judge import baseline, judge, weeks_before
from playbooks.evidence.seen import Seen
from playbooks.evidence.window import window_of
from playbooks.world import Outside, World, reached

POINTS = 24
"""Points of a chart."""
NAMED = 10
"""Rows of an SQL query that are said."""


async def named_number(world: World, subject: Subject, *, name: str, key: str, yardstick: str) -> Evidence:
    """The number of a key, judged by a yardstick, as the evidence of a name."""
    number = world.organisation.numbers.get(key)
    if number is None:
        raise NotConfigured(f"opsbot.yaml does not say how {key} is counted; give numbers a {key}.")
    if number.private and not subject.private:
        raise NotConfigured(f"{number.title} is said in private channels only: those that channels.private names.")
    if number.source is NumberSource.SQL:
        seen = await _rows(world, number)
    else:
        seen = await _judged(world, subject, number, yardstick)
    return seen.evidence(name, world, until=world.clock.now())


async def _rows(world: World, number: Number) -> Seen:
    """What the platform's database says now; it remembers nothing to compare it with."""
    rows = await reached(world.sessions, Outside.SESSIONS).numbers(number.query)
    if not rows:
        says = f"{number.title}: no rows"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, private=number.private),))
    return Seen(
        findings=tuple(
            Finding(
                verdict=Verdict.GREEN,
                says=f"{number.title}{_of(label)}: {written(value, number)}",
                value=value,
                unit=number.unit,
                private=number.private,
            )
            for label, value in rows[:NAMED]
        )
    )


def _of(label: str) -> str:
    return f", {excerpt(label, most=40)}" if label else ""


async def _judged(world: World, subject: Subject, number: Number, yardstick: str) -> Seen:
    now, zone = world.clock.now(), world.organisation.timezone

    async def at(since: datetime, until: datetime) -> float | None:
        del since
        series = await reached(world.queries, Outside.QUERIES).query(number.query, at=until)
        return sum(each.last for each in series if each.last is not None) if series else None

    value, usual = await asyncio.gather(at(now, now), baseline(at, since=now, until=now, timezone=zone))
    if value is None:
        says = f"{number.title}: the query finds nothing"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, private=number.private),))
    verdict = judge(value, world.organisation.thresholds[yardstick], baseline=usual.usual)
    usually = f", usually {plain(usual.usual)}" if usual.usual is not None else ""
    last = f", last week {plain(usual.last_week)}" if usual.last_week is not None else ""
    alone = "; there is nothing to compare it with yet" if verdict is Verdict.NO_DATA else ""
    finding = Finding(
        verdict=verdict,
        says=f"{number.title}: {written(value, number)}{usually}{last}{alone}",
        value=value,
        unit=number.unit,
        private=number.private,
    )
    return Seen(findings=(finding,), charts=await _charts(world, subject, number, finding))


async def _charts(world: World, subject: Subject, number: Number, finding: Finding) -> tuple[Chart, ...]:
    """Only of what is not as usual: the queries are the operator's own, and asking them for every point may be dear."""
    if number.private or not finding.verdict.unhealthy:
        return ()
    window, zone = window_of(world, subject).reported, world.organisation.timezone
    until = window.until
    # Prometheus takes whole seconds.
    step = max(window.step, timedelta(seconds=ceil((until - window.since).total_seconds() / POINTS)))
    shift = until - weeks_before(until, 1, zone)
    try:
        points, before = await asyncio.gather(
            _line(world, number, window.since, until, step),
            _line(world, number, window.since - shift, until - shift, step),
        )
    except (NotConfigured, CouldNotLook):
        return ()
    moved = tuple(Point(at=point.at + shift, value=point.value) for point in before)
    dashed = (Trace(name="last week", points=moved, look=Look.DASHED),) if moved else ()
    traces = (Trace(name=number.title, points=points), *dashed)
    return (Chart(title=number.title, unit=number.unit, alt=f"{finding.says}.", traces=traces),) if points else ()


async def _line(world: World, number: Number, since: datetime, until: datetime, step: timedelta) -> tuple[Point, ...]:
    """So that its last point is what is so in the end."""
    queries = reached(world.queries, Outside.QUERIES)
    first = until - step * ((until - since) // step)
    series = await queries.query_range(number.query, since=first, until=until, step=step)
    return series[0].points if len(series) == 1 else ()


def written(value: float, number: Number) -> str:
    """A number as people read it, with its unit."""
    return f"{plain(value)} {number.unit}".rstrip()


def plain(value: float) -> str:
    """A number as people read it, beside one whose unit has been said."""
    places = 2 if abs(value) < 10 and value != round(value) else 0
    return f"{value:,.{places}f}"
