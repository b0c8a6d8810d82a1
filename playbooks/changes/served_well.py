"""Whether a revision does well since a moment: it gets the traffic, answers, and fails hardly any request."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.chart import Series
from bot.domain.health import HealthAnswer
from bot.domain.metric_query import Aggregation, Measure
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.changes.kind import Verified
from playbooks.evidence.class_counts import FAILED
from playbooks.evidence.deployed import Deployed, deployed
from playbooks.evidence.figure import count, percent, short
from playbooks.evidence.judge import judge
from playbooks.evidence.trend import Gauge, lines
from playbooks.evidence.window import DELAY, Window
from playbooks.world import World

ENOUGH = 50
"""Requests that tell something; fewer are no proof of anything. Source: the actions' CR-07."""
ALL = 100
MINUTE = timedelta(minutes=1)


async def served_well(world: World, service: Service, revision: str, since: datetime) -> Verified:
    """What is seen of a revision that has had all traffic since then; nobody can tell before numbers have arrived."""
    stands, answer, (total, failed) = await asyncio.gather(
        deployed(world, service), _health(world, service), counted(world, service, revision, since)
    )
    name = short(revision, service.cloud_name)
    traffic = _share(stands, revision)
    found = tuple(_found(service, name, traffic, answer, total, failed))
    if traffic < ALL or total < ENOUGH:
        return Verified(helped=None, found=found)
    verdict = judge(failed / total, world.organisation.thresholds["error-ratio"])
    return Verified(helped=not verdict.unhealthy and (answer is None or answer.healthy), found=found)


async def counted(world: World, service: Service, revision: str, since: datetime) -> tuple[float, float]:
    """How many requests a revision answered since then, and how many of them failed, as far as numbers have arrived."""
    mine = [each for each in await _requests(world, service, since) if each.label("revision") == revision]
    return _sum(mine), _sum([each for each in mine if each.label("class") == FAILED])


def _found(
    service: Service, name: str, traffic: int, answer: HealthAnswer | None, total: float, failed: float
) -> Iterator[str]:
    yield f"{name} gets {traffic} % of the traffic"
    if answer is None:
        yield f"{service.title} has no health_url in opsbot.yaml, so nobody asked it how it is"
    elif answer.healthy:
        yield f"{service.title} answers that it is well"
    else:
        yield f"{service.title} is not well: {excerpt(answer.says)}"
    if total:
        yield f"{name} fails {percent(failed / total)} of {count(total, 'request')}"
    else:
        yield "no numbers about its requests yet"


def _share(stands: Deployed, revision: str) -> int:
    return sum(stands.share(each) for each in stands.revisions if each.name == revision)


async def _health(world: World, service: Service) -> HealthAnswer | None:
    return await world.probe.health(service.health_url) if service.health_url else None


async def _requests(world: World, service: Service, since: datetime) -> Sequence[Series]:
    """Requests by revision and class from the moment on, as far as their numbers have arrived."""
    until = world.clock.now() - DELAY
    if until - since < MINUTE:
        return ()
    gauge = Gauge(measure=Measure.REQUEST_COUNT, of=service.cloud_name, aggregation=Aggregation.SUM)
    return await lines(world, gauge, Window(since=since, until=until, step=MINUTE), "revision", "class")


def _sum(series: Sequence[Series]) -> float:
    return sum(point.value for each in series for point in each.points)
