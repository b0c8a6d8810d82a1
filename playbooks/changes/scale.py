"""More or fewer instances of a service, for a while: at the service, so that it holds whatever revision serves.

Never more than the database behind it has connections for, and at most twice as many at once; source: the actions'
E24 and CR-10. What was raised for an incident goes back by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.cloud_service import CloudService
from bot.domain.effect import Attempt
from bot.domain.errors import Refused, Waiting
from bot.domain.plan import Plan, Risk, Wanted
from bot.organisation import Service
from playbooks.changes.connection_guard import Guard, guard_of
from playbooks.changes.instance_bounds import (
    FOR_GOOD,
    MOST_AT_ALL,
    USUAL,
    Bounds,
    length_of,
    numbers_in,
    wanted_bounds,
)
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Parameters, Verified
from playbooks.changes.renewed_service import troubles
from playbooks.changes.served_well import served_well
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, service_first, service_of
from playbooks.changes.traffic_shift import OPERATION, SOON, otherwise, settled, target_of
from playbooks.evidence.deployed import deployed, region_of
from playbooks.evidence.figure import count, span
from playbooks.hands import Hands, held
from playbooks.world import Outside, World, reached

NAME = "scale"
LEAST, MOST, FOR = "min", "max", "for"
BEFORE, HOME = "before", "home"
"""How it was, and how it was before anything was lent."""


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    service, rest = service_first(words, asked)
    least, most, length = numbers_in(rest)
    return {SERVICE: service, LEAST: least, MOST: most, FOR: length}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    service = service_of(parameters, world.organisation)
    cloud = await reached(world.services, Outside.SERVICES).service(service.cloud_name, region_of(service))
    if cloud.reconciling:
        raise Refused(f"Cloud Run is still changing {service.title}; ask again in a moment.")
    now = _bounds(cloud)
    reach = MOST_AT_ALL if asked.undoes else min(2 * now.most, MOST_AT_ALL)
    wanted = wanted_bounds(now, parameters[LEAST], parameters[MOST], reach=reach)
    guard = await guard_of(world, service) if wanted.most > now.most else Guard()
    _refuse_too_many(service, now, wanted, guard)
    grows = wanted.most > now.most or wanted.least > now.least
    length = parameters.get(FOR) or (USUAL if grows else FOR_GOOD)
    risk, because = _risk(now, wanted, guard)
    until, home = length_of(length), _home(service, now, asked)
    return Plan(
        kind=NAME,
        target=f"service/{service.key}",
        title=f"Scale {service.title} to {wanted}",
        before=str(now),
        after=f"{wanted}, {f'for {span(until)}, then {home} again by itself' if until else 'for good'}",
        risk=risk,
        because=because,
        differences=tuple(_differences(now, wanted)),
        blast=_blast(service, now, wanted),
        undo=f"Back to {now}.",
        warnings=tuple(_warnings(service, guard)),
        evidence=(*await troubles(world, service, "instances", "cpu"), *([guard.says] if guard.says else [])),
        command=f"gcloud run services update {service.cloud_name} --region {region_of(service)} "
        f"--min {wanted.least} --max {wanted.most}",
        fingerprint=cloud.etag,
        wanted={
            **_target(service),
            **_numbers(wanted, now, home),
            FOR: length,
        },
        nothing_to_do=f"{service.title} has {now} already." if wanted == now else "",
    )


def _target(service: Service) -> Mapping[str, str]:
    return {"name": service.cloud_name, "region": region_of(service), SERVICE: service.key}


def _numbers(wanted: Bounds, now: Bounds, home: Bounds) -> Mapping[str, Wanted]:
    return {
        LEAST: wanted.least,
        MOST: wanted.most,
        BEFORE: [now.least, now.most],
        HOME: [home.least, home.most],
    }


def _bounds(cloud: CloudService) -> Bounds:
    return Bounds(least=cloud.min_instances, most=cloud.max_instances)


def _refuse_too_many(service: Service, now: Bounds, wanted: Bounds, guard: Guard) -> None:
    if guard.fits is None or wanted.most <= guard.fits:
        return
    instead = f"ask for {guard.fits}, or" if guard.fits > now.most else "first"
    raise Refused(
        f"{wanted.most} instances of {service.title} could exhaust the database: {guard.says}. "
        f"So {instead} give it more connections or smaller pools.",
        field=MOST,
    )


def _risk(now: Bounds, wanted: Bounds, guard: Guard) -> tuple[Risk, tuple[str, ...]]:
    doubts: list[str] = []
    if wanted.most < now.most:
        doubts.append("fewer instances may be too few")
    if wanted.most > now.most and guard.unknown:
        doubts.append(f"nobody can tell whether the database has room: {guard.unknown}")
    if guard.busy:
        doubts.append(guard.busy)
    if doubts:
        return Risk.DISRUPTIVE, tuple(doubts)
    room = ("the database has room for all of them",) if guard.fits is not None else ()
    return Risk.SAFE, ("at most twice as many as now, and no instance is ended", *room)


def _differences(now: Bounds, wanted: Bounds) -> Iterator[str]:
    for words, before, after in (("fewest", now.least, wanted.least), ("most", now.most, wanted.most)):
        if before != after:
            yield f"{words} {before} → {after}"
    yield "no new revision; the traffic stays where it is"


def _blast(service: Service, now: Bounds, wanted: Bounds) -> str:
    more = wanted.least - now.least
    if wanted.most < now.most:
        return f"Everybody who uses {service.title}, when more come than {count(wanted.most, 'instance')} can serve."
    if more > 0:
        return f"Nobody; {count(more, 'instance')} more run, and cost, even when nobody comes."
    return "Nobody; more instances cost only while they run."


def _warnings(service: Service, guard: Guard) -> Iterator[str]:
    if guard.busy:
        yield f"{guard.busy[0].upper()}{guard.busy[1:]}. Look at what {service.title} asks it first."
    if guard.unknown:
        yield f"Whether the database has connections for all of them is not known: {guard.unknown}."


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    wanted = _wanted(plan)
    await _scaled(hands, plan, attempt, wanted, etag=plan.fingerprint)
    return Done(says=f"{plan.wanted['name']} may have {wanted}.")


async def _scaled(hands: Hands, plan: Plan, attempt: Attempt, wanted: Bounds, *, etag: str | None) -> None:
    """Returns once the service is scaled so; `etag` is how it has to stand before, None when that does not matter."""
    target, changes = target_of(plan), held(hands.services, Outside.SERVICES)
    stands = await reached(hands.world.services, Outside.SERVICES).service(target.name, target.region)
    if _bounds(stands) == wanted and not stands.reconciling:
        return
    await settled(changes, stands, attempt)
    if etag is not None and stands.etag != etag:
        raise otherwise(stands, attempt)
    operation = await changes.set_scaling(
        target.name, target.region, least=wanted.least, most=wanted.most, etag=stands.etag
    )
    raise Waiting("Cloud Run has been asked for other bounds.", after=SOON, note={OPERATION: operation})


async def _verify(world: World, plan: Plan, since: datetime) -> Verified:
    service = service_of({SERVICE: str(plan.wanted[SERVICE])}, world.organisation)
    stands = await deployed(world, service)
    now = _bounds(stands.cloud)
    if (now.least, now.most) != (plan.wanted[LEAST], plan.wanted[MOST]):
        return Verified(helped=False, found=(f"{service.title} may have {now}, so it was scaled again",))
    if len(stands.serving) != 1:
        return Verified(helped=True, found=(f"{service.title} may have {now}",))
    served = await served_well(world, service, stands.serving[0].name, since)
    return Verified(helped=served.helped, found=(f"{service.title} may have {now}", *served.found))


def _home(service: Service, now: Bounds, asked: Asked) -> Bounds:
    """Where it goes back to: while something is lent already, that is where the first of it goes back to."""
    mine = [each for each in asked.past if each.kind == NAME and each.target == f"service/{service.key}" and each.lent]
    return _pair(mine[-1].plan, HOME) if mine and mine[-1].plan else now


def _lent_for(plan: Plan) -> timedelta | None:
    return length_of(str(plan.wanted[FOR]))


async def _take_back(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    """Other bounds than the plan's are somebody's, who meant them."""
    target, home = target_of(plan), _pair(plan, HOME)
    stands = await reached(hands.world.services, Outside.SERVICES).service(target.name, target.region)
    now = _bounds(stands)
    if now not in {_wanted(plan), home}:
        return Done(says=f"{target.name} was scaled otherwise meanwhile ({now}), and stays like that.")
    await _scaled(hands, plan, attempt, home, etag=None)
    return Done(says=f"{target.name} has {home} again: the time for more is over.")


def _wanted(plan: Plan) -> Bounds:
    return Bounds(least=int(str(plan.wanted[LEAST])), most=int(str(plan.wanted[MOST])))


def _pair(plan: Plan, name: str) -> Bounds:
    pair = plan.wanted[name]
    assert isinstance(pair, Sequence)
    return Bounds(least=int(pair[0]), most=int(pair[1]))


def _undo(plan: Plan) -> tuple[str, Parameters]:
    before = _pair(plan, BEFORE)
    return NAME, {
        SERVICE: str(plan.wanted[SERVICE]),
        LEAST: str(before.least),
        MOST: str(before.most),
        FOR: FOR_GOOD,
    }


SCALE = ChangeKind(
    name=NAME,
    title="Scale",
    sentence="Allows a service more or fewer instances, as far as its database has room, and takes that back by itself.",
    command="/ops scale",
    asks=(
        WHICH_SERVICE,
        Ask(name=MOST, label="Most instances", hint="Empty: twice as many as now.", optional=True),
        Ask(name=LEAST, label="Fewest instances", hint="Empty: as now.", optional=True),
        Ask(name=FOR, label="For how long", hint="2h, 1d, good. Empty: 4h when it is more.", optional=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=_undo,
    carry_out_within=timedelta(minutes=10),
    cool_down=timedelta(minutes=5),
    heals=True,
    lent_for=_lent_for,
    take_back=_take_back,
)
