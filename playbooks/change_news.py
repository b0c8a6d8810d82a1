"""What a carried-out effect of a change means for it: it is planned, done, has failed, has helped or not."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from bot.domain.change_stage import Stage
from bot.domain.changing import CarryOut, LookAtMembers, PlanChange, ShowProof, TakeBack, VerifyChange
from bot.domain.deployment import RecordDeployment
from bot.domain.effect import Effect, Post, Priority, Receipt, channel, direct
from bot.domain.following import Following
from bot.domain.looking import ShareChart
from bot.domain.plan import Plan, Risk
from bot.organisation import Organisation
from bot.store.changes import read_plan
from bot.store.evidence import read_evidence
from bot.store.memberships import read_memberships
from bot.store.unit_of_work import UnitOfWork
from playbooks.authorization import Rules
from playbooks.change_decision import CARD, MIRROR, THREAD, ChangeDecision, deciding_change, place_of, slot_of
from playbooks.change_door import groups_for, may_not_ask
from playbooks.change_facts import (
    DONE,
    FAILED,
    INSTEAD,
    MEMBERS,
    PLAN,
    PROOF,
    REFUSED,
    RETURNED,
    SEEN,
    SUPERSEDED,
    VERIFIED,
    read_then,
    read_verified,
)
from playbooks.change_follow_up import owe_follow_up
from playbooks.change_return import given_back, lend
from playbooks.changes import CHANGES
from playbooks.done_before import goes_on
from playbooks.messages.change import ASKED
from playbooks.messages.change_told import turned_away, unrecorded
from playbooks.reading import may_know

MOST_ASKED = 10
"""People who are told by direct message that they can agree."""
LOOK_EVERY = timedelta(seconds=30)
"""How often it is looked who is in the groups, while a change waits for somebody to agree."""


async def learn_changed(unit: UnitOfWork, effect: Effect, receipt: Receipt, organisation: Organisation) -> None:
    """An effect of a change was carried out."""
    if MEMBERS in receipt.facts:
        await unit.memberships.keep(read_memberships(receipt.facts[MEMBERS]))
    match effect:
        case PlanChange():
            await _planned(unit, effect, receipt, organisation)
        case ShowProof() if PROOF in receipt.facts:
            async with deciding_change(unit, organisation, effect.change) as decision:
                decision.change.proof = receipt.facts[PROOF]
        case CarryOut():
            await _carried_out(unit, effect, receipt, organisation)
        case VerifyChange() if VERIFIED in receipt.facts:
            await _verified(unit, effect, receipt, organisation)
        case TakeBack():
            await given_back(unit, effect, receipt, organisation)
        case LookAtMembers():
            await _look_on(unit, organisation)
        case _:
            pass


async def unchanged(unit: UnitOfWork, effect: Effect, reason: str, organisation: Organisation) -> None:
    """An effect of a change cannot be carried out at all: that ends the change, in sight."""
    if isinstance(effect, TakeBack):
        await given_back(unit, effect, Receipt(facts={RETURNED: f"It could not be taken back: {reason}"}), organisation)
    if isinstance(effect, RecordDeployment):
        await _unrecorded(unit, effect, reason, organisation)
    if not isinstance(effect, PlanChange | CarryOut | VerifyChange):
        return
    async with deciding_change(unit, organisation, effect.change) as decision:
        change = decision.change
        await decision.remember("failed", detail={"why": reason})
        match effect:
            case PlanChange() if change.stage is Stage.PLANNING:
                change.unplannable(f"It could not be planned: {reason}", decision.now)
            case CarryOut() if not change.stage.over:
                change.fail(reason, decision.now)
                await decision.tell(f"failed: {reason}")
            case VerifyChange() if change.stage is Stage.VERIFYING:
                change.verified((reason,), helped=None, now=decision.now)
            case _:
                pass


async def _unrecorded(unit: UnitOfWork, effect: RecordDeployment, reason: str, organisation: Organisation) -> None:
    """GitHub cannot be told of a deployment: that is said below its card, once, and is all that comes of it."""
    async with deciding_change(unit, organisation, effect.change) as decision:
        change = decision.change
        await decision.remember("deployment not recorded", detail={"why": reason})
        if CARD not in change.shown:
            return
        slot, thread = slot_of(change, "unrecorded"), slot_of(change, THREAD if change.threaded else CARD)
        message = unrecorded(change, effect.shipment, reason)
        decision.put(Post(place=change.place, slot=slot, thread=thread, message=message), key=slot)


async def _planned(unit: UnitOfWork, effect: PlanChange, receipt: Receipt, organisation: Organisation) -> None:
    async with deciding_change(unit, organisation, effect.change) as decision:
        change = decision.change
        if change.stage is not Stage.PLANNING or await _is_turned_away(decision):
            return
        decision.show_card()
        if why := receipt.facts.get(REFUSED):
            await decision.remember("not planned", detail={"why": why})
            change.instead = receipt.facts.get(INSTEAD, "")
            change.unplannable(why, decision.now)
        elif written := receipt.facts.get(PLAN):
            await _wait(decision, read_plan(written))


async def _is_turned_away(decision: ChangeDecision) -> bool:
    """Whether whoever asked may not, now that it was looked who is in the groups: they alone are told, and who may."""
    change = decision.change
    rules = await _rules(decision.unit, decision.organisation, change.kind)
    ruling = rules.asking(change.requested_by, change.kind)
    if ruling.may:
        return False
    refused = may_not_ask(CHANGES[change.kind], rules, ruling)
    change.forbid(str(refused), decision.now)
    await decision.remember("refused", by=change.requested_by, detail={"why": change.outcome})
    slot = slot_of(change, "turned-away")
    message, place = turned_away(change, refused), direct(change.requested_by)
    decision.put(Post(place=place, slot=slot, message=message, urgency=Priority.ANSWER), key=slot)
    return True


async def _wait(decision: ChangeDecision, plan: Plan) -> None:
    """A plan is there: whoever may agree is told, or a person has to do it."""
    change, organisation = decision.change, decision.organisation
    rules = await _rules(decision.unit, organisation, change.kind)
    change.planned(plan, decision.now)
    await decision.remember("planned", detail={"title": plan.title, "before": plan.before, "after": plan.after})
    if not change.private:
        await _mirror(decision)
    if change.stage is Stage.NOTHING:
        return
    await decision.tell(f"asked for ({plan.before} → {plan.after})", by=change.requested_by)
    if organisation.observing or (plan.risk is Risk.DESTRUCTIVE and not organisation.changes.destructive):
        change.leave_to_people()
        return
    if CHANGES[change.kind].proof:
        decision.put(ShowProof(change=change.number), key=f"change/{change.number}/proof/{change.round}")
    await _ask_around(decision, plan, rules)
    await _look_on(decision.unit, organisation, kinds=(change.kind,))


async def _mirror(decision: ChangeDecision) -> None:
    """One line for everybody, unless the card stands there itself; a person is where Slack's id says, we go by the name."""
    place = place_of(decision.change, MIRROR, decision.organisation)
    bound = await decision.unit.bindings.find(place)
    if decision.change.place not in {place, channel(bound["channel"]) if bound else place}:
        decision.show(MIRROR, place)


