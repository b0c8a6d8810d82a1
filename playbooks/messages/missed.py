"""Checks that did not run: a sentence for each, in one message for its channel and for its owner."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.message import Bold, Code, Line, Message, Text
from bot.domain.playbook import Playbook
from bot.domain.schedule import Slot
from playbooks.messages.wording import day_and_time, moment, short

MOST = 8
"""Times that are named; of more, the first and the last say enough."""


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A playbook, and its slots in which it did not run, in order."""

    playbook: Playbook
    slots: Sequence[Slot]


def missed_message(missed: Sequence[Missed]) -> Message:
    """What did not run and when, why, and how it is run now: a long outage is one message."""
    if len(missed) > 1:
        return _several(missed)
    (one,) = missed
    title = short(one.playbook.title, 80)
    says: Line = (
        "⚠️ ",
        Bold(text=title),
        " did not run: ",
        *_times(one.slots),
        " passed while opsbot was not running. Run it now: ",
        _run(one.playbook),
    )
    return Message(summary=f"⚠️ {title} did not run", parts=(Text(lines=(says,)),))


def _several(missed: Sequence[Missed]) -> Message:
    what = f"{len(missed):,} playbooks did not run"
    lines: list[Line] = [("⚠️ ", Bold(text=what), " while opsbot was not running. What is still wanted is run so:")]
    for each in missed:
        lines.append(
            ("• ", Bold(text=short(each.playbook.title, 80)), ": ", *_times(each.slots), " · ", _run(each.playbook))
        )
    return Message(summary=f"⚠️ {what}", parts=(Text(lines=tuple(lines)),))


def _run(playbook: Playbook) -> Code:
    return Code(text=f"/ops check {playbook.name}")


def _times(missed: Sequence[Slot]) -> Line:
    first, last = missed[0], missed[-1]
    if len(missed) == 1:
        return (day_and_time(first.at),)
    if len(missed) > MOST or first.day != last.day:
        return f"{len(missed):,} times from ", day_and_time(first.at), " to ", day_and_time(last.at)
    rest = tuple(span for slot in missed[1:] for span in (", ", moment(slot.at)))
    return (day_and_time(first.at), *rest)
