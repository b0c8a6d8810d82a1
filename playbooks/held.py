"""What is told while something waits for somebody outside: on the step that waits, and to whom an alert would be lost."""

from datetime import timedelta

from bot.domain.alert import Suggestion
from bot.domain.changing import CarryOut
from bot.domain.effect import Effect, FindChannel, Post, Priority, channel, direct
from bot.domain.incident import Severity
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.alert_looks import slot
from playbooks.change_decision import deciding_change
from playbooks.deciding import Deciding
from playbooks.messages.alert import told_directly

LOST = timedelta(days=1)
"""Alerts of longer ago are nobody's news any more."""


async def held(unit: UnitOfWork, deciding: Deciding, effect: Effect, what: str, organisation: Organisation) -> None:
    """An effect waits for `what`. It is told once, though this is called each time it is tried."""
    if isinstance(effect, CarryOut):
        async with deciding_change(unit, organisation, effect.change) as decision:
            decision.change.get_on(f"It had to wait for {what}.")
    if not isinstance(effect, FindChannel):
        return
    if effect.name == organisation.channels.critical_incidents:
        await _say_on_steps(unit, deciding, f"waiting for {what}")
    if effect.name == organisation.channels.alerts:
        for suggestion in await unit.alerts.seen_since(unit.now - LOST):
            if not await unit.bindings.find(slot(suggestion)):
                await _tell_directly(unit, suggestion, f"opsbot waits for {what}", organisation)


async def lost(unit: UnitOfWork, effect: Effect, reason: str, organisation: Organisation) -> None:
    """An alert's message could not be posted at all, because opsbot was taken out of its channel, for example."""
    if not isinstance(effect, Post) or effect.place != channel(organisation.channels.alerts):
        return
    for suggestion in await unit.alerts.seen_since(unit.now - LOST):
        if slot(suggestion) == effect.slot:
            why = reason.rstrip(".")
            await _tell_directly(unit, suggestion, why, organisation)


async def _say_on_steps(unit: UnitOfWork, deciding: Deciding, note: str) -> None:
    """The steps that wait for the announcement say so."""
    for incident in await unit.incidents.unclosed():
        run = await unit.runs.current(incident.number)
        if run and run.is_held("announcement", note):
            async with deciding.within(unit, incident.number) as decision:
                decision.run.hold("announcement", note)


async def _tell_directly(unit: UnitOfWork, suggestion: Suggestion, why: str, organisation: Organisation) -> None:
    """The alerts channel cannot be reached: those are told who would respond, each once."""
    if not suggestion.undecided:
        return
    policy = organisation.severity(suggestion.severity or Severity.HIGH)
    rest = [rung.target for rung in policy.escalation]
    for member in organisation.members(policy.responders) or organisation.members(rest):
        name = f"{slot(suggestion)}/direct/{member.slack}"
        message = told_directly(suggestion, organisation, why)
        post = Post(place=direct(member.slack), slot=name, message=message, urgency=Priority.ANSWER)
        await unit.outbox.put(post, key=name)
