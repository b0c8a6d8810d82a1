"""A backup now: before something risky, or because the last one failed; source: the actions' SQL-03."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.database_instance import Backup
from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Waiting
from bot.domain.plan import Plan, Risk
from playbooks.changes.chosen_backup import SUCCESSFUL, newest, taken_at, told
from playbooks.changes.database_operation import SOON, over, stands
from playbooks.changes.database_words import DATABASE, WHICH_DATABASE, database_of, only_database
from playbooks.changes.kind import Asked, ChangeKind, Done, Parameters, Verified, for_good
from playbooks.evidence.figure import size, span
from playbooks.hands import Hands, held
from playbooks.world import Outside, World, reached

NAME = "backup"
COMMAND = "/ops backup now"
KIND = "BACKUP_VOLUME"
WAITED_FOR = {"ENQUEUED", "RUNNING", "OVERDUE"}
LATELY = timedelta(minutes=5)
"""A backup this fresh makes another one pointless."""


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    database = database_of(parameters, world.organisation)
    instance = await stands(world, database.instance)
    last = newest(await _backups(world, instance.name))
    fresh = last is not None and asked.now - taken_at(last) < LATELY
    return Plan(
        kind=NAME,
        target=f"database/{instance.name}",
        title=f"Back up {database.title} now",
        before=f"newest good backup: {told(last, world)}" if last else "no good backup",
        after="one of now",
        risk=Risk.SAFE,
        because=("it only reads, and the database goes on",),
        blast="Nobody.",
        undo="It is kept until somebody deletes it.",
        warnings=("It never expires by itself: delete it when nobody needs it any more.",),
        command=f"gcloud sql backups create --instance={instance.name}",
        wanted={DATABASE: database.key, "instance": instance.name, "last": last.id if last else ""},
        nothing_to_do=f"There is one already: {told(last, world)}." if fresh and last else "",
    )


async def _backups(world: World, instance: str) -> Sequence[Backup]:
    return await reached(world.databases, Outside.DATABASES).backups(instance, most=50)


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    """Found by its description before another one is made, so that there is never a second one."""
    instance, description = str(plan.wanted["instance"]), described(attempt)
    made = next((each for each in await _backups(hands.world, instance) if each.description == description), None)
    if made is None:
        changes = held(hands.databases, Outside.DATABASES)
        await over(
            hands,
            attempt,
            kind=KIND,
            instances=(instance,),
            begin=lambda: changes.back_up(instance, description=description),
        )
        raise Waiting("The backup is not listed yet.", after=SOON)
    if made.status in WAITED_FOR:
        raise Waiting("The backup is being made.", after=SOON, note=dict(attempt.note))
    if made.status != SUCCESSFUL:
        raise GiveUp(f"the backup is {made.status}{f': {made.error}' if made.error else ''}")
    return Done(says=f"Backup {made.id} is there{f', {size(made.size_bytes)}' if made.size_bytes else ''}.")


def described(attempt: Attempt) -> str:
    """What tells this backup from every other."""
    return f"opsbot {attempt.key}"


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    last = newest(await _backups(world, str(plan.wanted["instance"])))
    if last is None or last.id == plan.wanted["last"]:
        return Verified(helped=False, found=("no new backup is listed",))
    took = last.ended_at - last.began_at if last.ended_at and last.began_at else None
    return Verified(helped=True, found=(f"backup {told(last, world)}{f', made in {span(took)}' if took else ''}",))


BACKUP_NOW = ChangeKind(
    name=NAME,
    title="Back up now",
    sentence="Makes a backup of a database; it goes on meanwhile.",
    command=COMMAND,
    asks=(WHICH_DATABASE,),
    read=only_database(COMMAND),
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
    carry_out_within=timedelta(hours=2),
    cool_down=timedelta(minutes=30),
)
