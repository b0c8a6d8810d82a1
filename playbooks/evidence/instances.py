"""How many instances serve, of how many there may be; and whether more of them would help.

More instances help only a service that is short of processors while the database has room: each new one opens
connections of its own, and can turn latency into an outage.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.domain.chart import Chart, Look, Series, Threshold, Trace
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.bars import bars
from playbooks.evidence.blame import markers
from playbooks.evidence.crowd import turned_away
from playbooks.evidence.database_room import Room, room_of
from playbooks.evidence.deployed import region_of
from playbooks.evidence.figure import count, percent, span, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, every_service, services_of
from playbooks.evidence.trend import Gauge, bad_since, line, lines, number
from playbooks.evidence.window import RECENT, Window, window_of
from playbooks.world import Outside, World, reached

NAME = "instances"
BUSY = 0.8
"""CPU from which on a service is short of processors."""
BAR = timedelta(seconds=30)
BEHIND = 0.01
"""So much weaker is what the log alone tells: once the numbers have arrived, they say more."""
FULL = 0.7
"""The part of the database's connections, or of its CPU, from which on it has no room for more instances."""


async def instances(world: World, subject: Subject) -> Evidence:
    """Instances of each service, of the most there may be."""
    window = window_of(world, subject)
    turned = await turned_away(world, services_of(world, subject))
    seen = await every_service(world, subject, partial(_of, world, subject, window, turned))
    return seen.evidence(NAME, world, until=window.until)


async def _of(
    world: World, subject: Subject, window: Window, turned: Mapping[str, Sequence[datetime]], service: Service
) -> Seen:
    gauge = Gauge(measure=Measure.INSTANCES, of=service.cloud_name, aggregation=Aggregation.SUM)
    cloud, points, states, now = await asyncio.gather(
        reached(world.services, Outside.SERVICES).service(service.cloud_name, region_of(service)),
        line(world, gauge, window),
        lines(world, gauge, window, "state"),
        number(world, gauge, window.recent, window.until),
    )
    most = max(1, cloud.max_instances)
    bounds = world.organisation.thresholds["instances"]
    if now is None:
        # So it is of a service that nobody uses, and so it would be if the numbers were lost.
        says = f"{service.title}: no instances were counted, of at most {count(most)}"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=service.key),))
    running = now
    verdict = judge(running / most, bounds)
    since = (
        bad_since(points, window, lambda value: judge(value / most, bounds).unhealthy) if verdict.unhealthy else None
    )
    began = f", since {when(since, world.clock.now(), world.organisation.timezone)}" if since else ""
    says = f"{service.title} runs {count(running)} of at most {count(most, 'instance')}{began}"
    finding = Finding(verdict=verdict, says=says, subject=service.key, value=running, unit="instances", since=since)
    if not verdict.unhealthy:
        return await _turning_away(world, service, window, finding, most, turned.get(service.key, ()))
    chart = await _chart(world, subject, window, service, finding, most, states)
    full = f"{count(running)} of {count(most)} instances"
    advice = await _advice(world, service, window, full, len(turned.get(service.key, ())))
    return Seen(findings=(finding,), charts=(chart,), advice=advice)


async def _turning_away(
    world: World, service: Service, window: Window, finding: Finding, most: int, turned: Sequence[datetime]
) -> Seen:
    """Numbers that are minutes late say that there is room: what the log says of requests turned away is newer."""
    if not turned:
        return Seen(findings=(finding,))
    says = f"{service.title} had {_without(len(turned))}, of at most {count(most, 'instance')}"
    told = replace(finding, verdict=Verdict.RED, says=says)
    advice = await relief(world, service, window, len(turned))
    return Seen(findings=(told,), charts=(_chart_of_turned_away(world, service, told, turned),), advice=(advice,))


def _chart_of_turned_away(world: World, service: Service, finding: Finding, turned: Sequence[datetime]) -> Chart:
    """From the log: in the cloud's numbers there is room yet."""
    now = world.clock.now()
    points = bars(turned, since=now - RECENT + BAR, until=now, bar=BAR)
    return Chart(
        title=f"{service.title}: requests without an instance",
        unit="requests",
        alt=f"{finding.says}.",
        traces=(Trace(name="without an instance", points=points, look=Look.BARS),),
    )


async def relief(world: World, service: Service, window: Window, waiting: int) -> Advice:
    """What helps people who are turned away for want of instances."""
    advice = _would_help(service, _without(waiting), None, await room_of(world, service, window))
    return replace(advice, strength=advice.strength - BEHIND)


def _without(waiting: int) -> str:
    return f"no instance for {count(waiting, 'request')} in {span(RECENT)}"


async def _chart(
    world: World,
    subject: Subject,
    window: Window,
    service: Service,
    finding: Finding,
    most: int,
    states: Sequence[Series],
) -> Chart:
    return Chart(
        title=f"{service.title}: instances",
        unit="instances",
        alt=f"{finding.says}.",
        traces=tuple(Trace(name=each.label("state"), points=each.points, look=Look.STACKED) for each in states),
        markers=tuple(await markers(world, service, window, subject.began)),
        thresholds=(Threshold(value=most, label="most"),),
    )


async def _advice(world: World, service: Service, window: Window, full: str, waiting: int) -> tuple[Advice, ...]:
    """Who is turned away waits for an instance and nothing else, however busy those are that there are."""
    if waiting:
        return (_would_help(service, f"{full} and {_without(waiting)}", None, await room_of(world, service, window)),)
    gauge = Gauge(measure=Measure.CPU, of=service.cloud_name, aggregation=Aggregation.P99)
    try:
        cpu, room = await asyncio.gather(
            number(world, gauge, window.recent, window.until), room_of(world, service, window)
        )
    except (NotConfigured, CouldNotLook):
        return ()
    return (_would_help(service, full, cpu, room),) if cpu is not None else ()


def _would_help(service: Service, full: str, cpu: float | None, room: Room) -> Advice:
    if room.connections is not None and room.connections >= FULL:
        says = f"{full} of {service.title}, but {percent(room.connections)} of the database's connections are taken: more instances would exhaust it"
        return Advice(says=says, strength=0.8, playbook="database-connection-pool-exhausted")
    if room.cpu is not None and room.cpu >= FULL:
        says = f"{full} of {service.title}, but the database's CPU is at {percent(room.cpu)}: more instances make it worse, look at slow queries"
        return Advice(says=says, strength=0.8, playbook="api-latency-spike")
    if cpu is not None and cpu < BUSY:
        says = f"{full} of {service.title} at {percent(cpu)} CPU: they wait for something else"
        return Advice(says=says, strength=0.4, playbook="api-latency-spike")
    busy = f" at {percent(cpu)} CPU" if cpu is not None else ""
    says = f"{service.title} has {full}{busy}, and the database has room"
    return Advice(says=says, strength=0.85, change="scale", target=service.key, playbook="scale-out")
