"""Handing over the on-call: both are told by direct message, and an incoming person who does not accept is asked again."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.effect import Post, Priority, Receipt, direct
from bot.domain.errors import Refused
from bot.domain.handoff import Handoff, LookWhoHandsOver
from bot.domain.message import Message, Person
from bot.domain.playbook import Fact, Step
from bot.domain.run import Run
from bot.organisation import Member, Organisation
from playbooks.decision import RunDecision
from playbooks.messages import handoff as messages
from playbooks.timetable import owners

HAND_OVER = "hand-over"


def accepting(run: Run) -> Step | None:
    """The open step by which the incoming person accepts."""
    return next((step for step in run.open_steps() if step.done_when is Fact.ACCEPTED), None)


def next_nudge(run: Run) -> datetime | None:
    """When somebody is told next that a run's handoff was not accepted."""
    return run.handoff.next_due if run.handoff and accepting(run) else None


def learn_who(decision: RunDecision, receipt: Receipt) -> None:
    """It is known who hands over to whom: both are told, and the step is done."""
    if why := receipt.facts.get("why"):
        _cannot_tell(decision, why)
        return
    found = handoff_of(receipt, decision.organisation, decision.now)
    if not found.incoming_name:
        _tell_of_gap(decision, found)
        return
    decision.run.handoff = found
    for step in decision.run.accomplish(HAND_OVER, decision.now):
        decision.run.explain(step.key, messages.who_to_whom(found))
    _tell_both(decision, found)


def handoff_of(receipt: Receipt, organisation: Organisation, now: datetime) -> Handoff:
    """The people, as PagerDuty says."""
    facts = receipt.facts
    outgoing = organisation.person_by_pagerduty(facts.get("outgoing", ""))
    incoming = organisation.person_by_pagerduty(facts.get("incoming", ""))
    return Handoff(
        since=now,
        outgoing=outgoing.slack if outgoing else "",
        incoming=incoming.slack if incoming else "",
        outgoing_name=outgoing.name if outgoing else facts.get("outgoing_name", ""),
        incoming_name=incoming.name if incoming else facts.get("incoming_name", ""),
    )


def _cannot_tell(decision: RunDecision, why: str) -> None:
    """Somebody in the channel has to tell them."""
    decision.run.fail(HAND_OVER, reason=f"{why.rstrip('.')}; tell both yourself", effect=None)


def _tell_of_gap(decision: RunDecision, handoff: Handoff) -> None:
    """Nobody takes over: whoever was on call, and the owner, hear of it at once."""
    decision.run.fail(HAND_OVER, reason="nobody is on call in PagerDuty from now on; put somebody on", effect=None)
    leads = [each.slack for each in owners(decision.run.playbook, decision.organisation)]
    users = [*([handoff.outgoing] if handoff.outgoing else []), *leads]
    _tell(decision, "gap", users, messages.nobody_takes_over(decision.run, handoff))


def _tell_both(decision: RunDecision, handoff: Handoff) -> None:
    if handoff.incoming:
        step = accepting(decision.run)
        _tell(decision, "begins", [handoff.incoming], messages.taking_over(decision.run, step, handoff))
    if handoff.outgoing and handoff.changes_hands:
        _tell(decision, "begins", [handoff.outgoing], messages.handing_over(decision.run, handoff))


def remind_of_handoff(decision: RunDecision) -> None:
    """Nobody accepted in time: first the incoming person hears of it again, then the outgoing one and the owner do."""
    run, handoff = decision.run, decision.run.handoff
    step = accepting(run)
    if handoff is None or step is None or handoff.next_due is None or handoff.next_due > decision.now:
        return
    if not handoff.nudged_at:
        run.handoff = handoff.nudge(decision.now)
        if handoff.incoming:
            _tell(decision, "nudge", [handoff.incoming], messages.not_accepted_yet(run, step, handoff))
            return
    run.handoff = handoff.escalate()
    incoming = decision.organisation.person_by_slack(handoff.incoming)
    leads = _without(owners(run.playbook, decision.organisation), handoff)
    others = [handoff.outgoing] if handoff.outgoing and handoff.changes_hands else []
    message = messages.not_accepted(handoff, incoming, decision.organisation.paging.phone_fallback)
    _tell(decision, "escalated", [*others, *leads], message)


def accept(decision: RunDecision, step: Step, *, by: str) -> None:
    """Somebody presses that they have it; refused for whoever hands over, as long as somebody else takes over."""
    handoff = decision.run.handoff
    if step.done_when is not Fact.ACCEPTED or handoff is None:
        return
    if handoff.outgoing == by and handoff.changes_hands:
        whom = Person(user=handoff.incoming) if handoff.incoming else handoff.incoming_name or "whoever takes over"
        raise Refused("You hand over, so ", whom, " presses it.")
    others = {handoff.outgoing, handoff.incoming} - {by, ""}
    if handoff.changes_hands or by != handoff.incoming:
        _tell(decision, "accepted", sorted(others), messages.accepted(handoff, by))


def _without(members: Iterable[Member], handoff: Handoff) -> list[str]:
    return [each.slack for each in members if each.slack not in {handoff.incoming, handoff.outgoing}]


def _tell(decision: RunDecision, what: str, users: Iterable[str], message: Message) -> None:
    for user in dict.fromkeys(users):
        slot = decision.slot(f"handoff/{what}/{user}")
        decision.put(Post(place=direct(user), slot=slot, message=message, urgency=Priority.REMINDER), key=slot)


def hand_over(decision: RunDecision) -> str:
    """Has it looked who hands over to whom; answers why that cannot be known."""
    policy = decision.organisation.paging.escalation_policy
    if not policy:
        return "opsbot.yaml does not say who is paged; tell both yourself"
    sheet = decision.run.start.sheet if decision.run.start else None
    at = sheet.due if sheet else decision.now
    decision.put(LookWhoHandsOver(run=decision.run.id, policy=policy, at=at))
    return ""
