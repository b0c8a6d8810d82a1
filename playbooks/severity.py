"""Making an incident better or worse while it is going on: its clocks, its playbook, who is told."""

from bot.domain.effect import direct
from bot.domain.incident import Severity
from bot.domain.playbook import Playbook
from bot.domain.run import State
from bot.domain.timeline import Happening
from playbooks.automatic import perform
from playbooks.decision import Decision
from playbooks.escalation import next_response
from playbooks.messages import inform, news
from playbooks.switching import switch


def change_severity(decision: Decision, severity: Severity, playbook: Playbook, *, by: str, reason: str) -> None:
    """Everything that follows from a new severity.

    Its own playbook is begun where the incident stands; the run so far stays as history. What the bot did already is
    done, questions that were answered are answered, and a step of the same words is as far as it was. The rest of the
    phases that lie behind are skipped; whatever the bot does by itself at this severity and has not done is done now.
    """
    incident = decision.incident
    told = incident.informed
    update_due = decision.organisation.severity(severity).update_due(decision.now)
    before = incident.change_severity(severity, decision.now, update_due=update_due)
    incident.response_due = next_response(incident, decision.policy, decision.now)
    decision.tell(Happening.SEVERITY, f"{before} → {severity}" + (f": {reason}" if reason else ""), by=by)
    _tell(decision, before, told, by=by, reason=reason)
    if playbook.digest != decision.run.playbook.digest:
        note = f"{incident.key} was past this when it became {severity}."
        switch(decision, playbook, kept=frozenset(State), note=note)
    else:
        _do_again(decision)


def _tell(decision: Decision, before: Severity, told: tuple[str, ...], *, by: str, reason: str) -> None:
    incident, organisation = decision.incident, decision.organisation
    mark = f"severity-{decision.now:%Y%m%d%H%M%S}-{incident.severity}"
    decision.say(f"post/{mark}", news.severity_changed(incident, before, by, reason, organisation))
    for user in told:
        message = inform.severity_told(incident, before, organisation)
        decision.say(f"inform/{user}/{mark}", message, place=direct(user))


def _do_again(decision: Decision) -> None:
    """The playbook is the same: what the bot does by itself may reach further at the new severity."""
    for phase in decision.run.phases:
        for step in phase.steps:
            if step.auto:
                perform(decision, step)
