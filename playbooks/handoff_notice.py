"""An hour before the on-call is handed over both people hear of it, so that neither is taken by surprise.

It is put as soon as it is known when the handoff comes, and is due an hour before: so it survives restarts, and one
that has been moved since says nothing.
"""

from bot.domain.effect import Effect, Post, Priority, Receipt, direct
from bot.domain.handoff import NOTICE, GiveNotice
from bot.domain.playbook import Kind, Playbook
from bot.domain.schedule import Slot
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.handing_over import handoff_of
from playbooks.messages.handoff import soon_from_you, soon_yours


async def expect_notice(unit: UnitOfWork, playbook: Playbook, slot: Slot, organisation: Organisation) -> None:
    """Put it for a handoff that comes then, where it can be known who is on call."""
    policy = organisation.paging.escalation_policy
    if playbook.kind is Kind.HANDOFF and policy and slot.at - NOTICE >= unit.now:
        notice = GiveNotice(playbook=playbook.name, policy=policy, at=slot.at)
        await unit.outbox.put(notice, key=f"notice/{playbook.name}/{slot.local}", at=slot.at - NOTICE)


async def give_notice(unit: UnitOfWork, effect: Effect, receipt: Receipt, organisation: Organisation) -> None:
    """It is known who they are: both are told, unless nothing changes hands, or not then any more."""
    if not isinstance(effect, GiveNotice):
        return
    row = (await unit.slots.timetable()).get(effect.playbook)
    handoff = handoff_of(receipt, organisation, unit.now)
    if row is None or row.at != effect.at or not handoff.changes_hands:
        return
    told = {handoff.outgoing: soon_from_you, handoff.incoming: soon_yours}
    for user, message in told.items():
        if user:
            key = f"notice/{effect.playbook}/{effect.at:%Y%m%dT%H%M}/{user}"
            said = message(handoff, effect.at)
            await unit.outbox.put(Post(place=direct(user), slot=key, message=said, urgency=Priority.REMINDER), key=key)
