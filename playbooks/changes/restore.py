"""Restores a backup over production: the last resort, for it takes what was written since, and the log; source: SQL-05."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.database_instance import Backup, DatabaseInstance
from bot.domain.effect import Attempt
from bot.domain.errors import Refused, Superseded
from bot.domain.incident import Severity
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.domain.platform import Database
from playbooks.changes.chosen_backup import BACKUP, SUCCESSFUL, WHICH_BACKUP, chosen_backup, taken_at, told
from playbooks.changes.copied_rows import rows_now
from playbooks.changes.database_operation import OPERATION, over, stands
from playbooks.changes.database_words import DATABASE, WHICH_DATABASE, database_first, database_of
from playbooks.changes.kind import Asked, ChangeKind, Done, Parameters, Verified, for_good
from playbooks.evidence.figure import count, span
from playbooks.hands import Hands, held
from playbooks.world import Outside, World, reached

NAME = "restore"
KIND = "RESTORE_VOLUME"
FRESH = timedelta(minutes=30)
"""How old the backup may be that everything goes back to when this was a mistake."""
LATEST = timedelta(minutes=60)
"""How old it may be once people have agreed."""


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    database, rest = database_first(words, asked)
    if len(rest) > 1:
        raise Refused("At most the id of a backup is named: ", Code(text="/ops backup restore"), ".")
    return {DATABASE: database, BACKUP: rest[0] if rest else ""}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    database = database_of(parameters, world.organisation)
    _refuse_without_reason(asked)
    instance = await stands(world, database.instance)
    if instance.replicas:
        raise Refused(f"{instance.name} has replicas, which are deleted first: {', '.join(instance.replicas)}.")
    safety = await _safety(world, database, asked.now)
    backup = await _restorable(world, database, parameters, safety)
    lost = asked.now - taken_at(backup)
    return Plan(
        kind=NAME,
        target=f"database/{instance.name}",
        title=f"Overwrite {database.title} with backup {backup.id}",
        before=f"{instance.name}, as it is now",
        after=f"the data of backup {told(backup, world)}",
        risk=Risk.DESTRUCTIVE,
        because=(f"{span(lost)} of data are lost for good ({count(lost / timedelta(minutes=1), 'minute')})",),
        blast="Everybody: the database is gone while it is restored, and every connection is cut.",
        undo=f"Only by restoring the safety backup {safety.id}, which loses what was written after it.",
        warnings=tuple(_warnings(instance, lost)),
        command=f"gcloud sql backups restore {backup.id} --backup-instance={instance.name}"
        f" --restore-instance={instance.name}",
        fingerprint=instance.settings_version,
        wanted={DATABASE: database.key, "instance": instance.name, BACKUP: backup.id, "safety": safety.id},
    )


def _refuse_without_reason(asked: Asked) -> None:
    incident = asked.incident
    if incident is None or not incident.open or incident.severity is not Severity.CRITICAL:
        raise Refused(
            "A backup is restored over production in an open critical incident only. To get data back, copy it: ",
            Code(text="/ops backup clone 14:05"),
            ".",
        )


async def _safety(world: World, database: Database, now: datetime) -> Backup:
    """The backup of what is about to be overwritten."""
    found = await reached(world.databases, Outside.DATABASES).backups(database.instance, most=20)
    fresh = [each for each in found if each.status == SUCCESSFUL and now - taken_at(each) <= FRESH]
    if not fresh:
        raise Refused(
            f"There is no backup of the last {span(FRESH)} to go back to. Make one first: ",
            Code(text="/ops backup now"),
            ".",
        )
    return max(fresh, key=taken_at)


async def _restorable(world: World, database: Database, parameters: Parameters, safety: Backup) -> Backup:
    """The backup that is named: the newest would be the safety backup, which holds what is wrong."""
    backup = await chosen_backup(world, database, parameters)
    if not parameters.get(BACKUP) or backup.id == safety.id:
        raise Refused(
            "Name the backup, for the newest holds the data of now: ",
            Code(text="/ops backup restore ID"),
            ".",
            field=BACKUP,
        )
    return backup


def _warnings(instance: DatabaseInstance, lost: timedelta) -> Iterator[str]:
    yield f"Everything written in the last {span(lost)} is lost."
    if instance.point_in_time:
        yield "It can still be copied as it was at any moment (/ops backup clone): this takes that possibility away."
    yield "Tell customers first: the platform is down meanwhile."


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    changes = held(hands.databases, Outside.DATABASES)
    instance, backup = str(plan.wanted["instance"]), str(plan.wanted[BACKUP])
    if not attempt.look and OPERATION not in attempt.note:
        await _still_so(hands.world, plan)
    await over(
        hands,
        attempt,
        kind=KIND,
        instances=(instance,),
        begin=lambda: changes.restore_in_place(backup, instance=instance),
    )
    return Done(says=f"{instance} holds the data of backup {backup}.")


async def _still_so(world: World, plan: Plan) -> None:
    """Looked at right before: the way back must still be there."""
    databases, name = reached(world.databases, Outside.DATABASES), str(plan.wanted["instance"])
    if (await databases.instance(name)).settings_version != plan.fingerprint:
        raise Superseded(f"the settings of {name} were changed meanwhile")
    found = await databases.backups(name, most=20)
    safety = next((each for each in found if each.id == plan.wanted["safety"]), None)
    if safety is None or safety.status != SUCCESSFUL or world.clock.now() - taken_at(safety) > LATEST:
        raise Superseded(f"the safety backup is gone or older than {span(LATEST)}; make another one")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    return await rows_now(world, database_of({DATABASE: str(plan.wanted[DATABASE])}, world.organisation))


RESTORE = ChangeKind(
    name=NAME,
    title="Restore over production",
    sentence="Overwrites a database with one of its backups: everything written since is lost.",
    command="/ops backup restore",
    asks=(WHICH_DATABASE, WHICH_BACKUP),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
    carry_out_within=timedelta(hours=6),
    cool_down=timedelta(minutes=60),
)
