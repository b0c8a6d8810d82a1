"""What the clock does about one incident when something of it is due."""

from bot.domain.incident import Incident
from bot.domain.timeline import Happening
from bot.organisation import SeverityPolicy
from playbooks.decision import Decision
from playbooks.escalation import escalate
from playbooks.leavers import look_up
from playbooks.looks import seek, watch
from playbooks.page_news import delayed
from playbooks.report_due import ask_for_report
from playbooks.tasks import remind_owners


async def remind(decision: Decision) -> None:
    """Everything that is due by now, once; each due time moves on with it.

    Late steps need nothing here: they are due by themselves, and every decision looks for the next.
    """
    incident, now = decision.incident, decision.now
    if incident.paging_due and incident.paging_due <= now:
        await delayed(decision)
    if incident.watch_until and incident.watch_until <= now:
        incident.end_watch(now)
        decision.tell(Happening.STATUS, "The watch over the fix has ended.")
    if incident.look_due and incident.look_due <= now:
        (watch if incident.mitigated_at else seek)(decision)
    if incident.response_due and incident.response_due <= now:
        escalate(decision)
    if incident.task_due and incident.task_due <= now:
        remind_owners(decision)
    if incident.report_due and incident.report_due <= now:
        ask_for_report(decision)
    if incident.update_due and incident.update_due <= now:
        _ask_for_update(decision, incident, decision.policy)


def _ask_for_update(decision: Decision, incident: Incident, policy: SeverityPolicy) -> None:
    """Asked once, however many times it would have been since: next time is the first that lies ahead."""
    assert incident.update_due
    following = incident.update_due
    while following <= decision.now:
        following = policy.update_due(following)
    incident.ask_for_update(following)
    look_up(decision, incident.duties.values())
    decision.notify = True
