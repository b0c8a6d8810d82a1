"""Whether services can be reached from outside: the checks of other places, over a day and over the last hour."""

import asyncio
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from bot.domain.evidence import Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.figure import percent
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.trend import Gauge, lines, number
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "uptime"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FAILING = 0.5
"""A place sees a service failing when fewer of its last checks passed."""
PLACES = 2
"""From so many places on it is the service, not the way to it."""


async def uptime(world: World, subject: Subject) -> Evidence:
    """The part of each service's checks from outside that passed."""
    window = window_of(world, subject)
    seen = await every_service(world, subject, partial(_of, world, window))
    return seen.evidence(NAME, world, until=window.until)


async def _of(world: World, window: Window, service: Service) -> Seen:
    gauge, day = await _checks(world, window, service)
    lately = Window(since=window.recent, until=window.until, step=window.until - window.recent)
    hour, places = await asyncio.gather(
        number(world, gauge, window.until - HOUR, window.until),
        lines(world, gauge, lately, "location"),
    )
    if day is None:
        says = f"{service.title}: no checks from outside"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=service.key),))
    failing = [each.label("location") for each in places if each.last is not None and each.last < FAILING]
    bounds = world.organisation.thresholds["uptime"]
    # A single check of an hour that failed is no trouble; the day tells whether there were many.
    verdict = judge(day, bounds)
    if len(failing) >= PLACES or judge(hour, bounds) is Verdict.RED:
        verdict = Verdict.RED
    now = f", failing now from {', '.join(failing)}" if failing else ""
    in_hour = f", {percent(hour)} in the last hour" if hour is not None else ""
    says = f"{service.title} passed {percent(day)} of the day's checks{in_hour}{now}"
    return Seen(findings=(Finding(verdict=verdict, says=says, subject=service.key, value=day, unit="%"),))


async def _checks(world: World, window: Window, service: Service) -> tuple[Gauge, float | None]:
    """The checks of a service, and the part of the day's that passed: those of it in the cloud, else of its address."""
    host = urlsplit(service.health_url or "").hostname
    for of in filter(None, (service.cloud_name, host)):
        gauge = Gauge(measure=Measure.UPTIME, of=of, aggregation=Aggregation.MEAN)
        day = await number(world, gauge, window.until - DAY, window.until)
        if day is not None:
            return gauge, day
    if not host:
        raise NotConfigured(f"opsbot.yaml does not say where {service.title} answers how it is; give it a health_url.")
    return gauge, None
