"""Reaches more people on somebody's word: the next rung of the escalation, or one person, role or policy."""

from bot.domain.delivery import Delivery
from bot.domain.effect import Priority, room
from bot.domain.errors import Refused
from bot.domain.incident import REOPEN, Incident
from bot.domain.message import Code
from bot.domain.page import Page, Paging
from bot.domain.timeline import Happening
from bot.organisation import Escalation, Organisation
from bot.store.unit_of_work import Store
from playbooks.automatic import page_effect
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.escalation import next_response, reach
from playbooks.messages import news
from playbooks.page_target import refuse_unreachable
from playbooks.telephone import phone_of

UNANSWERED = {Paging.FAILED, Paging.UNNOTICED}
"""A page that reached nobody may be sent again."""

ANSWERED = {
    Paging.NONE: "nothing has come of it yet",
    Paging.SENDING: "PagerDuty does not have it yet",
    Paging.DELAYED: "PagerDuty does not have it yet",
    Paging.SENT: "PagerDuty has it, and has notified nobody yet",
    Paging.NOTIFIED: "it rang, and nobody has acknowledged it",
    Paging.ACKNOWLEDGED: "it was acknowledged",
}
"""What became of a page so far."""


class Reaching:
    """What people do to have somebody woken or told at once."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._organisation = organisation
        self._deciding = Deciding(store=store, organisation=organisation)

    async def escalate(
        self, number: int, *, by: str, delivery: Delivery, climbed: int | None = None
    ) -> tuple[Incident, Escalation]:
        """Climbs the next rung now, whatever the clock says; refused when more than `climbed` are climbed by now."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            _refuse_when_not_real(incident, "Nobody is escalated to")
            rung = _next_rung(decision, climbed)
            reach(decision, rung, incident.escalated)
            incident.escalated += 1
            incident.response_due = next_response(incident, decision.policy, decision.now)
            decision.tell(Happening.ESCALATION, news.escalation_words([rung], decision.organisation), by=by)
            name = f"post/escalated-{incident.severity}-{incident.escalated}-{incident.severity_since:%H%M%S}"
            decision.say(name, news.escalated_by(incident, rung, by, decision.organisation))
        return decision.incident, rung

    async def page(self, number: int, target: str, why: str, *, by: str, delivery: Delivery) -> Incident:
        """Wakes a person, a role or a policy now; the room sees what becomes of it."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            _refuse_when_not_real(incident, "Nobody is paged")
            refuse_unreachable(self._organisation, target)
            _refuse_when_paged(incident, target, self._organisation)
            incident.paged[target] = Page(state=Paging.SENDING, at=decision.now, asked_by=by, reason=why.strip())
            decision.put(page_effect(decision, target))
            because = f": {why.strip()}" if why.strip() else ""
            decision.tell(Happening.PAGE, f"Paging {self._organisation.title(target)}{because}", by=by)
            if "card" in incident.shown:
                decision.show(f"paged/{target}", room(incident.number), Priority.ANSWER)
        return decision.incident


def _next_rung(decision: Decision, climbed: int | None) -> Escalation:
    incident, rungs = decision.incident, decision.policy.escalation
    if climbed is not None and climbed != incident.escalated:
        raise Refused("That button is out of date: the escalation went further already.")
    if incident.escalated >= len(rungs):
        page = Code(text="/incident page @person")
        raise Refused("Everybody on the escalation list has been reached. To wake somebody else: ", page, ".")
    return rungs[incident.escalated]


def _refuse_when_not_real(incident: Incident, what: str) -> None:
    if incident.drill:
        raise Refused(f"{incident.key} is a drill. {what}; play it without.")
    if not incident.open:
        raise Refused(f"{incident.key} is {incident.status}. {what}; reopen it first: ", REOPEN, ".")


def _refuse_when_paged(incident: Incident, target: str, organisation: Organisation) -> None:
    page = incident.paged.get(target)
    if page and page.state not in UNANSWERED:
        phone = phone_of(target, organisation)
        call = f" Call {phone}." if phone else " Call them."
        raise Refused(f"{organisation.title(target)} was paged already; {ANSWERED[page.state]}.{call}")
