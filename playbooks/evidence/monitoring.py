"""Whether monitoring itself works: numbers, logs and what applications report still arrive."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta

from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from playbooks.evidence.figure import count, when
from playbooks.evidence.seen import Seen, services_of
from playbooks.world import Outside, World, reached

NAME = "monitoring"
LOOKED_BACK = timedelta(minutes=30)
OLD = timedelta(minutes=10)
"""Numbers are up to three minutes late; source: Google's description of its metrics."""
STEP = timedelta(minutes=1)
EVERY = (100, 599)
REPORTING = "up"
"""Whether Prometheus reaches what it asks, by its own account."""


async def monitoring(world: World, subject: Subject) -> Evidence:
    """Each source by itself: a silent one looks just like one in which all is well."""
    looks = (("Numbers", _numbers), ("Logs", _logs), ("Prometheus", _reports))
    found = await asyncio.gather(*(_tolerant(title, look(world, subject)) for title, look in looks))
    if all(each.verdict is Verdict.NOT_CONFIGURED for each in found):
        raise NotConfigured(found[0].says)
    return Seen(findings=tuple(found)).evidence(NAME, world, until=world.clock.now())


async def _tolerant(title: str, look: Awaitable[Finding]) -> Finding:
    try:
        return await look
    except NotConfigured as error:
        return Finding(verdict=Verdict.NOT_CONFIGURED, says=str(error))
    except CouldNotLook as error:
        return Finding(verdict=Verdict.COULD_NOT_LOOK, says=f"{title}: {error}")


async def _numbers(world: World, subject: Subject) -> Finding:
    """How new the newest number of requests is, of the services together: one alone may be idle."""
    metrics, now = reached(world.metrics, Outside.METRICS), world.clock.now()
    series = await asyncio.gather(
        *(
            metrics.read(
                Measure.REQUEST_COUNT,
                service.cloud_name,
                since=now - LOOKED_BACK,
                until=now,
                step=STEP,
                aggregation=Aggregation.SUM,
            )
            for service in services_of(world, subject)
        )
    )
    newest = max((point.at for several in series for each in several for point in each.points), default=None)
    return _newest(world, "Numbers of Cloud Monitoring", newest)


async def _logs(world: World, subject: Subject) -> Finding:
    """The newest request in the log of any service."""
    logs, now = reached(world.logs, Outside.LOGS), world.clock.now()
    pages = await asyncio.gather(
        *(
            logs.requests(service.cloud_name, since=now - LOOKED_BACK, until=now, statuses=EVERY, most=1)
            for service in services_of(world, subject)
        )
    )
    newest = max((entry.at for page in pages for entry in page.entries), default=None)
    return _newest(world, "Entries of Cloud Logging", newest)


async def _reports(world: World, subject: Subject) -> Finding:
    """Whether Prometheus reaches all that it asks."""
    del subject
    series = await reached(world.queries, Outside.QUERIES).query(REPORTING, at=world.clock.now())
    down = sum(each.points[-1].value == 0 for each in series if each.points)
    if not series:
        return Finding(verdict=Verdict.RED, says="Prometheus asks nobody: it has no targets")
    says = f"Prometheus reaches {len(series) - down} of {count(len(series), 'target')}"
    return Finding(verdict=Verdict.AMBER if down else Verdict.GREEN, says=says, value=float(down), unit="targets down")


def _newest(world: World, what: str, newest: datetime | None) -> Finding:
    now = world.clock.now()
    if newest is None:
        return Finding(verdict=Verdict.RED, says=f"{what}: none for {LOOKED_BACK.seconds // 60} min")
    verdict = Verdict.AMBER if now - newest > OLD else Verdict.GREEN
    at = when(newest, now, world.organisation.timezone)
    return Finding(verdict=verdict, says=f"{what} until {at}", since=newest if verdict.unhealthy else None)