async def _ask_around(decision: ChangeDecision, plan: Plan, rules: Rules) -> None:
    """Those who may agree get the card by direct message; of a private incident only who knows of it."""
    change = decision.change
    if plan.risk is Risk.SAFE:
        return
    targets = decision.organisation.changes.who_may_agree(change.kind, plan.risk)
    incident = await decision.unit.incidents.get(change.incident) if change.incident else None
    people = [user for user in rules.people(targets) if user != change.requested_by]
    for user in [each for each in people if incident is None or may_know(incident, each)][:MOST_ASKED]:
        decision.show(f"{ASKED}/{user}", direct(user))


async def _carried_out(unit: UnitOfWork, effect: CarryOut, receipt: Receipt, organisation: Organisation) -> None:
    async with deciding_change(unit, organisation, effect.change) as decision:
        change = decision.change
        if change.stage is not Stage.CARRYING_OUT:
            return
        if says := receipt.facts.get(DONE):
            change.carried_out(says, decision.now)
            change.then = read_then(receipt.facts) or await _left(decision)
            lend(change, decision.now)
            decision.put(VerifyChange(change=change.number), key=f"change/{change.number}/verify")
            owe_follow_up(change, decision)
            await _note_undone(decision)
            await _show_seen(decision, receipt)
            await decision.remember("carried out", detail={"says": says})
            await decision.tell(says)
        elif why := receipt.facts.get(SUPERSEDED):
            change.supersede(why, decision.now)
            await decision.remember("superseded", detail={"why": why})
            await decision.tell(f"superseded: {why}")
        elif why := receipt.facts.get(FAILED):
            change.fail(why, decision.now)
            await decision.remember("failed", detail={"why": why})
            await decision.tell(f"failed: {why}")


