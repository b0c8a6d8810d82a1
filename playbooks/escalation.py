"""The response-time escalation: who is reached while nobody has acknowledged an incident, or nobody commands it."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.effect import direct
from bot.domain.incident import Incident
from bot.domain.page import Page, Paging
from bot.domain.timeline import Happening
from bot.organisation import Escalation, Reach, SeverityPolicy
from playbooks.automatic import page_effect
from playbooks.decision import Decision
from playbooks.messages import inform, news


def next_response(incident: Incident, policy: SeverityPolicy, now: datetime) -> datetime | None:
    """When the escalation next has something to do: a rung to climb, or to say that nobody has answered in time."""
    if incident.answered or not incident.open or incident.drill:
        return None
    since = incident.severity_since
    rungs = (policy.due(since, rung.after) for rung in policy.escalation[incident.escalated :])
    return min((moment for moment in (policy.response_due(since), *rungs) if moment > now), default=None)


def escalate(decision: Decision) -> None:
    """Climb all rungs that are due, if the incident is still not answered."""
    incident, policy = decision.incident, decision.policy
    if not incident.answered and incident.open:
        due = _due_rungs(decision)
        for index, rung in enumerate(due, start=incident.escalated):
            reach(decision, rung, index)
        if due:
            decision.tell(Happening.ESCALATION, news.escalation_words(due, decision.organisation))
            incident.escalated += len(due)
            name = f"post/escalation-{incident.severity}-{incident.escalated}-{incident.severity_since:%H%M%S}"
            decision.say(name, news.escalated(incident, due, decision.organisation))
    incident.response_due = next_response(incident, policy, decision.now)


def _due_rungs(decision: Decision) -> Sequence[Escalation]:
    incident, policy = decision.incident, decision.policy
    left = policy.escalation[incident.escalated :]
    return [rung for rung in left if policy.due(incident.severity_since, rung.after) <= decision.now]


def reach(decision: Decision, rung: Escalation, index: int) -> None:
    """Page or tell whoever is on a rung."""
    match rung.how:
        case Reach.PAGE:
            _page(decision, rung.target)
        case Reach.INFORM:
            _inform(decision, rung.target, index)


def _page(decision: Decision, target: str) -> None:
    """Wake a target, once for an incident, however often it is on a ladder."""
    incident = decision.incident
    if target in incident.paged:
        return
    incident.paged[target] = Page(state=Paging.SENDING, at=decision.now)
    decision.put(page_effect(decision, target))


def _inform(decision: Decision, target: str, index: int) -> None:
    incident, organisation = decision.incident, decision.organisation
    users = [member.slack for member in organisation.members([target])]
    if not incident.private:
        incident.inform(users)
    for user in users:
        knows = not incident.private or incident.knows(user)
        if not knows:
            incident.call(user)
        room = incident.room if knows else ""
        message = inform.escalated_to(incident, target, organisation, room=room or None, knows=knows)
        name = f"inform/{user}/escalation-{incident.severity}-{index}-{incident.severity_since:%H%M%S}"
        decision.say(name, message, place=direct(user), neutral=not knows)
