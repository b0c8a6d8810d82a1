"""What time alone makes of a change: nobody agreed in time, it did not begin soon enough, a review is overdue."""

from bot.domain.change_stage import Stage
from bot.domain.effect import Post, Priority, direct
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.authorization import Rules
from playbooks.change_decision import ChangeDecision, deciding_change, slot_of
from playbooks.change_door import groups_for
from playbooks.change_follow_up import ask_for_follow_up
from playbooks.change_return import give_back
from playbooks.messages.change import ASKED, review_overdue
from playbooks.messages.change_told import expiring


async def change_is_due(store: Store, organisation: Organisation, number: int) -> None:
    """Does what is due about a change."""
    async with store.begin() as unit, deciding_change(unit, organisation, number) as decision:
        if decision.change.expire(decision.now):
            await decision.remember("expired")
            await decision.tell("expired")
        change = decision.change
        if change.stage is Stage.WAITING and change.warning_due and change.warning_due <= decision.now:
            _warn(decision)
        if change.lent and change.returns_at and change.returns_at <= decision.now:
            await give_back(decision)
        if change.follow_up_due and change.follow_up_due <= decision.now:
            await ask_for_follow_up(decision)
        if (
            change.awaits_review
            and change.review_due
            and change.review_due <= decision.now
            and not change.review_overdue
        ):
            change.review_overdue = True
            await decision.remember("review overdue")
            await _tell_leads(decision)


def _warn(decision: ChangeDecision) -> None:
    """It will soon be too late: whoever could still agree hears of it once, and whoever asked."""
    change = decision.change
    change.warned = True
    agreed = {each.by for each in change.agreements}
    asked = sorted(name.removeprefix(f"{ASKED}/") for name in change.shown if name.startswith(f"{ASKED}/"))
    for user in dict.fromkeys((*(each for each in asked if each not in agreed), change.requested_by)):
        slot = slot_of(change, f"expiring/{change.round}/{user}")
        message = expiring(change, user)
        decision.put(Post(place=direct(user), slot=slot, message=message, urgency=Priority.REMINDER), key=slot)


async def _tell_leads(decision: ChangeDecision) -> None:
    organisation, change = decision.organisation, decision.change
    members = await decision.unit.memberships.of(groups_for(organisation, change.kind))
    rules = Rules(organisation=organisation, now=decision.now, members=members)
    for user in rules.people(organisation.changes.leads):
        slot = slot_of(change, f"overdue/{user}")
        message = review_overdue(change)
        decision.put(Post(place=direct(user), slot=slot, message=message, urgency=Priority.REMINDER), key=slot)
