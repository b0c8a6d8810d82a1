"""A read replica of a database; it does nothing until an application reads from it; source: the actions' SQL-09."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.database_instance import DatabaseInstance
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.evidence import CouldNotLook
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from playbooks.changes.database_operation import RUNNING, over, stands
from playbooks.changes.database_words import DATABASE, WHICH_DATABASE, database_first, database_of
from playbooks.changes.instance_name import name_in
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Parameters, Verified, for_good
from playbooks.evidence.figure import count
from playbooks.hands import Hands, held
from playbooks.world import Outside, World, reached

NAME = "replica"
CALLED = "name"
CREATE = "CREATE_REPLICA"


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    database, rest = database_first(words, asked)
    if len(rest) > 1:
        raise Refused("Only the name of the replica is given: ", Code(text="/ops db replica"), ".")
    return {DATABASE: database, CALLED: name_in(rest[0]) if rest else ""}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    del asked
    database = database_of(parameters, world.organisation)
    instance = await stands(world, database.instance)
    _refuse_without_log(instance)
    name = parameters.get(CALLED) or _free(instance)
    if name in {instance.name, *instance.replicas}:
        raise Refused(f"There is {name} already; choose another name, like {_free(instance)}.", field=CALLED)
    return Plan(
        kind=NAME,
        target=f"database/{instance.name}",
        title=f"Add a read replica of {database.title}",
        before=count(len(instance.replicas), "replica"),
        after=f"{name}, {instance.tier}, without a standby",
        risk=Risk.DISRUPTIVE,
        because=("it costs as much as another database",),
        blast="Nobody: the primary goes on as it is.",
        undo=f"A person deletes it: gcloud sql instances delete {name}",
        warnings=(
            "It does nothing until an application reads from it.",
            "While there is a replica, no backup can be restored over the primary.",
        ),
        command=f"gcloud sql instances create {name} --master-instance-name={instance.name} --tier={instance.tier}"
        f" --region={instance.region} --availability-type=zonal",
        wanted={DATABASE: database.key, "instance": instance.name, CALLED: name, "tier": instance.tier},
    )


def _refuse_without_log(instance: DatabaseInstance) -> None:
    if not (instance.backups_enabled and instance.point_in_time):
        raise Refused(f"{instance.name} needs backups and point-in-time recovery before it can have a replica.")


def _free(instance: DatabaseInstance) -> str:
    return next(name for name in _names(instance.name) if name not in instance.replicas)


def _names(instance: str) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"{instance}-read-{number}"


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    changes = held(hands.databases, Outside.DATABASES)
    primary, name, tier = (str(plan.wanted[each]) for each in ("instance", CALLED, "tier"))
    await over(
        hands,
        attempt,
        kind=CREATE,
        instances=(primary, name),
        begin=lambda: changes.add_replica(primary, name=name, tier=tier),
    )
    return Done(says=f"{name} is there. Nobody reads from it yet.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    name = str(plan.wanted[CALLED])
    try:
        found = await reached(world.databases, Outside.DATABASES).instance(name)
    except CouldNotLook as error:
        return Verified(helped=None, found=(str(error),))
    if found.state != RUNNING:
        return Verified(helped=None, found=(f"{name} is {found.state}",))
    return Verified(helped=True, found=(f"{name} runs", "how far it is behind is for its first reader to watch"))


REPLICA = ChangeKind(
    name=NAME,
    title="Add a read replica",
    sentence="Adds an instance that follows a database and can be read from.",
    command="/ops db replica",
    asks=(WHICH_DATABASE, Ask(name=CALLED, label="Name", hint="Empty: the next free one.", optional=True)),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
    carry_out_within=timedelta(hours=2),
)
