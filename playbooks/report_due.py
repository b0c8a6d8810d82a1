"""When the report of an incident is owed, and whom it is asked of."""

from datetime import timedelta

from bot.domain.effect import Priority, direct
from bot.domain.incident import Duty, Incident, Status
from bot.domain.playbook import Fact
from bot.domain.timeline import Happening
from playbooks.decision import Decision
from playbooks.messages.report import asked_for, unreported

REPORT_WITHIN = timedelta(hours=24)
"""After resolving."""


def owe_report(decision: Decision) -> None:
    """It is resolved: a report is owed when the playbook has a step for it."""
    decision.incident.owe_report()
    if any(step.done_when is Fact.REPORTED for step in decision.run.playbook.steps()):
        decision.incident.report_due = decision.now + REPORT_WITHIN


def refuse_unreported(decision: Decision) -> None:
    """A report that is owed is written before, or left out by somebody's word: by skipping its step, or in closing."""
    steps = decision.run.playbook.steps()
    wanted = any(step.done_when is Fact.REPORTED and not decision.run.progress(step.key).state.ended for step in steps)
    if wanted and decision.incident.status is Status.RESOLVED and not decision.incident.reported_at:
        raise unreported(decision.incident)


def closed_words(incident: Incident, without_report: str | None) -> str:
    """What the timeline says of closing it."""
    if without_report is None or incident.reported_at:
        return "Closed."
    because = f": {' '.join(without_report.split())}" if without_report.strip() else "."
    return f"Closed without a report{because}"


def ask_for_report(decision: Decision) -> None:
    """It is late: whoever writes it is asked by direct message; from then on it stands on their daily list."""
    incident = decision.incident
    due, incident.report_due = incident.report_due, None
    if incident.open or incident.reported_at or incident.closed_at:
        return
    incident.report_asked = incident.report_asked or due
    decision.notify = True
    decision.tell(Happening.REPORT, "The report is due.")
    if writer := writer_of(incident):
        name = f"inform/{writer}/report-{decision.now:%Y%m%d}"
        message = asked_for(incident, decision.organisation)
        decision.say(name, message, place=direct(writer), urgency=Priority.REMINDER)


def writer_of(incident: Incident) -> str:
    """Who writes it: the scribe, else the commander, else whoever resolved it."""
    return incident.duties.get(Duty.SCRIBE) or incident.commander or incident.resolved_by
