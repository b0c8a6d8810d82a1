"""Where the traffic of services goes: what is asked for, what is so, and how each revision does with its share."""

import asyncio
from collections.abc import Sequence
from functools import partial

from bot.domain.chart import Chart, Look, Point, Series, Trace
from bot.domain.cloud_service import CloudService, Share
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.blame import markers
from playbooks.evidence.class_counts import FAILED
from playbooks.evidence.deployed import Deployed, deployed
from playbooks.evidence.figure import percent, short, span
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.trend import Gauge, lines
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "traffic"
CLOSE = 3
"""Percent by which what is so may differ from what is asked for."""


async def traffic(world: World, subject: Subject) -> Evidence:
    """Each service's traffic by revision, and the errors of each."""
    window = window_of(world, subject)
    seen = await every_service(world, subject, partial(_of, world, subject, window))
    return seen.evidence(NAME, world, until=window.until)


async def _of(world: World, subject: Subject, window: Window, service: Service) -> Seen:
    gauge = Gauge(measure=Measure.REQUEST_COUNT, of=service.cloud_name, aggregation=Aggregation.SUM)
    stands, series = await asyncio.gather(deployed(world, service), lines(world, gauge, window, "revision", "class"))
    split = _split(service, stands)
    shares = tuple(_share(world, service, window, series, each.name) for each in stands.serving)
    chart = Chart(
        title=f"{service.title}: requests by revision",
        unit="requests",
        alt=f"{'. '.join(each.says for each in (split, *shares))}.",
        traces=_traces(service, series),
        markers=tuple(await markers(world, service, window, subject.began)),
    )
    return Seen(findings=(split, *shares), charts=(chart,) if series else ())


def _split(service: Service, stands: Deployed) -> Finding:
    asked, serving = _percents(stands.cloud, stands.cloud.traffic), _percents(stands.cloud, stands.cloud.serving)
    if any(abs(asked.get(name, 0) - serving.get(name, 0)) > CLOSE for name in asked.keys() | serving.keys()):
        says = (
            f"{service.title}: traffic is still shifting: asked {_named(service, asked)}, is {_named(service, serving)}"
        )
        return Finding(verdict=Verdict.AMBER, says=says, subject=service.key)
    says = f"{service.title}: traffic goes to {_named(service, serving) or 'nothing'}"
    return Finding(verdict=Verdict.GREEN if serving else Verdict.RED, says=says, subject=service.key)


def _percents(cloud: CloudService, shares: Sequence[Share]) -> dict[str, int]:
    found: dict[str, int] = {}
    for share in shares:
        name = share.revision or cloud.latest_ready
        if share.percent:
            found[name] = found.get(name, 0) + share.percent
    return found


def _named(service: Service, percents: dict[str, int]) -> str:
    return ", ".join(f"{short(name, service.cloud_name)} {part} %" for name, part in percents.items())


def _share(world: World, service: Service, window: Window, series: Sequence[Series], revision: str) -> Finding:
    """How a revision does: its requests of the last minutes, and the part of them that failed."""
    mine = [each for each in series if each.label("revision") == revision]
    total = sum(_recent(each, window) for each in mine)
    failed = sum(_recent(each, window) for each in mine if each.label("class") == FAILED)
    name = f"{service.title} {short(revision, service.cloud_name)}"
    if not total:
        return Finding(
            verdict=Verdict.NO_DATA, says=f"{name}: no requests in {span(window.lately)}", subject=service.key
        )
    verdict = judge(failed / total, world.organisation.thresholds["error-ratio"], samples=total)
    says = f"{name} fails {percent(failed / total)} of its {total:,.0f} requests"
    return Finding(verdict=verdict, says=says, subject=service.key, value=failed / total, unit="%")


def _recent(series: Series, window: Window) -> float:
    return sum(point.value for point in series.points if point.at > window.counted)


def _traces(service: Service, series: Sequence[Series]) -> tuple[Trace, ...]:
    names = sorted({each.label("revision") for each in series})
    return tuple(
        Trace(
            name=short(name, service.cloud_name) or "no revision",
            points=_summed([each for each in series if each.label("revision") == name]),
            look=Look.STACKED,
        )
        for name in names
    )


def _summed(series: Sequence[Series]) -> tuple[Point, ...]:
    values: dict[object, Point] = {}
    for point in (point for each in series for point in each.points):
        before = values.get(point.at)
        values[point.at] = Point(at=point.at, value=point.value + (before.value if before else 0.0))
    return tuple(sorted(values.values(), key=lambda point: point.at))
