"""What is said of playbooks as such, and of their runs: found, shown, started, in trouble."""

from bot.domain.message import Controls, Message, paragraph, sentence
from bot.domain.run import Run
from playbooks.messages import controls
from playbooks.messages.wording import short


def run_started(run: Run) -> Message:
    """For whoever typed it; the steps show by themselves."""
    return sentence(f"Started run {run.id}: {short(run.playbook.title)}. Its steps show here in a moment.")


def run_stopped(run: Run) -> Message:
    """For whoever typed it."""
    return sentence(f"Stopped run {run.id}: {short(run.playbook.title)}.")


def run_failed(run: Run, why: str, *, again: int) -> Message:
    """Something of a run could not be shown."""
    told = f"{short(run.playbook.title)} (run {run.id}): opsbot {short(why, 300).rstrip('.')}."
    return Message(summary=told, parts=(paragraph(told), Controls(controls=(controls.try_again(again),))))