async def _left(decision: ChangeDecision) -> tuple[Following, ...]:
    """Where this change was one of several that have to follow another one: those that are left."""
    change = decision.change
    changes = await decision.unit.changes.of_incident(change.incident) if change.incident else ()
    return goes_on(change, [change if each.number == change.number else each for each in changes])


async def _show_seen(decision: ChangeDecision, receipt: Receipt) -> None:
    """The charts of what was measured go into the card's thread."""
    if SEEN not in receipt.facts:
        return
    change = decision.change
    seen = replace(read_evidence(receipt.facts[SEEN]), name=change.key)
    await decision.unit.evidence.keep(seen, incident=0, run=0)
    thread = slot_of(change, THREAD if change.threaded else CARD)
    for number in range(len(seen.charts)):
        file = f"{change.key}-{number}.png".lower()
        decision.put(ShareChart(name=seen.name, number=number, place=change.place, thread=thread, file=file))


async def _note_undone(decision: ChangeDecision) -> None:
    """The card of what was taken back says so."""
    if decision.change.undoes:
        async with deciding_change(decision.unit, decision.organisation, decision.change.undoes) as undone:
            undone.change.undone_by = decision.change.number
            undone.change.keep()


async def _verified(unit: UnitOfWork, effect: VerifyChange, receipt: Receipt, organisation: Organisation) -> None:
    async with deciding_change(unit, organisation, effect.change) as decision:
        change = decision.change
        if change.stage is not Stage.VERIFYING:
            return
        found = read_verified(receipt.facts[VERIFIED])
        change.verified(found.found, helped=found.helped, now=decision.now)
        await decision.remember("verified", detail={"found": "; ".join(found.found)})
        words = {True: "it helped", False: "it did not help", None: "nobody can tell whether it helped"}
        await decision.tell(f"{words[found.helped]} ({'; '.join(found.found)})")


async def _look_on(unit: UnitOfWork, organisation: Organisation, *, kinds: Iterable[str] = ()) -> None:
    """As long as anybody waits for agreement, it is looked again and again who may agree."""
    waiting = {each.kind for each in await unit.changes.open() if each.stage is Stage.WAITING} | set(kinds)
    groups = tuple(sorted({group for kind in waiting for group in groups_for(organisation, kind)}))
    if groups:
        await unit.outbox.put(LookAtMembers(groups=groups), at=unit.now + LOOK_EVERY)


async def _rules(unit: UnitOfWork, organisation: Organisation, kind: str) -> Rules:
    members = await unit.memberships.of(groups_for(organisation, kind))
    return Rules(organisation=organisation, now=unit.now, members=members)
