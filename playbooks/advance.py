"""Moves a run on: steps tick that can be seen to be done, and the next phase opens when all of the last one ended."""

from bot.domain.incident import Status
from bot.domain.playbook import Phase, Since, Step
from bot.domain.run import State
from bot.domain.timeline import Happening
from playbooks.automatic import perform
from playbooks.decision import Decision
from playbooks.facts import holds


def advance(decision: Decision) -> None:
    """Tick steps and open phases until nothing moves any more."""
    while tick(decision) or _open_following(decision):
        pass


def open_phase(decision: Decision) -> Phase | None:
    """Open the next phase: its steps open together, and those of the bot's are begun at once."""
    phase = decision.run.open_next(decision.now, resolved=decision.incident.resolved_at, due=decision.policy.due)
    if phase is None:
        return None
    if phase.status and decision.incident.move(Status(phase.status)):
        decision.tell(Happening.STATUS, f"{phase.title}: {phase.status}.")
    for step in phase.steps:
        if step.auto:
            perform(decision, step)
    return phase


def follows_resolving(phase: Phase) -> bool:
    """Whether a phase belongs to the time after resolving."""
    return phase.window is not None and phase.window.since is Since.RESOLVED


def skip_rest(decision: Decision, note: str, *, by: str) -> None:
    """End all open steps: what they were for has passed."""
    for step in list(decision.run.open_steps()):
        decision.run.end(step.key, State.SKIPPED, by=by, now=decision.now, note=note)


def tick(decision: Decision) -> bool:
    """End the steps whose fact is so or whose question is answered; says whether there were any."""
    seen = [step for step in decision.run.open_steps() if _seen(decision, step)]
    for step in seen:
        decision.run.end(step.key, State.DONE, by="", now=decision.now)
    return bool(seen)


def _seen(decision: Decision, step: Step) -> bool:
    if step.ask:
        return step.ask in decision.incident.answers
    if step.done_when:
        opened = next(decision.run.opened_at(phase) for phase in decision.run.phases if step in phase.steps)
        return holds(step.done_when, decision.incident, opened)
    return False


def _open_following(decision: Decision) -> bool:
    current = decision.run.current
    if decision.incident.status is Status.CLOSED:
        return False
    if current and not decision.run.ended(current):
        return False
    following = decision.run.following
    if following and follows_resolving(following) and decision.incident.open:
        return False
    return open_phase(decision) is not None
