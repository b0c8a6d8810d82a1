"""How much services are used: far more than usual may be an attack, far less an outage in front of them."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.domain.chart import Chart, Look, Point, Trace
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.organisation import Service
from playbooks.evidence.blame import markers
from playbooks.evidence.class_counts import Counts, class_counts
from playbooks.evidence.crowd import turned_away, usual_requests
from playbooks.evidence.figure import count, percent, span, when
from playbooks.evidence.instances import relief
from playbooks.evidence.judge import Baseline, judge
from playbooks.evidence.route import route
from playbooks.evidence.seen import Seen, every_service, services_of
from playbooks.evidence.trend import bad_since
from playbooks.evidence.window import RECENT, Window, window_of
from playbooks.world import Outside, World, reached

NAME = "requests"
MINUTE = timedelta(minutes=1)
SAMPLE = 500
"""Requests that are read to see which paths are asked for; how many there are is counted elsewhere."""
PATHS = 3
EVERY = (100, 599)
"""Statuses."""


async def requests(world: World, subject: Subject) -> Evidence:
    """Requests a minute of each service, by class of answer and against what is usual at this hour."""
    window = window_of(world, subject)
    waiting = await turned_away(world, services_of(world, subject))
    seen = await every_service(world, subject, partial(_of, world, subject, window, waiting))
    return seen.evidence(NAME, world, until=window.until)


async def _of(
    world: World, subject: Subject, window: Window, turned: Mapping[str, Sequence[datetime]], service: Service
) -> Seen:
    waiting = len(turned.get(service.key, ()))
    counts, usual = await asyncio.gather(class_counts(world, service, window), usual_requests(world, service, window))
    finding = _crowded(_finding(world, service, window, counts, usual), waiting)
    chart = _chart(service, finding, window, counts)
    if not finding.verdict.unhealthy:
        return Seen(findings=(finding,), charts=(chart,) if counts.by_class else ())
    if not waiting and (finding.value or 0.0) < (usual.usual or 0.0):
        return Seen(findings=(finding,), charts=(chart,))
    marks, paths = await asyncio.gather(
        markers(world, service, window, subject.began), _asked_for(world, service, window)
    )
    told = replace(finding, says=f"{finding.says}{paths}")
    says = f"{told.says}: a crowd or an attack"
    crowd = Advice(says=says, strength=0.5, target=service.key)
    helps = (await relief(world, service, window, waiting),) if waiting else ()
    return Seen(findings=(told,), charts=(replace(chart, markers=tuple(marks)),), advice=(*helps, crowd))


def _crowded(finding: Finding, waiting: int) -> Finding:
    """Whom nobody has room for is known before the numbers are."""
    if not waiting:
        return finding
    says = f"{finding.says}; {count(waiting, 'request')} found no instance in {span(RECENT)}"
    return replace(finding, verdict=Verdict.RED, says=says)


def _finding(world: World, service: Service, window: Window, counts: Counts, usual: Baseline) -> Finding:
    if not counts.by_class and usual.usual is None:
        return Finding(verdict=Verdict.NO_DATA, says=f"{service.title}: no requests", subject=service.key)
    a_minute = counts.all(since=window.counted) / (window.lately / MINUTE)

    def verdict(value: float) -> Verdict:
        judged = (
            judge(value, world.organisation.thresholds[name], baseline=usual.usual)
            for name in ("requests-spike", "requests-drop")
        )
        return max(judged, key=lambda each: each.weight)

    rates = [replace(point, value=point.value / (window.step / MINUTE)) for point in counts.totals()]
    found = verdict(a_minute)
    since = bad_since(rates, window, lambda value: verdict(value).unhealthy) if found.unhealthy else None
    usually = f", usually {count(usual.usual)}" if usual.usual is not None else ""
    began = f", since {when(since, world.clock.now(), world.organisation.timezone)}" if since else ""
    says = f"{service.title} gets {count(a_minute, 'request')} a minute{usually}{began}"
    return Finding(verdict=found, says=says, subject=service.key, value=a_minute, unit="a minute", since=since)


async def _asked_for(world: World, service: Service, window: Window) -> str:
    """What is asked for most, from a sample of the log; nothing where that cannot be read."""
    try:
        page = await reached(world.logs, Outside.LOGS).requests(
            service.cloud_name, since=window.recent, until=window.until, statuses=EVERY, most=SAMPLE
        )
    except (NotConfigured, CouldNotLook):
        return ""
    asked = Counter(route(entry.path) for entry in page.entries if entry.path)
    total = asked.total()
    most = ", ".join(f"{path} {percent(number / total)}" for path, number in asked.most_common(PATHS))
    return f"; most for {most}" if most else ""


def _chart(service: Service, finding: Finding, window: Window, counts: Counts) -> Chart:
    traces = (
        Trace(name=kind, points=_a_minute(counts.points(kind), window), look=Look.STACKED)
        for kind in sorted(counts.by_class)
    )
    return Chart(
        title=f"{service.title}: requests a minute, by class of answer",
        unit="a minute",
        alt=f"{finding.says}.",
        traces=tuple(traces),
    )


def _a_minute(points: Sequence[Point], window: Window) -> tuple[Point, ...]:
    return tuple(replace(point, value=point.value / (window.step / MINUTE)) for point in points)
