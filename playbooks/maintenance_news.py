"""What a carried-out effect changes of a maintenance: a notice has arrived, or cannot; and what speaks against one."""

import re

from bot.domain.effect import Effect, Post, Priority, direct
from bot.domain.incident import Severity
from bot.domain.maintenance import Maintenance
from bot.domain.maintenance_notice import MailNotice, PublishMaintenance, Way
from bot.domain.maintenance_window import EndMaintenance, OpenMaintenance
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.maintenance_decision import CARD, MaintenanceDecision, deciding_maintenance, published, slot_of
from playbooks.maintenance_hush import learn_hushed, maintenance_of, not_hushed
from playbooks.maintenance_run import bind_thread
from playbooks.messages.maintenance import WAYS, Against
from playbooks.messages.maintenance_asked import not_told

SLOT = re.compile(r"maintenance/(?P<number>\d{1,9})/(?P<name>.+)")
TOLD = "told/"
GRAVE = {Severity.CRITICAL, Severity.HIGH}
"""While an incident so bad is open, no maintenance should begin."""


async def learn_maintained(unit: UnitOfWork, effect: Effect, organisation: Organisation) -> None:
    """An effect was carried out, perhaps one of a maintenance."""
    if isinstance(effect, PublishMaintenance):
        async with deciding_maintenance(unit, organisation, effect.maintenance) as decision:
            published(decision.maintenance, effect.number, decision)
            decision.maintenance.reach(effect.notice, Way.PAGE, decision.now)
    if isinstance(effect, MailNotice):
        async with deciding_maintenance(unit, organisation, effect.maintenance) as decision:
            decision.maintenance.reach(effect.notice, Way.MAIL, decision.now)
    if isinstance(effect, OpenMaintenance | EndMaintenance) and (number := maintenance_of(effect.mark)):
        async with deciding_maintenance(unit, organisation, number) as decision:
            learn_hushed(decision, effect)
    if (found := _posted(effect)) is None:
        return
    number, name = found
    if name == CARD or name.startswith(TOLD):
        async with deciding_maintenance(unit, organisation, number) as decision:
            if name == CARD:
                await bind_thread(decision)
            else:
                decision.maintenance.reach(name.removeprefix(TOLD), Way.CHANNEL, decision.now)


async def not_maintained(unit: UnitOfWork, effect: Effect, reason: str, organisation: Organisation) -> None:
    """A notice cannot get where it should be: the card says so."""
    if isinstance(effect, PublishMaintenance):
        async with deciding_maintenance(unit, organisation, effect.maintenance) as decision:
            _failed(decision, effect.notice, Way.PAGE, reason)
    if isinstance(effect, MailNotice):
        async with deciding_maintenance(unit, organisation, effect.maintenance) as decision:
            _failed(decision, effect.notice, Way.MAIL, reason)
    if isinstance(effect, OpenMaintenance | EndMaintenance) and (number := maintenance_of(effect.mark)):
        async with deciding_maintenance(unit, organisation, number) as decision:
            not_hushed(decision, effect, reason)
    if found := _posted(effect):
        async with deciding_maintenance(unit, organisation, found[0]) as decision:
            if found[1].startswith(TOLD):
                _failed(decision, found[1].removeprefix(TOLD), Way.CHANNEL, reason)
            else:
                _tell_directly(decision, reason)


def _failed(decision: MaintenanceDecision, notice: str, way: Way, reason: str) -> None:
    """The card says so, and whoever is on call is told."""
    decision.maintenance.fail(notice, way, reason)
    what = f"not everybody was told ({WAYS[way]}, {notice.replace('-', ' ')})"
    decision.ask(f"failed/{notice}/{way}", not_told(decision.maintenance, what, reason, decision.on_call))


def _tell_directly(decision: MaintenanceDecision, reason: str) -> None:
    """The channel of those who do it cannot be reached: whoever is on call is told, once."""
    of = decision.maintenance
    message = not_told(of, "opsbot cannot ask about it where it should", reason, ())
    for user in decision.on_call:
        slot = slot_of(of, f"direct/{user}")
        decision.put(Post(place=direct(user), slot=slot, message=message, urgency=Priority.ANSWER), key=slot)


async def against(unit: UnitOfWork, of: Maintenance) -> Against:
    """What speaks against beginning it, as things stand."""
    freezes = [each for each in await unit.freezes.all() if not each.service or each.service in of.services]
    grave = [each for each in await unit.incidents.open() if each.severity in GRAVE and not each.private]
    return Against(freezes=freezes, incidents=[each for each in grave if not each.drill])


def _posted(effect: Effect) -> tuple[int, str] | None:
    """The maintenance of which a message was posted, and which of its messages."""
    found = SLOT.fullmatch(effect.slot) if isinstance(effect, Post) else None
    return (int(found["number"]), found["name"]) if found else None
