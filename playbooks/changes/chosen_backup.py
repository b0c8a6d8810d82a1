"""Which backup a change is about: the one that somebody names, else the newest that is good."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.database_instance import Backup
from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.platform import Database
from playbooks.changes.kind import Ask, Parameters
from playbooks.evidence.figure import span, when
from playbooks.mistakes import shortened
from playbooks.world import Outside, World, reached

BACKUP = "backup"
SUCCESSFUL = "SUCCESSFUL"
NAMED = 5
WHICH_BACKUP = Ask(name=BACKUP, label="Backup", hint="Its id. Empty: the newest good one.", optional=True)


async def chosen_backup(world: World, database: Database, parameters: Parameters) -> Backup:
    """A good backup; refused with those there are."""
    found = await reached(world.databases, Outside.DATABASES).backups(database.instance)
    good = sorted((each for each in found if each.status == SUCCESSFUL), key=taken_at, reverse=True)
    if not good:
        raise Refused(f"{database.title} has no good backup. Make one: ", Code(text="/ops backup now"), ".")
    wanted = parameters.get(BACKUP, "")
    if not wanted:
        return good[0]
    if chosen := next((each for each in good if each.id == wanted), None):
        return chosen
    there = ", ".join(
        f"{each.id} ({when(taken_at(each), world.clock.now(), world.organisation.timezone)})" for each in good[:NAMED]
    )
    raise Refused(f"There is no good backup `{shortened(wanted)}`; there are {there}.", field=BACKUP)


def taken_at(backup: Backup) -> datetime:
    """The moment whose data is in it: when it was begun."""
    at = backup.began_at or backup.ended_at
    return at if at is not None else datetime.min.replace(tzinfo=UTC)


def newest(backups: Sequence[Backup]) -> Backup | None:
    """The newest good one."""
    return max((each for each in backups if each.status == SUCCESSFUL), key=taken_at, default=None)


def told(backup: Backup, world: World) -> str:
    """A backup as people say it."""
    at, now = taken_at(backup), world.clock.now()
    return f"{backup.id}, of {when(at, now, world.organisation.timezone)}, {age(backup, now)} old"


def age(backup: Backup, now: datetime) -> str:
    return span(max(now - taken_at(backup), timedelta()))
