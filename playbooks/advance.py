"""Moves a run on: steps tick that can be seen to be done, and the next phase opens when all of the last one ended."""

from bot.domain.incident import Status
from bot.domain.playbook import Phase, Since, Step
from bot.domain.run import State, elapsed
from bot.domain.timeline import Happening
from playbooks.automatic import perform
from playbooks.decision import Decision, RunDecision
from playbooks.facts import holds
from playbooks.looks import look_for
from playbooks.sight import is_only_looked_at


def advance(decision: RunDecision) -> None:
    """Tick steps and open phases until nothing moves any more."""
    while tick(decision) or _open_following(decision):
        pass


def open_phase(decision: RunDecision) -> Phase | None:
    """Open the next phase: its steps open together, and those of the bot's are begun at once."""
    about = decision.about
    resolved, due = (about.incident.resolved_at, about.policy.due) if about else (None, elapsed)
    phase = decision.run.open_next(decision.now, resolved=resolved, due=due)
    if phase is None:
        return None
    if phase.status and about and about.incident.move(Status(phase.status)):
        decision.tell(Happening.STATUS, f"{phase.title}: {phase.status}.")
    for step in phase.steps:
        if step.auto:
            perform(decision, step)
    look_for(decision, phase)
    return phase


def follows_resolving(phase: Phase) -> bool:
    """Whether a phase belongs to the time after resolving."""
    return phase.window is not None and phase.window.since is Since.RESOLVED


def awaits_resolving(decision: RunDecision, phase: Phase) -> bool:
    """Whether a phase cannot open yet, because its incident is not resolved."""
    return follows_resolving(phase) and decision.about is not None and decision.about.incident.open


def skip_rest(decision: RunDecision, note: str, *, by: str) -> None:
    """End all open steps: what they were for has passed."""
    for step in list(decision.run.open_steps()):
        decision.run.end(step.key, State.SKIPPED, by=by, now=decision.now, note=note)


def stop_beside(decision: Decision, *, by: str) -> None:
    """End the runs beside an incident that is put away."""
    for each in decision.beside.values():
        if not each.over:
            each.run.stop(by, decision.now)


def tick(decision: RunDecision) -> bool:
    """End the steps whose fact is so or whose question is answered; says whether there were any."""
    seen = [step for step in decision.run.open_steps() if _seen(decision, step)]
    for step in seen:
        decision.run.end(step.key, State.DONE, by="", now=decision.now)
    return bool(seen)


def _seen(decision: RunDecision, step: Step) -> bool:
    opened = next(decision.run.opened_at(phase) for phase in decision.run.phases if step in phase.steps)
    if decision.about is None:
        return is_only_looked_at(step) and decision.sight.looked(step, opened)
    incident = decision.about.incident
    if step.ask:
        return step.ask in incident.answers
    return holds(step.done_when, incident, opened) if step.done_when else False


def _open_following(decision: RunDecision) -> bool:
    current, following = decision.run.current, decision.run.following
    start = decision.run.start
    together = start is not None and start.sheet is not None
    if decision.over or (current and not decision.run.ended(current) and not together):
        return False
    if following and awaits_resolving(decision, following):
        return False
    return open_phase(decision) is not None
