"""What was changed for a while only is taken back when its time is over; whoever agreed to it agreed to that as well."""

from datetime import datetime

from bot.domain.change import Change
from bot.domain.changing import TakeBack
from bot.domain.effect import Attempt, Post, Receipt
from bot.domain.errors import GiveUp, Superseded, Waiting
from bot.domain.evidence import NotConfigured
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.change_decision import CARD, THREAD, ChangeDecision, deciding_change, slot_of
from playbooks.change_facts import RETURNED
from playbooks.changes import CHANGES
from playbooks.gate import frozen
from playbooks.hands import Hands
from playbooks.messages.change import returned_message

FROZEN_AGAIN = 60.0
"""Seconds after which it is looked whether changes are still frozen."""


def lend(change: Change, now: datetime) -> None:
    """It was carried out: where its plan says so, it goes back by itself."""
    kind = CHANGES.get(change.kind)
    if kind and kind.lent_for and change.plan and (length := kind.lent_for(change.plan)):
        change.lend(now + length)


async def give_back(decision: ChangeDecision) -> None:
    """Its time is over."""
    change = decision.change
    change.begin_return()
    await decision.remember("goes back")
    decision.put(TakeBack(change=change.number, target=change.target), key=f"change/{change.number}/take-back")


async def take_back(
    store: Store, organisation: Organisation, hands: Hands, effect: TakeBack, attempt: Attempt
) -> Receipt:
    """Brings back what was before. During a freeze it waits, for that is a change like any other. Facts: `returned`."""
    async with store.look() as unit:
        change, freezes = await unit.changes.get(effect.change), await unit.freezes.all()
    kind = CHANGES.get(change.kind) if change else None
    if change is None or change.plan is None or kind is None or kind.take_back is None:
        return Receipt()
    if organisation.observing:
        return Receipt(facts={RETURNED: "opsbot only observes now (OPSBOT_MODE), so it was not taken back."})
    if not attempt.look and not attempt.note and frozen(change.target, kind, freezes):
        raise Waiting("Changes are frozen.", after=FROZEN_AGAIN)
    try:
        done = await kind.take_back(hands, change.plan, attempt)
    except (GiveUp, Superseded, NotConfigured) as error:
        return Receipt(facts={RETURNED: f"It was not taken back: {error}"})
    return Receipt(facts={RETURNED: done.says})


async def given_back(unit: UnitOfWork, effect: TakeBack, receipt: Receipt, organisation: Organisation) -> None:
    """It is as it was before, or somebody has to look."""
    says = receipt.facts.get(RETURNED, "")
    if not says:
        return
    async with deciding_change(unit, organisation, effect.change) as decision:
        change = decision.change
        change.returned = says
        await decision.remember("went back", detail={"says": says})
        await decision.tell(says)
        slot = slot_of(change, "returned")
        thread = slot_of(change, THREAD if change.threaded else CARD)
        decision.put(Post(place=change.place, slot=slot, thread=thread, message=returned_message(change)), key=slot)
