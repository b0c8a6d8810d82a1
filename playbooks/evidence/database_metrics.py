"""How much databases have to do, when their disk will be full, and how far replicas are behind."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from statistics import linear_regression

from bot.domain.chart import Chart, Point, Trace
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.domain.platform import Database
from playbooks.evidence.database_instance import every_database
from playbooks.evidence.dial import Dial, read
from playbooks.evidence.figure import percent, span
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, together
from playbooks.evidence.trend import Gauge, Trend, line, number, trend
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "database-metrics"
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
FAR = timedelta(days=365)


def _dial(title: str, measure: Measure, yardstick: str) -> Dial:
    return Dial(
        name=NAME,
        title=title,
        measure=measure,
        aggregation=Aggregation.MEAN,
        yardstick=yardstick,
        unit="%",
        says=percent,
    )


CPU = _dial("CPU", Measure.DATABASE_CPU, "database-cpu")
DIALS = (
    CPU,
    _dial("memory", Measure.DATABASE_MEMORY, "database-memory"),
    _dial("disk", Measure.DATABASE_DISK, "database-disk"),
)


async def database_metrics(world: World, subject: Subject) -> Evidence:
    """CPU, memory, disk and replica lag of each database of the services."""
    window = window_of(world, subject)
    seen = await every_database(world, subject, partial(_of, world, window))
    return seen.evidence(NAME, world, until=window.until)


async def _of(world: World, window: Window, database: Database) -> Seen:
    thresholds = world.organisation.thresholds
    trends, others = await asyncio.gather(
        asyncio.gather(
            *(trend(world, dial.of(database.instance), window, thresholds[dial.yardstick]) for dial in DIALS)
        ),
        asyncio.gather(
            _up(world, window, database), _days_to_full(world, window, database), _lag(world, window, database)
        ),
    )
    findings = [
        read(world, dial, found, key=database.key, title=database.title)
        for dial, found in zip(DIALS, trends, strict=True)
    ]
    advice = _advice(database, trends[0], findings[0])
    charts = _charts(database, trends, findings)
    loaded = Seen(findings=_in_short(database, trends, findings), charts=charts, advice=advice)
    return together([*others[:1], loaded, *others[1:]])


def _in_short(database: Database, trends: Sequence[Trend], findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """One sentence while all is well: whoever asks for the disk reads of the disk."""
    if any(finding.verdict is not Verdict.GREEN for finding in findings):
        return tuple(findings)
    levels = (
        f"{dial.title} {dial.says(found.now)}"
        for dial, found in zip(DIALS, trends, strict=True)
        if found.now is not None
    )
    says = f"{database.title}: {', '.join(levels)}"
    return (Finding(verdict=Verdict.GREEN, says=says, subject=database.key),)


async def _up(world: World, window: Window, database: Database) -> Seen:
    up = await number(world, _level(database, Measure.DATABASE_UP), window.recent, window.until)
    if up is None or up >= 1:
        return Seen(findings=())
    says = f"{database.title} is down"
    return Seen(findings=(Finding(verdict=Verdict.RED, says=says, subject=database.key),))


async def _days_to_full(world: World, window: Window, database: Database) -> Seen:
    """How long the disk lasts when it fills as it did in the last week; nothing is said while it does not."""
    week = Window(since=window.until - WEEK, until=window.until, step=HOUR * 6)
    left = _lasts(await line(world, _level(database, Measure.DATABASE_DISK), week))
    if left is None or left > FAR:
        return Seen(findings=())
    verdict = judge(left.total_seconds(), world.organisation.thresholds["days-to-full"])
    says = f"{database.title}: at this rate its disk is full in {span(left)}"
    return Seen(findings=(Finding(verdict=verdict, says=says, subject=database.key),))


def _lasts(points: Sequence[Point]) -> timedelta | None:
    if len(points) < 4:
        return None
    days = [(point.at - points[0].at) / timedelta(days=1) for point in points]
    slope, _ = linear_regression(days, [point.value for point in points])
    return timedelta(days=max(0.0, 1 - points[-1].value) / slope) if slope > 0.0001 else None


async def _lag(world: World, window: Window, database: Database) -> Seen:
    """Of the replicas there are; without any nothing is said."""
    if world.databases is None:
        return Seen(findings=())
    try:
        instance = await world.databases.instance(database.instance)
    except (CouldNotLook, NotConfigured):
        return Seen(findings=())
    findings = await asyncio.gather(*(_behind(world, window, database, replica) for replica in instance.replicas))
    return Seen(findings=tuple(findings))


async def _behind(world: World, window: Window, database: Database, replica: str) -> Finding:
    gauge = Gauge(measure=Measure.REPLICA_LAG, of=replica, aggregation=Aggregation.MAX)
    seconds = await number(world, gauge, window.recent, window.until)
    verdict = judge(seconds, world.organisation.thresholds["replica-lag"])
    behind = "nobody knows how far" if seconds is None else span(timedelta(seconds=seconds))
    return Finding(
        verdict=verdict, says=f"{database.title}: replica {replica} is {behind} behind", subject=database.key
    )


def _level(database: Database, measure: Measure) -> Gauge:
    return Gauge(measure=measure, of=database.instance, aggregation=Aggregation.MEAN)


def _charts(database: Database, trends: Sequence[Trend], findings: Sequence[Finding]) -> tuple[Chart, ...]:
    traces = tuple(
        Trace(name=dial.title, points=found.points) for dial, found in zip(DIALS, trends, strict=True) if found.points
    )
    if not traces:
        return ()
    alt = f"{'. '.join(finding.says for finding in findings)}."
    return (Chart(title=f"{database.title}: load", unit="%", alt=alt, traces=traces),)


def _advice(database: Database, cpu: Trend, finding: Finding) -> tuple[Advice, ...]:
    if cpu.now is None or not finding.verdict.unhealthy:
        return ()
    says = f"{finding.says}: look at slow queries before scaling anything"
    return (Advice(says=says, strength=0.7, target=database.key, playbook="api-latency-spike"),)
