"""Another machine for a database, which restarts on it; source: the actions' SQL-06."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.database_instance import DatabaseInstance
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.machine import Machine, machine
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from playbooks.changes.database_operation import stands
from playbooks.changes.database_setting import COOL_DOWN, RESTARTS, WITHIN, blast, set_and_up, set_once, warnings
from playbooks.changes.database_words import DATABASE, WHICH_DATABASE, database_first, database_of
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Verified
from playbooks.hands import Hands, held
from playbooks.mistakes import shortened
from playbooks.world import Outside, World

NAME = "tier"
TIER = "tier"
FLAG = "max_connections"


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    database, rest = database_first(words, asked)
    if not rest:
        raise Lacking({DATABASE: database})
    found = machine(rest[0]) if len(rest) == 1 else None
    if found is None:
        how = f"`{shortened(' '.join(rest))}` is no tier; name CPUs and megabytes of memory: "
        raise Refused(how, Code(text="/ops db scale db-custom-8-32768"), ".", field=TIER)
    if not found.possible:
        nearest = found.nearest
        raise Refused(
            f"There is no machine of {found.shown}; the nearest is {nearest.shown}: ",
            Code(text=f"/ops db scale {nearest.tier}"),
            ".",
            field=TIER,
        )
    return {DATABASE: database, TIER: found.tier}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    database = database_of(parameters, world.organisation)
    instance = await stands(world, database.instance)
    wanted, before = machine(parameters[TIER]), machine(instance.tier)
    assert wanted is not None
    return Plan(
        kind=NAME,
        target=f"database/{instance.name}",
        title=f"Move {database.title} to {wanted.shown}",
        before=_shown(instance, before),
        after=f"{wanted.tier} ({wanted.shown})",
        risk=Risk.DISRUPTIVE,
        because=(RESTARTS,),
        blast=blast(instance, world.organisation),
        undo=f"Back to {instance.tier}, with another restart.",
        warnings=(*_warnings(instance, wanted, before), *warnings(instance, asked)),
        command=f"gcloud sql instances patch {instance.name} --tier={wanted.tier}",
        fingerprint=instance.settings_version,
        wanted={DATABASE: database.key, "instance": instance.name, TIER: wanted.tier, "before": instance.tier},
        nothing_to_do=f"{database.title} runs on {wanted.tier} already." if wanted.tier == instance.tier else "",
    )


def _shown(instance: DatabaseInstance, known: Machine | None) -> str:
    return f"{instance.tier} ({known.shown})" if known else instance.tier


def _warnings(instance: DatabaseInstance, wanted: Machine, before: Machine | None) -> Iterator[str]:
    if instance.replicas:
        yield f"Replicas must be as big as their primary: {', '.join(instance.replicas)}."
    if FLAG not in instance.flags:
        yield f"{FLAG} is not set, so it changes with the memory."
    if before and wanted.megabytes < before.megabytes:
        yield "Less memory: what is cached now does not fit any more, and queries get slower."
    if before and wanted.cpus > before.cpus:
        yield f"It costs about {wanted.cpus / before.cpus:.1f} times as much."


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    changes, instance, tier = held(hands.databases, Outside.DATABASES), str(plan.wanted["instance"]), _tier(plan)
    await set_once(
        hands,
        plan,
        attempt,
        is_set=lambda found: found.tier == tier,
        begin=lambda version: changes.set_tier(instance, tier, settings_version=version),
    )
    return Done(says=f"{instance} runs on {tier}.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    return await set_and_up(
        world, plan, is_set=lambda found: found.tier == _tier(plan), says=lambda found: f"it runs on {found.tier}"
    )


def _tier(plan: Plan) -> str:
    return str(plan.wanted[TIER])


def _undo(plan: Plan) -> tuple[str, Parameters] | None:
    back = machine(str(plan.wanted["before"]))
    return (NAME, {DATABASE: str(plan.wanted[DATABASE]), TIER: back.tier}) if back else None


TIER_OF_DATABASE = ChangeKind(
    name=NAME,
    title="Scale the database",
    sentence="Moves a database to another machine; it restarts.",
    command="/ops db scale",
    asks=(WHICH_DATABASE, Ask(name=TIER, label="Tier", hint="Like db-custom-8-32768: 8 CPUs, 32 GB.")),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    carry_out_within=WITHIN,
    cool_down=COOL_DOWN,
)
