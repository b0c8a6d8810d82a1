"""Asks a service again and again to see what it bears: in staging unless somebody says otherwise, bounded, and stoppable.

Source: the actions' LT-01. Only what the operator names can be tested, and it stops by itself beyond the declared
limits, when changes are frozen, in an incident, and when anybody presses Stop.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import cast

from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Superseded
from bot.domain.load_test import LoadOrder
from bot.domain.plan import Plan, Risk
from bot.organisation import Organisation
from playbooks.changes.kind import URGENT, Asked, ChangeKind, Done, Parameters, Progress, Verified, for_good
from playbooks.changes.load_result import in_the_end, seen, so_far
from playbooks.changes.load_words import (
    ASKS,
    IN_PRODUCTION,
    IN_STAGING,
    PAGE,
    WHERE,
    address_of,
    numbers_of,
    pages_of,
    read,
    target_of,
)
from playbooks.changes.service_words import SERVICE, service_of
from playbooks.evidence.figure import percent, span
from playbooks.hands import Hands, held
from playbooks.world import Outside, World

KIND = "load-test"
LONGEST_MARK = 16
BEGUN = "begun"
LOOK_EVERY = 3.0
"""Seconds after which it is looked how far it is, and whether it has to stop; each look is an edit of the card."""
AT_ONCE = 0.2
"""The same, once it was told to stop."""
WELL = range(200, 400)


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    service, where = service_of(parameters, world.organisation), parameters[WHERE] or IN_STAGING
    order = _wanted_of(parameters, where, world.organisation)
    await _refuse_in_an_incident(world, asked)
    production, lasts = where == IN_PRODUCTION, order.lasts
    return Plan(
        kind=KIND,
        target=f"load-test/{service.key}",
        title=f"Load test of {service.title} in {where}",
        before="nothing is asked",
        after=f"{order.rate} requests a second for {span(lasts)} ({order.requests:,} in all), "
        f"at most {order.at_once} at once",
        risk=Risk.DISRUPTIVE if production else Risk.SAFE,
        because=("customers are served by the same",) if production else ("nobody depends on staging",),
        differences=order.urls,
        blast="All customers, should it not bear that." if production else "Whoever works in staging now.",
        undo="Stop ends it at once; it changes nothing.",
        warnings=tuple(_warnings(order, production=production)),
        command=f"hey -z {int(lasts.total_seconds())}s -c {order.at_once} -q {order.rate / order.at_once:g} "
        f"{order.urls[0]}",
        wanted={
            SERVICE: service.key,
            WHERE: where,
            "urls": list(order.urls),
            "rate": order.rate,
            "at_once": order.at_once,
            "seconds": lasts.total_seconds(),
            "errors": order.errors,
            "slowest": order.slowest.total_seconds(),
            # What is asked for twice is tested twice; its mark tells the two apart.
            "asked": f"{asked.by} {asked.now.isoformat()}",
        },
    )


def _wanted_of(parameters: Parameters, where: str, organisation: Organisation) -> LoadOrder:
    """What was asked for, within the bounds; it has no mark yet."""
    policy, target = organisation.changes.load_tests, target_of(parameters[SERVICE], organisation)
    address, hard = address_of(target, where)
    pages = pages_of(target, parameters[PAGE])
    rate, lasts, at_once = numbers_of(parameters, policy.caps(hard))
    return LoadOrder(
        mark="",
        urls=tuple(f"{address.rstrip('/')}{page}" for page in pages),
        rate=rate,
        at_once=at_once,
        lasts=lasts,
        errors=policy.errors,
        slowest=policy.slowest,
    )


async def _refuse_in_an_incident(world: World, asked: Asked) -> None:
    known = await world.memory.incidents(since=asked.now)
    serious = [each.key for each in known if each.severity in URGENT and each.resolved_at is None]
    if asked.urgent or serious:
        raise Refused(f"No load tests while {serious[0] if serious else 'the incident'} is open; test when it is over.")


def _warnings(order: LoadOrder, *, production: bool) -> Iterator[str]:
    slowest = f"{order.slowest.total_seconds() * 1000:,.0f} ms"
    yield f"It stops by itself when {percent(order.errors)} of the answers fail, or their p95 passes {slowest}."
    if production:
        yield "Tell whoever watches for attacks; every request carries X-Load-Test."


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    tests, order = held(hands.load_tests, Outside.LOAD_TESTS), _order(plan)
    found = tests.measured(order.mark)
    if found is None:
        if BEGUN in attempt.note or attempt.look:
            raise GiveUp("opsbot was started anew, which ended the test; ask for it again")
        _refuse_what_is_not_allowed(hands.world, plan)
        tests.begin(order)
        raise Progress("It begins slowly.", after=LOOK_EVERY, note={BEGUN: "yes"})
    if not found.over:
        raise Progress(so_far(found, order), after=AT_ONCE if found.stopped else LOOK_EVERY)
    return Done(says=in_the_end(found, order), seen=seen(found, order, plan.title))


def _refuse_what_is_not_allowed(world: World, plan: Plan) -> None:
    """The operator's file may say otherwise since it was planned."""
    target = world.organisation.changes.load_tests.target(str(plan.wanted[SERVICE]))
    try:
        address = address_of(target, str(plan.wanted[WHERE]))[0] if target else ""
    except Refused as refused:
        raise Superseded(str(refused)) from refused
    allowed = {f"{address.rstrip('/')}{page}" for page in target.paths} if target else set()
    if not set(cast(list[str], plan.wanted["urls"])) <= allowed:
        raise Superseded("opsbot.yaml does not allow this test any more")


async def _stop(hands: Hands, plan: Plan, why: str) -> None:
    tests, mark = held(hands.load_tests, Outside.LOAD_TESTS), _order(plan).mark
    if tests.measured(mark) is None:
        raise GiveUp(f"It does not run, and is not begun: {why}")
    tests.stop(mark, why)


def _order(plan: Plan) -> LoadOrder:
    wanted = plan.wanted
    return LoadOrder(
        mark=plan.digest[:LONGEST_MARK],
        urls=tuple(cast(list[str], wanted["urls"])),
        rate=cast(float, wanted["rate"]),
        at_once=cast(int, wanted["at_once"]),
        lasts=timedelta(seconds=cast(float, wanted["seconds"])),
        errors=cast(float, wanted["errors"]),
        slowest=timedelta(seconds=cast(float, wanted["slowest"])),
    )


async def _verify(world: World, plan: Plan, _since: datetime) -> Verified:
    """Whether the test left it as well as it was."""
    answer = await world.probe.health(_order(plan).urls[0])
    if answer.status in WELL:
        return Verified(helped=True, found=(f"It answers afterwards ({answer.status}).",))
    said = f"{answer.status}" if answer.status else "nothing"
    return Verified(helped=None, found=(f"It answers {said} afterwards: look whether the test left it so.",))


LOAD_TEST = ChangeKind(
    name=KIND,
    title="Load test",
    sentence="Asks a service again and again to see what it bears; bounded, in staging unless you say production.",
    command="/ops load-test",
    asks=ASKS,
    read=read,
    plan=_plan,
    carry_out=_carry_out,
    verify=_verify,
    undo=for_good,
    stop=_stop,
    verify_within=timedelta(minutes=3),
    cool_down=timedelta(minutes=30),
)
