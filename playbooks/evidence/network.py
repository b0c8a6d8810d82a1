"""What services send and receive: far more than usual is a crowd, an attack or a leak of data."""

import asyncio
from functools import partial

from bot.domain.chart import Chart, Trace
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.figure import size
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.trend import HOUR, Gauge, line, number, usually
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "network"
WAYS = (("sends", Measure.SENT_BYTES), ("receives", Measure.RECEIVED_BYTES))


async def network(world: World, subject: Subject) -> Evidence:
    """Bytes in and out of each service in the last hour, against what is usual."""
    window = window_of(world, subject)
    seen = await every_service(world, subject, partial(_of, world, window))
    return seen.evidence(NAME, world, until=window.until)


async def _of(world: World, window: Window, service: Service) -> Seen:
    ways = await asyncio.gather(*(_way(world, window, service, verb, measure) for verb, measure in WAYS))
    verdicts = [verdict for verdict, _, _ in ways]
    worst = max(verdicts, key=lambda each: each.weight)
    says = f"{service.title} {' and '.join(words for _, words, _ in ways)} in an hour"
    if worst is Verdict.NO_DATA and not any(trace.points for _, _, trace in ways):
        says = f"{service.title}: no numbers of its network"
    finding = Finding(verdict=worst, says=says, subject=service.key)
    if not worst.unhealthy:
        return Seen(findings=(finding,))
    chart = Chart(
        title=f"{service.title}: network", unit="bytes", alt=f"{says}.", traces=tuple(trace for _, _, trace in ways)
    )
    return Seen(findings=(finding,), charts=(chart,))


async def _way(
    world: World, window: Window, service: Service, verb: str, measure: Measure
) -> tuple[Verdict, str, Trace]:
    gauge = Gauge(measure=measure, of=service.cloud_name, aggregation=Aggregation.SUM)
    points, now, usual = await asyncio.gather(
        line(world, gauge, window),
        number(world, gauge, window.until - HOUR, window.until),
        usually(world, gauge, window),
    )
    usual_size = f" (usually {size(usual.usual)})" if usual.usual is not None else ""
    verdict = judge(now, world.organisation.thresholds["network"], baseline=usual.usual)
    return verdict, f"{verb} {size(now or 0)}{usual_size}", Trace(name=verb, points=points)
