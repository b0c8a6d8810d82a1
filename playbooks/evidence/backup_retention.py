"""Which backups of the runbook's schedule are there: hourly 24, daily 7, weekly 4, monthly 12.

Cloud SQL's standard backups are daily. The hours are there when the database can be set back to any moment of the last
day; what the standard kind cannot keep is said rather than counted as missing by accident.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.domain.database_instance import Backup, DatabaseInstance, RecoveryWindow
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.platform import Database
from playbooks.evidence.backups import SUCCESSFUL
from playbooks.evidence.database_instance import every_database
from playbooks.evidence.figure import count
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "backup-retention"
A_DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
ENHANCED = "ENHANCED"
A_YEAR = 365
"""Backups that have to be kept for the monthly ones to be among them, at one a day."""
LOG_DAYS = 7
"""Days of logs below which the database cannot be set back to a moment of last week."""
NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Class:
    """A class of backups: its name, how many of them there should be, and in which bucket a moment falls."""

    name: str
    wanted: int
    bucket: Callable[[datetime], str]
    back: Callable[[datetime, int], datetime]


def _months_back(now: datetime, number: int) -> datetime:
    month = now.year * 12 + now.month - 1 - number
    return now.replace(year=month // 12, month=month % 12 + 1, day=1)


CLASSES = (
    Class(name="daily", wanted=7, bucket=lambda at: f"{at:%d %b}", back=lambda now, n: now - timedelta(days=n)),
    Class(name="weekly", wanted=4, bucket=lambda at: f"week {at:%V}", back=lambda now, n: now - timedelta(weeks=n)),
    Class(name="monthly", wanted=12, bucket=lambda at: f"{at:%b %Y}", back=_months_back),
)
HOURLY = Class(
    name="hourly", wanted=24, bucket=lambda at: f"{at:%d %b %H}:00", back=lambda now, n: now - timedelta(hours=n)
)


async def backup_retention(world: World, subject: Subject) -> Evidence:
    """For each database: what of the schedule is there, and what is missing."""
    seen = await every_database(world, subject, partial(_of, world))
    return seen.evidence(NAME, world, until=world.clock.now())


async def _of(world: World, database: Database) -> Seen:
    databases = reached(world.databases, Outside.DATABASES)
    instance, found, window = await asyncio.gather(
        databases.instance(database.instance),
        databases.backups(database.instance),
        databases.recovery_window(database.instance),
    )
    now = world.clock.now()
    ends = [each.ended_at or each.began_at for each in found if each.status == SUCCESSFUL]
    kept = [at.astimezone(UTC) for at in ends if at is not None]
    hourly = _hourly(database, kept, window, now)
    classes = tuple(_class(database, each, kept, found, now) for each in CLASSES)
    settings = tuple(_settings(database, instance))
    whole = _whole(database, instance, kept, hourly, now)
    # All in one line where all is well; else each class says what it lacks.
    findings = (hourly, *classes, *settings)
    bad = tuple(each for each in findings if each.verdict is not Verdict.GREEN)
    return Seen(findings=(*bad, whole) if bad else (whole, *findings))


def _whole(
    database: Database, instance: DatabaseInstance, kept: Sequence[datetime], hourly: Finding, now: datetime
) -> Finding:
    """How many of the schedule are there, and what this kind of backup can do at all."""
    counts = [f"{each.wanted - len(missing(each, kept, now))}/{each.wanted} {each.name}" for each in CLASSES]
    hours = "24/24 hourly" if hourly.verdict is Verdict.GREEN else "hourly not"
    standard = instance.backup_tier.upper() != ENHANCED
    can = "; standard backups are daily, hours are by setting back" if standard else ""
    says = f"{database.title} keeps {', '.join((hours, *counts))}{can}"
    return Finding(verdict=Verdict.GREEN, says=says, subject=database.key)


def missing(kind: Class, kept: Sequence[datetime], now: datetime) -> tuple[str, ...]:
    """The buckets of a class without a backup, newest first; today's may still come, so it is not asked for."""
    there = {kind.bucket(at) for at in kept}
    wanted = (kind.bucket(kind.back(now.astimezone(UTC), number)) for number in range(1, kind.wanted + 1))
    return tuple(bucket for bucket in wanted if bucket not in there)


def _hourly(database: Database, kept: Sequence[datetime], window: RecoveryWindow, now: datetime) -> Finding:
    covered = (
        window.earliest is not None
        and window.latest is not None
        and window.earliest <= now - A_DAY
        and window.latest >= now - QUARTER
    )
    if covered:
        says = f"{database.title}: any moment of the last 24 h can be gone back to"
        return Finding(verdict=Verdict.GREEN, says=says, subject=database.key)
    gone = missing(HOURLY, kept, now)
    if not gone:
        return Finding(verdict=Verdict.GREEN, says=f"{database.title}: 24 of 24 hourly backups", subject=database.key)
    says = f"{database.title}: {HOURLY.wanted - len(gone)} of 24 hours can be gone back to"
    return Finding(verdict=Verdict.AMBER, says=says, subject=database.key)


def _class(
    database: Database, kind: Class, kept: Sequence[datetime], found: Sequence[Backup], now: datetime
) -> Finding:
    gone = missing(kind, kept, now)
    there = kind.wanted - len(gone)
    says = f"{database.title}: {there} of {kind.wanted} {kind.name} backups"
    if not gone:
        return Finding(verdict=Verdict.GREEN, says=says, subject=database.key)
    more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
    oldest = min(kept, default=now)
    # An instance younger than its schedule lacks what it never could have had.
    young = kind.bucket(oldest) not in gone and all(_before(kind, bucket, oldest, now) for bucket in gone)
    verdict = Verdict.GREEN if young and found else Verdict.AMBER
    since = ": none are older" if verdict is Verdict.GREEN else f"; missing {', '.join(gone[:NAMED])}{more}"
    return Finding(verdict=verdict, says=f"{says}{since}", subject=database.key)


def _before(kind: Class, bucket: str, oldest: datetime, now: datetime) -> bool:
    """Whether a bucket lies before the oldest backup there is."""
    order = [kind.bucket(kind.back(now.astimezone(UTC), number)) for number in range(kind.wanted + 1)]
    first = order.index(kind.bucket(oldest)) if kind.bucket(oldest) in order else len(order)
    return order.index(bucket) > first


def _settings(database: Database, instance: DatabaseInstance) -> Iterator[Finding]:
    lacking = []
    if instance.backup_tier.upper() != ENHANCED and instance.retained_backups < A_YEAR:
        lacking.append(f"{count(instance.retained_backups, 'backup')} are kept, a year of monthly ones needs {A_YEAR}")
    if instance.point_in_time and instance.log_days < LOG_DAYS:
        lacking.append(f"logs are kept for {count(instance.log_days, 'day')}, not {LOG_DAYS}")
    if lacking:
        yield Finding(verdict=Verdict.AMBER, says=f"{database.title}: {'; '.join(lacking)}", subject=database.key)
