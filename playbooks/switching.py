"""Begins a playbook in the middle of an incident: where the incident stands, with what was done so far."""

from collections.abc import Collection

from bot.domain.incident import Incident, Status
from bot.domain.playbook import Phase, Playbook, Step
from bot.domain.run import Progress, Run, State
from playbooks.advance import follows_resolving, open_phase
from playbooks.decision import Decision


def switch(decision: Decision, playbook: Playbook, *, kept: Collection[State], note: str) -> None:
    """Begin a new run at the phase that fits; the run so far stays as history.

    A step of the same words is as far as it was if that is one of `kept`. What people would have done in the phases
    that lie behind is skipped, for the reason in `note`; what the bot does by itself it does if it has not.
    """
    former = decision.run
    decision.run = Run(id=former.id + 1, incident=former.incident, playbook=playbook, started_at=decision.now)
    fitting = _fitting(playbook, decision.incident)
    for _ in range(fitting + 1):
        phase = open_phase(decision)
        assert phase
        _carry_over(decision, former, phase, kept)
    for phase in decision.run.phases[:fitting]:
        _pass_over(decision, phase, note)


def _fitting(playbook: Playbook, incident: Incident) -> int:
    """The phase that an incident of this status is in: the last one that does not lie ahead of it."""
    behind = [index for index, phase in enumerate(playbook.phases) if _reached(phase, incident)]
    return max(behind, default=0)


def _reached(phase: Phase, incident: Incident) -> bool:
    if follows_resolving(phase) or phase.status is None:
        return False
    return Status(phase.status).rank <= incident.status.rank


def _carry_over(decision: Decision, former: Run, phase: Phase, kept: Collection[State]) -> None:
    """A person's step of the same words is as far as it was."""
    known = {step.text: former.progress(step.key) for step in former.playbook.steps()}
    for step in phase.steps:
        if step.text in known and _for_people(step) and known[step.text].state in kept:
            decision.run.steps[step.key] = known[step.text]


def _pass_over(decision: Decision, phase: Phase, note: str) -> None:
    """What people would have done in a phase that lies behind is not asked of them any more."""
    for step in phase.steps:
        answered = step.ask in decision.incident.answers
        if _for_people(step) and not answered and decision.run.progress(step.key).state is State.OPEN:
            decision.run.steps[step.key] = Progress(state=State.SKIPPED, at=decision.now, note=note)


def _for_people(step: Step) -> bool:
    return not (step.auto or step.done_when)
