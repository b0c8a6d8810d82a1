"""Restores a backup of production into the test instance, to see that it can be read; source: the actions' SQL-04.

Production is only read. Where a backup may go is checked here, again by the client that does it, and should be a third time
by a condition on the service account.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.database_instance import DatabaseInstance
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.domain.platform import Database
from bot.domain.restore_guard import why_not_overwritten
from playbooks.changes.chosen_backup import BACKUP, WHICH_BACKUP, age, chosen_backup, taken_at, told
from playbooks.changes.copied_rows import Copy, copied_well
from playbooks.changes.database_operation import last_of, over, stands
from playbooks.changes.database_words import DATABASE, WHICH_DATABASE, database_first, database_of
from playbooks.changes.kind import Asked, ChangeKind, Done, Parameters, Verified, for_good
from playbooks.evidence.figure import span
from playbooks.hands import Hands, held
from playbooks.world import Outside, World

NAME = "restore-test"
RESTORE = "RESTORE_VOLUME"


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    database, rest = database_first(words, asked)
    if len(rest) > 1:
        raise Refused("At most the id of a backup is named: ", Code(text="/ops backup restore-test"), ".")
    return {DATABASE: database, BACKUP: rest[0] if rest else ""}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    database = database_of(parameters, world.organisation)
    into = await _target(world, database)
    backup = await chosen_backup(world, database, parameters)
    return Plan(
        kind=NAME,
        target=f"database/{into.name}",
        title=f"Try a backup of {database.title} on {into.name}",
        before=f"{into.name}, a test instance",
        after=f"the data of backup {told(backup, world)}",
        risk=Risk.DISRUPTIVE,
        because=(f"everything on {into.name} is overwritten",),
        blast=f"Whoever uses {into.name}. Production is only read.",
        undo="",
        warnings=tuple(_warnings(database, into)),
        command=f"gcloud sql backups restore {backup.id} --backup-instance={database.instance}"
        f" --restore-instance={into.name}",
        wanted={
            DATABASE: database.key,
            "instance": into.name,
            "source": database.instance,
            BACKUP: backup.id,
            "taken": taken_at(backup).isoformat(),
            "age": age(backup, asked.now),
        },
    )


async def _target(world: World, database: Database) -> DatabaseInstance:
    """The test instance; refused for any that is not plainly one, with what is missing."""
    if database.test_instance is None:
        raise Refused(f"opsbot.yaml names no test_instance for {database.title}; add one.")
    into = await stands(world, database.test_instance)
    protected = [each.instance for each in world.organisation.databases.values()]
    if why := why_not_overwritten(into, source=database.instance, protected=protected):
        raise Refused(f"No backup is restored there: {why}.")
    return into


def _warnings(database: Database, into: DatabaseInstance) -> Iterator[str]:
    yield f"Afterwards {into.name} holds customers' data: remove it when the test is over."
    if not database.tables:
        yield "opsbot.yaml names no tables to count, so that nobody will know what is in it."


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    changes = held(hands.databases, Outside.DATABASES)
    backup, source, into = (str(plan.wanted[each]) for each in (BACKUP, "source", "instance"))
    await over(
        hands,
        attempt,
        kind=RESTORE,
        instances=(into,),
        begin=lambda: changes.restore_for_test(backup, source=source, into=into),
    )
    return Done(says=f"Backup {backup} is restored into {into}.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    """Rows, and how long it took and how much would have been lost: the recovery time and point."""
    del since
    database = database_of({DATABASE: str(plan.wanted[DATABASE])}, world.organisation)
    instance = str(plan.wanted["instance"])
    seen = await copied_well(world, Copy(database=database, instance=instance))
    return Verified(helped=seen.helped, found=(*seen.found, *await _times(world, plan, instance)))


async def _times(world: World, plan: Plan, instance: str) -> tuple[str, ...]:
    operation = await last_of(world, RESTORE, instance)
    point = f"recovery point: the backup was {plan.wanted['age']} old, so much would have been lost"
    if operation is None or operation.began_at is None or operation.ended_at is None:
        return ("recovery time: not known", point)
    return (f"recovery time: {span(operation.ended_at - operation.began_at)}", point)


RESTORE_TEST = ChangeKind(
    name=NAME,
    title="Test a restore",
    sentence="Restores a backup of production into its test instance and counts what is in it.",
    command="/ops backup restore-test",
    asks=(WHICH_DATABASE, WHICH_BACKUP),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
    carry_out_within=timedelta(hours=6),
)
