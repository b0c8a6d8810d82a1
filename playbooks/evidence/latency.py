"""How long services take to answer: p95 and p99 of what all instances answered together."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from bot.domain.chart import Chart, Look, Marker, Threshold, Trace
from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.blame import blamed, markers
from playbooks.evidence.figure import count, ms, when
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.trend import Gauge, Trend, last_week, number, sustained, trend
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "latency"
LASTS = timedelta(minutes=10)
"""Slow for less is amber at most."""


async def latency(world: World, subject: Subject) -> Evidence:
    """p95 and p99 of each service, against its bounds and the same hour of other weeks."""
    window = window_of(world, subject)
    seen = await every_service(world, subject, partial(_of, world, subject, window))
    return seen.evidence(NAME, world, until=window.until)


async def _of(world: World, subject: Subject, window: Window, service: Service) -> Seen:
    thresholds = world.organisation.thresholds
    p95, p99, requests = await asyncio.gather(
        trend(world, _gauge(service, Aggregation.P95), window, thresholds["latency-p95"]),
        trend(world, _gauge(service, Aggregation.P99), window, thresholds["latency-p99"]),
        number(
            world,
            Gauge(measure=Measure.REQUEST_COUNT, of=service.cloud_name, aggregation=Aggregation.SUM),
            window.recent,
            window.until,
        ),
    )
    if p95.now is None or (requests or 0) < thresholds["latency-p95"].at_least:
        few = count(requests or 0, "request")
        says = f"{service.title}: {few} in 5 min, too few to tell how slow it is"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=service.key),))
    p95, p99 = (sustained(each, window, at_least=LASTS) for each in (p95, p99))
    findings = tuple(_findings(world, service, p95, p99))
    if not any(finding.verdict.unhealthy for finding in findings):
        return Seen(findings=findings, charts=(_chart(world, service, p95, p99),))
    return await _unhealthy(world, subject, window, service, p95, p99, findings)


async def _unhealthy(
    world: World,
    subject: Subject,
    window: Window,
    service: Service,
    p95: Trend,
    p99: Trend,
    findings: tuple[Finding, ...],
) -> Seen:
    """With what people want to see then: last week, what was deployed, and whom to blame."""
    before, marks, blame = await asyncio.gather(
        last_week(world, _gauge(service, Aggregation.P95), window),
        markers(world, service, window, subject.began),
        blamed(world, service, p95.since or p99.since, window),
    )
    dashed = (Trace(name="p95 last week", points=before, look=Look.DASHED),) if before else ()
    chart = _chart(world, service, p95, p99, further=dashed, marks=tuple(marks))
    advice: tuple[Advice, ...] = (blame.advice("slow", world),) if blame else ()
    return Seen(findings=findings, charts=(chart,), advice=advice)


def _findings(world: World, service: Service, p95: Trend, p99: Trend) -> Iterator[Finding]:
    """One line for both, unless only p99 is bad: then that is what is said."""
    worse = p99 if p99.verdict.weight > p95.verdict.weight else p95
    name = "p99" if worse is p99 else "p95"
    now = worse.now or 0.0
    usual = f", usually {ms(worse.usual.usual)}" if worse.usual.usual is not None else ""
    since = (
        f", since {when(worse.since, world.clock.now(), world.organisation.timezone)}"
        if worse.since and worse.verdict.unhealthy
        else ""
    )
    other = f" (p99 {ms(p99.now)})" if worse is p95 and p99.now is not None else ""
    yield Finding(
        verdict=worse.verdict,
        says=f"{service.title} {name} {ms(now)}{other}{usual}{since}",
        subject=service.key,
        value=now,
        unit="ms",
        since=worse.since,
    )


def _chart(
    world: World,
    service: Service,
    p95: Trend,
    p99: Trend,
    *,
    further: tuple[Trace, ...] = (),
    marks: tuple[Marker, ...] = (),
) -> Chart:
    bound = world.organisation.thresholds["latency-p95"].red
    usual = f", usually {ms(p95.usual.usual)}" if p95.usual.usual is not None else ""
    return Chart(
        title=f"{service.title}: latency",
        unit="ms",
        alt=f"Latency of {service.title}: p95 {ms(p95.now or 0)}{usual}, p99 {ms(p99.now or 0)}.",
        traces=(Trace(name="p95", points=p95.points), Trace(name="p99", points=p99.points), *further),
        markers=marks,
        thresholds=(Threshold(value=bound, label="red for p95"),) if bound is not None else (),
    )


def _gauge(service: Service, aggregation: Aggregation) -> Gauge:
    return Gauge(measure=Measure.REQUEST_LATENCY, of=service.cloud_name, aggregation=aggregation)
