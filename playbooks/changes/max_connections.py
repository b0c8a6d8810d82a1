"""How many connections a database takes: last of all, for it restarts, and every connection costs memory; source: SQL-07."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.database_instance import Connections, DatabaseInstance
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk, Wanted
from playbooks.changes.database_operation import stands
from playbooks.changes.database_setting import (
    COOL_DOWN,
    RESTARTS,
    WITHIN,
    blast,
    inside_of,
    set_and_up,
    set_once,
    warnings,
)
from playbooks.changes.database_words import DATABASE, WHICH_DATABASE, database_first, database_of
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters, Verified
from playbooks.evidence.figure import count
from playbooks.hands import Hands, held
from playbooks.world import Outside, World

NAME = "max-connections"
FLAG = "max_connections"
MOST = "most"
FEWEST, HIGHEST = 14, 262_143
"""What Cloud SQL takes."""
TIMES = 2
"""By more than this it is not raised at once: each connection takes memory that queries then lack."""
SPARE = 10


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    database, rest = database_first(words, asked)
    if not rest:
        raise Lacking({DATABASE: database})
    if len(rest) > 1 or not rest[0].isdecimal() or not FEWEST <= int(rest[0][:9]) <= HIGHEST:
        raise Refused(
            f"Name a number from {FEWEST} to {HIGHEST:,}: ", Code(text="/ops db max-connections 400"), ".", field=MOST
        )
    return {DATABASE: database, MOST: str(int(rest[0]))}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    database = database_of(parameters, world.organisation)
    instance, inside = await stands(world, database.instance), await inside_of(world)
    wanted, now = int(parameters[MOST]), _now(instance)
    _refuse_out_of_range(wanted, now, inside)
    flags: dict[str, Wanted] = {**instance.flags, FLAG: str(wanted)}
    return Plan(
        kind=NAME,
        target=f"database/{instance.name}",
        title=f"Let {database.title} take {count(wanted, 'connection')}",
        before=f"{FLAG} {now if now is not None else 'as the memory allows'}",
        after=f"{FLAG} {wanted}",
        risk=Risk.DISRUPTIVE,
        because=(RESTARTS,),
        differences=(f"{FLAG}: {now if now is not None else 'not set'} → {wanted}",),
        blast=blast(instance, world.organisation),
        undo=f"{FLAG} {now}, with another restart." if now is not None else "",
        warnings=(*_warnings(wanted, now), *warnings(instance, asked)),
        command=f"gcloud sql instances patch {instance.name} --database-flags="
        + ",".join(f"{name}={value}" for name, value in flags.items()),
        fingerprint=instance.settings_version,
        wanted={DATABASE: database.key, "instance": instance.name, "flags": flags, "before": now},
        nothing_to_do=f"{database.title} takes {count(wanted, 'connection')} already." if wanted == now else "",
    )


def _now(instance: DatabaseInstance) -> int | None:
    written = instance.flags.get(FLAG, "")
    return int(written) if written.isdecimal() else None


def _refuse_out_of_range(wanted: int, now: int | None, inside: Connections | None) -> None:
    if now is not None and wanted > TIMES * now:
        raise Refused(
            f"It takes {now} now; no more than {TIMES * now} at once: each connection needs memory.", field=MOST
        )
    if inside is not None and wanted < inside.used + SPARE:
        least = inside.used + SPARE
        raise Refused(f"{count(inside.used, 'connection')} are taken now; name {least} or more.", field=MOST)


def _warnings(wanted: int, now: int | None) -> Iterator[str]:
    if now is None or wanted > now:
        yield "More connections do not help against a leak, and each takes memory: smaller pools first (/ops db pool)."


def _is_set(plan: Plan, instance: DatabaseInstance) -> bool:
    return dict(instance.flags) == _flags(plan)


def _flags(plan: Plan) -> dict[str, str]:
    flags = plan.wanted["flags"]
    assert isinstance(flags, dict)
    return {str(name): str(value) for name, value in flags.items()}


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    changes, instance = held(hands.databases, Outside.DATABASES), str(plan.wanted["instance"])
    await set_once(
        hands,
        plan,
        attempt,
        is_set=lambda found: _is_set(plan, found),
        begin=lambda version: changes.set_flags(instance, _flags(plan), settings_version=version),
    )
    return Done(says=f"{instance} has {plan.after}.")


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    del since
    return await set_and_up(
        world, plan, is_set=lambda found: _is_set(plan, found), says=lambda found: f"{FLAG} is {_now(found)}"
    )


def _undo(plan: Plan) -> tuple[str, Parameters] | None:
    if plan.wanted["before"] is None:
        return None
    return NAME, {DATABASE: str(plan.wanted[DATABASE]), MOST: str(plan.wanted["before"])}


MAX_CONNECTIONS = ChangeKind(
    name=NAME,
    title="Set max_connections",
    sentence="Sets how many connections a database takes; it restarts.",
    command="/ops db max-connections",
    asks=(WHICH_DATABASE, Ask(name=MOST, label="Connections", hint="Like 400.")),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    carry_out_within=WITHIN,
    cool_down=COOL_DOWN,
)
