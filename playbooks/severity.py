"""Making an incident better or worse while it is going on: its clocks, its playbook, who is told."""

from bot.domain.effect import direct
from bot.domain.incident import Incident, Severity, Status
from bot.domain.playbook import Phase, Playbook, Step
from bot.domain.run import Progress, Run, State
from bot.domain.timeline import Happening
from playbooks.advance import follows_resolving, open_phase
from playbooks.automatic import perform
from playbooks.decision import Decision
from playbooks.escalation import next_response
from playbooks.messages import inform, news


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
        _switch(decision, playbook)
    else:
        _do_again(decision)


def _tell(decision: Decision, before: Severity, told: tuple[str, ...], *, by: str, reason: str) -> None:
    incident, organisation = decision.incident, decision.organisation
    mark = f"severity-{decision.now:%Y%m%d%H%M%S}-{incident.severity}"
    decision.say(f"post/{mark}", news.severity_changed(incident, before, by, reason, organisation))
    for user in told:
        message = inform.severity_told(incident, before, organisation)
        decision.say(f"inform/{user}/{mark}", message, place=direct(user))


def _switch(decision: Decision, playbook: Playbook) -> None:
    """Begin another playbook at the phase that fits, with what was done so far."""
    former = decision.run
    decision.run = Run(id=former.id + 1, incident=former.incident, playbook=playbook, started_at=decision.now)
    fitting = _fitting(playbook, decision.incident)
    for _ in range(fitting + 1):
        phase = open_phase(decision)
        assert phase
        _carry_over(decision, former, phase)
    for phase in decision.run.phases[:fitting]:
        _pass_over(decision, phase)


def _fitting(playbook: Playbook, incident: Incident) -> int:
    """The phase that an incident of this status is in: the last one that does not lie ahead of it."""
    behind = [index for index, phase in enumerate(playbook.phases) if _reached(phase, incident)]
    return max(behind, default=0)


def _reached(phase: Phase, incident: Incident) -> bool:
    if follows_resolving(phase) or phase.status is None:
        return False
    return Status(phase.status).rank <= incident.status.rank


def _carry_over(decision: Decision, former: Run, phase: Phase) -> None:
    """A person's step of the same words is as far as it was."""
    known = {step.text: former.progress(step.key) for step in former.playbook.steps()}
    for step in phase.steps:
        if step.text in known and _for_people(step):
            decision.run.steps[step.key] = known[step.text]


def _pass_over(decision: Decision, phase: Phase) -> None:
    """What people would have done in a phase that lies behind is not asked of them any more."""
    note = f"INC-{decision.incident.number} was past this when it became {decision.incident.severity}."
    for step in phase.steps:
        answered = step.ask in decision.incident.answers
        if _for_people(step) and not answered and decision.run.progress(step.key).state is State.OPEN:
            decision.run.steps[step.key] = Progress(state=State.SKIPPED, at=decision.now, note=note)


def _for_people(step: Step) -> bool:
    return not (step.auto or step.done_when)


def _do_again(decision: Decision) -> None:
    """The playbook is the same: what the bot does by itself may reach further at the new severity."""
    for phase in decision.run.phases:
        for step in phase.steps:
            if step.auto:
                perform(decision, step)
