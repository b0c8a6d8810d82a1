"""More people than a service has room for: seen in the log at once, in the numbers minutes later."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.log_entry import LogEntry
from bot.organisation import Service
from playbooks.evidence.class_counts import class_counts
from playbooks.evidence.judge import Baseline, baseline
from playbooks.evidence.window import RECENT, Window
from playbooks.world import Outside, World, reached

NO_INSTANCE = re.compile(r"no available instance", re.IGNORECASE)
"""What the platform says of a request that no instance had room for."""
CANNOT_START = re.compile(
    r"fail(?:ed)? to start|probe failed|called exit|memory limit of .* exceeded|DESTROYED", re.IGNORECASE
)
"""What the platform says when instances are missing because they do not start or do not stay."""
ANSWERS = (429, 503)
FEWEST = 5
"""Requests turned away below which it may be an instance that was just being started."""
CROWD = 3.0
"""So many times the usual requests are a crowd."""
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SAMPLE = 1000
"""Requests that are read: one answer of the log."""
PATIENCE = 4.0
"""Seconds. Numbers are shown without the log rather than not at all."""


async def turned_away(world: World, services: Sequence[Service]) -> Mapping[str, Sequence[datetime]]:
    """When there was no room for a request in the last minutes, by service, as the log knows it up to now.

    None are counted where the log cannot be read in time, and where instances are missing because they do not start:
    more of them would not start either. Reads of the log are few, so it is read once for all services, and once more
    only when somebody was turned away.
    """
    asked = tuple(service.key for service in services)
    return await world.shared.read(("turned away", asked), lambda: _turned_away(world, services))


async def _turned_away(world: World, services: Sequence[Service]) -> Mapping[str, Sequence[datetime]]:
    until = world.clock.now()
    name = services[0].cloud_name if len(services) == 1 else ""
    try:
        logs = reached(world.logs, Outside.LOGS)
        async with asyncio.timeout(PATIENCE):
            asked = await logs.requests(name, since=until - RECENT, until=until, statuses=ANSWERS, most=SAMPLE)
            waiting = _often(entry for entry in asked.entries if NO_INSTANCE.search(entry.text))
            if not waiting:
                return {}
            system = await logs.system(name, since=until - 2 * RECENT, until=until)
    except (NotConfigured, CouldNotLook, TimeoutError):
        return {}
    broken = {entry.service for entry in system.entries if CANNOT_START.search(entry.text)}
    return {
        service.key: waiting[service.cloud_name]
        for service in services
        if service.cloud_name in waiting and service.cloud_name not in broken
    }


def _often(entries: Iterable[LogEntry]) -> Mapping[str, Sequence[datetime]]:
    """When each service is among these entries, by its name in the cloud, if it is often enough."""
    found: dict[str, list[datetime]] = {}
    for entry in entries:
        found.setdefault(entry.service, []).append(entry.at)
    return {name: times for name, times in found.items() if len(times) >= FEWEST}


async def usual_requests(world: World, service: Service, window: Window) -> Baseline:
    """Requests a minute at this hour of other weeks."""

    async def between(since: datetime, until: datetime) -> float | None:
        counts = await class_counts(world, service, Window(since=since, until=until, step=until - since))
        return counts.all(since=since) / ((until - since) / MINUTE) if counts.by_class else None

    zone = world.organisation.timezone
    return await baseline(between, since=window.until - HOUR, until=window.until, timezone=zone)


async def crowd_came(world: World, service: Service, began: datetime, window: Window) -> bool:
    """Whether far more people than usual came since a moment."""
    since = max(min(began, window.until - window.step), window.counted)
    counts, usual = await asyncio.gather(class_counts(world, service, window), usual_requests(world, service, window))
    a_minute = counts.all(since=since) / ((window.until - since) / MINUTE)
    return bool(usual.usual and a_minute >= CROWD * usual.usual)
