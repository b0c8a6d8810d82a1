"""The errors in the log of some services, and what was there in the day before."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.evidence import Finding, Subject, Verdict
from bot.domain.log_entry import LogEntry, LogPage
from bot.organisation import Service
from playbooks.evidence.figure import count
from playbooks.evidence.log_groups import Group, grouped, keys
from playbooks.evidence.seen import services_of
from playbooks.evidence.window import SHORTEST
from playbooks.world import Outside, World, reached

A_DAY = timedelta(days=1)
MOST, OF_A_NIGHT = 1000, 5000
"""Entries that are read of a stretch of some hours, and of a longer one: it is looked at once a day."""
ENOUGH = timedelta(hours=6)
"""What was not there for so long is new, though not all of the day before was read."""


@dataclass(frozen=True, kw_only=True)
class ErrorLog:
    """`groups` are the troubles of a stretch of time, the largest first; `truncated` when there was more than was read.

    `unknown` is how many of them may be new, or not: too little of the day before was read.
    """

    since: datetime
    until: datetime
    entries: tuple[LogEntry, ...]
    groups: Sequence[Group]
    truncated: bool
    unknown: int

    def none(self, says: str) -> Finding:
        """That something is not there; of a log that was read only in part nobody knows."""
        if not self.truncated:
            return Finding(verdict=Verdict.GREEN, says=says)
        unread = (
            f"{says} among the newest {count(len(self.entries), 'error')}; older ones were not read, look at less time"
        )
        return Finding(verdict=Verdict.COULD_NOT_LOOK, says=unread)


async def error_log(world: World, subject: Subject) -> ErrorLog:
    """Reads the log twice, whatever the number of services: reads are few.

    What was read is grouped in a thread: a thousand entries may take seconds, and Slack is answered meanwhile.
    """
    now = world.clock.now()
    until = min(subject.until, now)
    since = min(subject.since, subject.began or subject.since, until - SHORTEST)
    services = services_of(world, subject)
    name = services[0].cloud_name if len(services) == 1 else ""
    logs, most = reached(world.logs, Outside.LOGS), MOST if until - since <= ENOUGH else OF_A_NIGHT
    page, before = await asyncio.gather(
        logs.errors(name, since=since, until=until, most=most),
        logs.errors(name, since=since - A_DAY, until=since, most=most),
    )
    entries = _of(page, services)
    groups = await asyncio.to_thread(_grouped, entries, _of(before, services))
    unknown = 0 if _tells(before, since) else sum(group.new for group in groups)
    if unknown:
        groups = [replace(group, new=False) for group in groups]
    return ErrorLog(since=since, until=until, entries=entries, groups=groups, truncated=page.truncated, unknown=unknown)


def _tells(before: LogPage, since: datetime) -> bool:
    """Whether enough of what was before was read to say what is new."""
    return not before.truncated or (bool(before.entries) and since - before.entries[-1].at >= ENOUGH)


def _grouped(entries: Sequence[LogEntry], before: Sequence[LogEntry]) -> Sequence[Group]:
    return grouped(entries, before=keys(before))


def _of(page: LogPage, services: Sequence[Service]) -> tuple[LogEntry, ...]:
    names = {service.cloud_name for service in services}
    return tuple(entry for entry in page.entries if entry.service in names)
