"""What opsbot says of itself when it did not do in time what it should have done."""

from datetime import datetime

from bot.domain.message import Bold, Code, Line, Message, Text
from bot.domain.playbook import Playbook
from bot.domain.run import Run
from playbooks.messages.wording import day_and_time, short


def not_started(playbook: Playbook, at: datetime) -> Message:
    """A playbook that the clock should have started."""
    title = short(playbook.title, 80)
    says: Line = (
        "🔴 ",
        Bold(text=title),
        " should have started ",
        day_and_time(at),
        " and has not. Look at opsbot's log; ",
    )
    return _alert(f"{title} has not started", (*says, "run it by hand: ", Code(text=f"/ops check {playbook.name}")))


def not_ended(run: Run, steps: int) -> Message:
    """A run that looks at something and does not come to an end."""
    title = short(run.playbook.title, 80)
    rest = "one thing has" if steps == 1 else f"{steps} things have"
    says: Line = (
        "🔴 ",
        Bold(text=title),
        " began ",
        day_and_time(run.started_at),
        f" and {rest} not been looked at yet. ",
    )
    return _alert(
        f"{title} does not end", (*says, "Look at opsbot's log; stop it with ", Code(text=f"/runbook stop {run.id}"))
    )


def _alert(summary: str, line: Line) -> Message:
    return Message(summary=f"🔴 {summary}", parts=(Text(lines=(line,)),))
