"""The errors in the log of some services, and what was there in the day before."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.evidence import Subject
from bot.domain.log_entry import LogEntry, LogPage
from bot.organisation import Service
from playbooks.evidence.log_groups import Group, grouped, keys
from playbooks.evidence.seen import services_of
from playbooks.evidence.window import SHORTEST
from playbooks.world import Outside, World, reached

A_DAY = timedelta(days=1)
MOST = 1000


@dataclass(frozen=True, kw_only=True)
class ErrorLog:
    """`groups` are the troubles of a stretch of time, the largest first; `truncated` when there was more than was read."""

    since: datetime
    until: datetime
    entries: tuple[LogEntry, ...]
    groups: Sequence[Group]
    truncated: bool


async def error_log(world: World, subject: Subject) -> ErrorLog:
    """Reads the log twice, whatever the number of services: reads are few."""
    now = world.clock.now()
    until = min(subject.until, now)
    since = min(subject.since, subject.began or subject.since, until - SHORTEST)
    services = services_of(world, subject)
    name = services[0].cloud_name if len(services) == 1 else ""
    logs = reached(world.logs, Outside.LOGS)
    page, before = await asyncio.gather(
        logs.errors(name, since=since, until=until, most=MOST),
        logs.errors(name, since=since - A_DAY, until=since, most=MOST),
    )
    entries = _of(page, services)
    known = keys(_of(before, services))
    return ErrorLog(
        since=since,
        until=until,
        entries=entries,
        groups=grouped(entries, before=known),
        truncated=page.truncated,
    )


def _of(page: LogPage, services: Sequence[Service]) -> tuple[LogEntry, ...]:
    names = {service.cloud_name for service in services}
    return tuple(entry for entry in page.entries if entry.service in names)
