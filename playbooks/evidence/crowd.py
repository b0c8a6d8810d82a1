"""More people than a service has room for: seen in the log at once, in the numbers minutes later."""

import asyncio
import re
from datetime import datetime, timedelta

from bot.domain.evidence import CouldNotLook, NotConfigured
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
SAMPLE = 200


async def turned_away(world: World, service: Service) -> int:
    """Requests of the last minutes for which there was no room, as the log knows them up to now.

    None are counted where the log cannot be read, and where instances are missing because they do not start: more of
    them would not start either.
    """
    until = world.clock.now()
    since = until - RECENT
    try:
        logs = reached(world.logs, Outside.LOGS)
        asked, system = await asyncio.gather(
            logs.requests(service.cloud_name, since=since, until=until, statuses=ANSWERS, most=SAMPLE),
            logs.system(service.cloud_name, since=until - 2 * RECENT, until=until),
        )
    except (NotConfigured, CouldNotLook):
        return 0
    if any(CANNOT_START.search(entry.text) for entry in system.entries):
        return 0
    number = sum(bool(NO_INSTANCE.search(entry.text)) for entry in asked.entries)
    return number if number >= FEWEST else 0


async def usual_requests(world: World, service: Service, window: Window) -> Baseline:
    """Requests a minute at this hour of other weeks."""

    async def between(since: datetime, until: datetime) -> float | None:
        counts = await class_counts(world, service, Window(since=since, until=until, step=until - since))
        return counts.all(since=since) / ((until - since) / MINUTE) if counts.by_class else None

    zone = world.organisation.timezone
    return await baseline(between, since=window.until - HOUR, until=window.until, timezone=zone)


async def crowded(world: World, service: Service, began: datetime, window: Window) -> bool:
    """Whether far more people than usual came since a moment, or some were turned away for want of room."""
    if await turned_away(world, service):
        return True
    since = max(min(began, window.until - window.step), window.counted)
    counts, usual = await asyncio.gather(class_counts(world, service, window), usual_requests(world, service, window))
    a_minute = counts.all(since=since) / ((window.until - since) / MINUTE)
    return bool(usual.usual) and a_minute >= CROWD * (usual.usual or 0.0)
