"""A dial: a number that is measured, judged, written and drawn in the same way of every service."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from bot.domain.chart import Chart, Look, Marker, Threshold, Trace
from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.blame import blamed, markers
from playbooks.evidence.figure import count, span, when
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.trend import Gauge, Trend, last_week, number, trend
from playbooks.evidence.window import RECENT, Window, window_of
from playbooks.world import World


@dataclass(frozen=True, kw_only=True)
class Dial:
    """`says` writes a number with its unit; `yardstick` is the name of its bounds. `trouble` is what people call it
    when it is bad and a deployment is to be blamed ("slow"); empty when none ever is. `lately` is what counts as now."""

    name: str
    title: str
    measure: Measure
    aggregation: Aggregation
    yardstick: str
    unit: str
    says: Callable[[float], str]
    trouble: str = ""
    lately: timedelta = RECENT
    fewest: int = 0
    """Samples below which the number says nothing; of distributions only, whose sum is how many there are."""

    def of(self, name: str) -> Gauge:
        """What is measured of something, by its name in the cloud."""
        return Gauge(measure=self.measure, of=name, aggregation=self.aggregation, lately=self.lately)


async def every_dial(world: World, subject: Subject, dial: Dial) -> Evidence:
    """The number of every service, judged."""
    window = window_of(world, subject)
    seen = await every_service(world, subject, partial(_of, world, subject, window, dial))
    return seen.evidence(dial.name, world, until=window.until)


async def _of(world: World, subject: Subject, window: Window, dial: Dial, service: Service) -> Seen:
    gauge = dial.of(service.cloud_name)
    found, samples = await asyncio.gather(
        trend(world, gauge, window, world.organisation.thresholds[dial.yardstick]), _samples(world, dial, gauge, window)
    )
    if samples is not None and samples < dial.fewest:
        says = f"{service.title} {dial.title}: {count(samples, 'sample')} in {span(dial.lately)}, too few to tell"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=service.key),))
    finding = read(world, dial, found, key=service.key, title=service.title)
    if not finding.verdict.unhealthy:
        return Seen(findings=(finding,), charts=drawn(world, dial, found, title=service.title))
    before, marks, blame = await asyncio.gather(
        last_week(world, gauge, window),
        markers(world, service, window, subject.began),
        blamed(world, service, found.since if dial.trouble else None, window),
    )
    dashed = (Trace(name="last week", points=before, look=Look.DASHED),) if before else ()
    charts = drawn(world, dial, found, title=service.title, further=dashed, marks=tuple(marks))
    advice: tuple[Advice, ...] = (blame.advice(dial.trouble, world),) if blame else ()
    return Seen(findings=(finding,), charts=charts, advice=advice)


async def _samples(world: World, dial: Dial, gauge: Gauge, window: Window) -> float | None:
    """How many samples the number of now is made of; None when that does not matter."""
    if not dial.fewest:
        return None
    counted = replace(gauge, aggregation=Aggregation.SUM)
    return await number(world, counted, window.until - dial.lately, window.until) or 0.0


def read(world: World, dial: Dial, found: Trend, *, key: str, title: str) -> Finding:
    """A trend as a sentence: "Control plane CPU 83 %, usually 41 %, since 14:02"."""
    if found.now is None:
        says = f"{title}: no numbers of {dial.title}"
        return Finding(verdict=Verdict.NO_DATA, says=says, subject=key)
    says = f"{title} {dial.title} {dial.says(found.now)}{tail(world, dial.says, found)}"
    return Finding(verdict=found.verdict, says=says, subject=key, value=found.now, unit=dial.unit, since=found.since)


def tail(world: World, says: Callable[[float], str], found: Trend) -> str:
    """What is usual, and since when it is otherwise."""
    usual = f", usually {says(found.usual.usual)}" if found.usual.usual is not None else ""
    if found.since is None:
        return usual
    return f"{usual}, since {when(found.since, world.clock.now(), world.organisation.timezone)}"


def drawn(
    world: World,
    dial: Dial,
    found: Trend,
    *,
    title: str,
    further: tuple[Trace, ...] = (),
    marks: tuple[Marker, ...] = (),
) -> tuple[Chart, ...]:
    """A trend as a chart; nothing where there are no numbers."""
    if found.now is None or not found.points:
        return ()
    red = world.organisation.thresholds[dial.yardstick].red
    chart = Chart(
        title=f"{title}: {dial.title}",
        unit=dial.unit,
        alt=f"{dial.title} of {title}: {dial.says(found.now)}{tail(world, dial.says, found)}.",
        traces=(Trace(name=dial.title, points=found.points), *further),
        markers=marks,
        thresholds=(Threshold(value=red, label="red"),) if red is not None else (),
    )
    return (chart,)
