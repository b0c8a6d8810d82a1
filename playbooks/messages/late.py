"""What is late of a standalone run: a reminder in the thread of its phase, edited in place, that goes with the last step."""

from collections.abc import Sequence

from bot.domain.incident import Incident
from bot.domain.message import Line, Message, Text, plain
from bot.domain.run import Run
from playbooks.due_now import Late
from playbooks.messages.step import ordinal, owner_of, run_time, short_line
from playbooks.messages.wording import short, step_count

MOST_LATE = 5


def late_message(incident: Incident | None, run: Run, late: Sequence[Late]) -> Message:
    """The open steps whose time is over, and since when."""
    head: Line = (f"{step_count(len(late))} late since ", run_time(run, late[0].since))
    lines = tuple(late_line(incident, run, each) for each in late[:MOST_LATE])
    rest = len(late) - MOST_LATE
    more: tuple[Line, ...] = ((f"And {rest} more.",),) if rest > 0 else ()
    summary = f"{short(run.playbook.title, 80)}: {plain(head)}"
    return Message(summary=summary, parts=(Text(lines=(head, *lines, *more)),))


def late_line(incident: Incident | None, run: Run, late: Late) -> Line:
    """`☐ 2. Which services are affected? — @ana`"""
    owner = owner_of(incident, late.step, run.progress(late.step.key))
    whose: Line = (" — ", owner) if owner else ()
    return (f"☐ {ordinal(late.step)}. ", *short_line(late.step.line), *whose)
