"""The day so far against the same weekday a week before: users, runs, revenue, requests and errors, each with its chart."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from bot.domain.chart import Chart, Look, Marker, Point, Series, Trace
from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.platform import Number, NumberSource
from playbooks.evidence.class_counts import FAILED, Counts, class_counts
from playbooks.evidence.figure import count, percent
from playbooks.evidence.judge import judge, weeks_before
from playbooks.evidence.named_number import plain, written
from playbooks.evidence.seen import Seen, one, services_of, together
from playbooks.evidence.window import DELAY, SHORTEST, Window
from playbooks.world import Outside, World, reached

NAME = "day"
NUMBERS = ("active-users", "agent-runs", "revenue")
STEP = timedelta(minutes=30)
"""Between two points of a day: 34 of them at five o'clock."""
Line = Callable[[Window], Awaitable[tuple[Point, ...]]]


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day from midnight until now, the same stretch a week before, and what its weekday is called."""

    window: Window
    before: Window
    weekday: str

    @property
    def shift(self) -> timedelta:
        """How far apart the two are; not always 168 hours, for clocks change."""
        return self.window.until - self.before.until


async def day(world: World, subject: Subject) -> Evidence:
    """What may be said in private only is looked at for private places only."""
    today = _today(world, subject)
    numbers = [world.organisation.numbers[key] for key in NUMBERS if key in world.organisation.numbers]
    told = [
        each for each in numbers if each.source is NumberSource.PROMETHEUS and (subject.private or not each.private)
    ]
    looks = [one("", each.title, _number(world, today, each)) for each in told]
    seen = together(await asyncio.gather(one("", "The day's requests", _traffic(world, subject, today)), *looks))
    return seen.evidence(NAME, world, until=today.window.until)


def _today(world: World, subject: Subject) -> Day:
    """From local midnight on, as far as numbers have arrived; just after midnight it is an hour of the day before."""
    zone = world.organisation.timezone
    until = min(subject.until, world.clock.now() - DELAY)
    midnight = datetime.combine(until.astimezone(zone).date(), time(), tzinfo=zone).astimezone(UTC)
    window = Window(since=min(midnight, until - SHORTEST), until=until, step=STEP)
    since, end = weeks_before(window.since, 1, zone), weeks_before(until, 1, zone)
    return Day(window=window, before=replace(window, since=since, until=end), weekday=f"{until.astimezone(zone):%A}")


async def _number(world: World, today: Day, number: Number) -> Seen:
    """A number of the business as a chart; how it is to be judged, its own evidence says."""

    async def line(window: Window) -> tuple[Point, ...]:
        queries = reached(world.queries, Outside.QUERIES)
        series = await queries.query_range(number.query, since=window.since, until=window.until, step=window.step)
        return _summed(series)

    points, past = await _both(line, today)
    if not points:
        says = f"{number.title}: no numbers of today"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, private=number.private),))
    last = f", last {today.weekday} {plain(past[-1].value)}" if past else ""
    at = points[-1].at.astimezone(world.organisation.timezone)
    says = f"{number.title} at {at:%H:%M}: {written(points[-1].value, number)}{last}"
    finding = Finding(
        verdict=Verdict.GREEN, says=says, value=points[-1].value, unit=number.unit, private=number.private
    )
    return Seen(findings=(finding,), charts=(_chart(number.title, number.unit, says, points, past, today),))


async def _traffic(world: World, subject: Subject, today: Day) -> Seen:
    """Requests of all services together, and the part of them that failed, with the incidents of the day."""
    now, before = await asyncio.gather(_counted(world, subject, today.window), _counted(world, subject, today.before))
    requests, ratio = now.all(since=today.window.since), now.ratio(FAILED, since=today.window.since)
    if ratio is None:
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says="No requests today"),))
    verdict = judge(ratio, world.organisation.thresholds["error-ratio"], samples=requests)
    past = before.ratio(FAILED, since=today.before.since)
    says = f"{count(requests, 'request')} today, {percent(ratio)} failed"
    if past is not None:
        says += f"; last {today.weekday} {count(before.all(since=today.before.since))}, {percent(past)}"
    finding = Finding(verdict=verdict, says=says, value=ratio, unit="%")
    marks = await _incidents(world, today)
    charts = (
        _chart("Errors of all requests", "%", says, now.ratios(FAILED), before.ratios(FAILED), today),
        _chart("Requests", "in half an hour", "Requests in half an hour", now.totals(), before.totals(), today),
    )
    return Seen(findings=(finding,), charts=tuple(replace(chart, markers=marks) for chart in charts))


async def _counted(world: World, subject: Subject, window: Window) -> Counts:
    """What all services together answered, by class."""
    services = services_of(world, subject)
    every = await asyncio.gather(*(class_counts(world, service, window) for service in services))
    summed: dict[str, dict[datetime, float]] = {}
    for counts in every:
        for kind, points in counts.by_class.items():
            for at, value in points.items():
                summed.setdefault(kind, {})[at] = summed.get(kind, {}).get(at, 0.0) + value
    return Counts(by_class=summed)


async def _incidents(world: World, today: Day) -> tuple[Marker, ...]:
    incidents = await world.memory.incidents(since=today.window.since)
    return tuple(
        Marker(at=each.declared_at, label=each.key) for each in incidents if each.declared_at >= today.window.since
    )


async def _both(line: Line, today: Day) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Today's line, and that of a week before; a week that cannot be read takes nothing from today's."""

    async def before() -> tuple[Point, ...]:
        try:
            return await line(today.before)
        except (CouldNotLook, NotConfigured):
            return ()

    return await asyncio.gather(line(today.window), before())


def _summed(series: Sequence[Series]) -> tuple[Point, ...]:
    """Several series as one; a query of the operator's own should bring one only."""
    sums: dict[datetime, float] = {}
    for each in series:
        for point in each.points:
            sums[point.at] = sums.get(point.at, 0.0) + point.value
    return tuple(Point(at=at, value=value) for at, value in sorted(sums.items()))


def _chart(title: str, unit: str, says: str, points: tuple[Point, ...], past: tuple[Point, ...], today: Day) -> Chart:
    moved = tuple(replace(point, at=point.at + today.shift) for point in past)
    dashed = (Trace(name=f"last {today.weekday}", points=moved, look=Look.DASHED),) if moved else ()
    return Chart(title=title, unit=unit, alt=f"{says}.", traces=(Trace(name="today", points=points), *dashed))
