"""Whether there is a fresh backup, which failed, whether they shrink, and to which moments the database can be set back.

That a backup succeeded is what its platform says of it; that it can be read, only a restore test shows.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from bot.domain.chart import Chart, Look, Marker, Point, Trace
from bot.domain.database_instance import Backup, RecoveryWindow
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, Subject, Verdict
from bot.domain.platform import Database
from bot.domain.scrub import excerpt
from playbooks.evidence.database_instance import every_database
from playbooks.evidence.figure import count, percent, size, span, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "backups"
SUCCESSFUL = "SUCCESSFUL"
BAD = frozenset({"FAILED", "SKIPPED", "OVERDUE"})
LATELY = timedelta(hours=48)
SHRUNK = 0.3
"""By so much smaller than the median of the others, something is missing."""
A_WEEK = timedelta(weeks=1)
DRAWN = 35
"""Backups of which sizes are drawn: five weeks of daily ones."""
GIB = 1024.0**3
ENOUGH = 3
"""Backups from which on their sizes can be compared."""
JUST_NOW = timedelta(minutes=30)
"""What has been so for longer when a trouble began is not what the trouble is about."""
SWITCH_ON = "gcloud sql instances patch {instance} --backup-start-time=03:00 --enable-point-in-time-recovery"
RECOVERY = "database-recovery"
VERIFICATION = "backup-verification"


async def backups(world: World, subject: Subject) -> Evidence:
    """The backups of each database of the services, and its recovery window."""
    seen = await every_database(world, subject, partial(_of, world, subject))
    return seen.evidence(NAME, world, until=world.clock.now())


async def _of(world: World, subject: Subject, database: Database) -> Seen:
    databases = reached(world.databases, Outside.DATABASES)
    found, window = await asyncio.gather(databases.backups(database.instance), _window(world, database))
    newest_first = sorted(found, key=_at, reverse=True)
    good = [each for each in newest_first if each.status == SUCCESSFUL]
    findings = (
        _newest(world, database, good),
        *_failed(world, database, newest_first),
        *_shrunk(database, good),
        _recovery(world, database, window),
    )
    return Seen(
        findings=findings,
        charts=_charts(world, database, good, newest_first),
        advice=tuple(_advice(subject, database, findings)),
    )


async def _window(world: World, database: Database) -> RecoveryWindow | CouldNotLook:
    """A window that cannot be read does not hide the backups."""
    try:
        return await reached(world.databases, Outside.DATABASES).recovery_window(database.instance)
    except CouldNotLook as error:
        return error


def _at(backup: Backup) -> datetime:
    at = backup.ended_at or backup.began_at
    return at if at is not None else datetime.min.replace(tzinfo=UTC)


def _newest(world: World, database: Database, good: Sequence[Backup]) -> Finding:
    now, zone = world.clock.now(), world.organisation.timezone
    if not good:
        return Finding(verdict=Verdict.RED, says=f"{database.title} has no successful backup", subject=database.key)
    age = now - _at(good[0])
    verdict = judge(age.total_seconds(), world.organisation.thresholds["backup-age"])
    big = f", {size(good[0].size_bytes)}{_growth(good)}" if good[0].size_bytes else ""
    says = f"{database.title}: last good backup {when(_at(good[0]), now, zone)}, {span(age)} ago{big}"
    return Finding(verdict=verdict, says=says, subject=database.key, value=age.total_seconds(), unit="s")


def _growth(good: Sequence[Backup]) -> str:
    """How much larger it is than that of a week before, where there was one."""
    before = [each.size_bytes for each in good if each.size_bytes and A_WEEK <= _at(good[0]) - _at(each) < 2 * A_WEEK]
    newest = good[0].size_bytes
    if not before or not newest:
        return ""
    change = newest / before[0] - 1
    return f" ({'+' if change >= 0 else '−'}{percent(abs(change))} in a week)"


def _charts(world: World, database: Database, good: Sequence[Backup], every: Sequence[Backup]) -> tuple[Chart, ...]:
    """Their sizes, of the last weeks, and which failed lately; nothing where no size is known."""
    sizes = [(each, each.size_bytes) for each in reversed(good[:DRAWN]) if each.size_bytes]
    if len(sizes) < ENOUGH:
        return ()
    points = tuple(Point(at=_at(each), value=found / GIB) for each, found in sizes)
    alt = f"Backups of {database.title}: {size(sizes[0][1])} to {size(sizes[-1][1])}."
    trace = Trace(name="size", points=points, look=Look.BARS)
    failed = _failed_lately(world, every)
    chart = Chart(
        title=f"{database.title}: size of its backups",
        unit="GiB",
        alt=f"{alt} {count(len(failed), 'backup')} failed in 48 h." if failed else alt,
        traces=(trace,),
        markers=(Marker(at=_at(failed[0]), label="failed"),) if failed else (),
    )
    return (chart,)


def _failed_lately(world: World, found: Sequence[Backup]) -> Sequence[Backup]:
    return [each for each in found if each.status in BAD and world.clock.now() - _at(each) <= LATELY]


def _failed(world: World, database: Database, found: Sequence[Backup]) -> Iterator[Finding]:
    now = world.clock.now()
    failed = _failed_lately(world, found)
    if failed:
        why = f": {excerpt(failed[0].error, most=100)}" if failed[0].error else ""
        at = when(_at(failed[0]), now, world.organisation.timezone)
        says = f"{database.title}: {count(len(failed), 'backup')} failed in 48 h, last {at}{why}"
        # The one that is newest of all being bad is worse than one that was made good since.
        verdict = Verdict.RED if failed[0] == found[0] else Verdict.AMBER
        yield Finding(verdict=verdict, says=says, subject=database.key, since=_at(failed[-1]))


def _shrunk(database: Database, good: Sequence[Backup]) -> Iterator[Finding]:
    sizes = [each.size_bytes for each in good if each.size_bytes]
    if len(sizes) <= ENOUGH or not good[0].size_bytes:
        return
    usual = median(sizes[1:])
    lost = 1 - good[0].size_bytes / usual
    if lost > SHRUNK:
        says = f"{database.title}: the newest backup is {percent(lost)} smaller than usual; data may be missing"
        yield Finding(verdict=Verdict.RED, says=says, subject=database.key, value=lost, unit="%")


def _recovery(world: World, database: Database, window: RecoveryWindow | CouldNotLook) -> Finding:
    if isinstance(window, CouldNotLook):
        says = f"{database.title}: to which moments it can be set back could not be read: {window}"
        return Finding(verdict=Verdict.COULD_NOT_LOOK, says=says, subject=database.key)
    if window.latest is None or window.earliest is None:
        says = f"{database.title} cannot be set back to a moment: point-in-time recovery is off"
        return Finding(verdict=Verdict.RED, says=says, subject=database.key)
    now, zone = world.clock.now(), world.organisation.timezone
    age = now - window.latest
    verdict = judge(age.total_seconds(), world.organisation.thresholds["recovery-age"])
    says = f"{database.title} can be set back to any moment from {when(window.earliest, now, zone)} to {when(window.latest, now, zone)}"
    late = f"; the newest is {span(age)} old" if verdict.unhealthy else ""
    return Finding(verdict=verdict, says=f"{says}{late}", subject=database.key, value=age.total_seconds(), unit="s")


def _advice(subject: Subject, database: Database, findings: Sequence[Finding]) -> Iterator[Advice]:
    for finding in findings:
        if finding.unit == "%" and finding.verdict is Verdict.RED:
            yield Advice(says=finding.says, strength=0.9, target=database.key, playbook=RECOVERY)
            return
    worst = max(findings, key=lambda each: each.verdict.weight)
    if worst.verdict.unhealthy:
        lost = bool(worst.since or worst.unit)
        yield Advice(
            says=f"{worst.says}; {'take one now and find out why' if lost else 'switch it on again'}",
            strength=0.6,
            change="backup" if lost else "",
            target=database.key,
            playbook=VERIFICATION,
            command="" if lost else SWITCH_ON.format(instance=database.instance),
            aside=subject.began is not None and worst.since is not None and subject.began - worst.since > JUST_NOW,
        )
