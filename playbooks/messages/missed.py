"""A check that did not run: one sentence for its channel and for its owner."""

from collections.abc import Sequence

from bot.domain.message import Bold, Code, Line, Message, Text
from bot.domain.playbook import Playbook
from bot.domain.schedule import Slot
from playbooks.messages.wording import day_and_time, moment, short

MOST = 8
"""Times that are named; of more, the first and the last say enough."""


def missed_message(playbook: Playbook, missed: Sequence[Slot]) -> Message:
    """When it did not run, why, and how it is run now."""
    title = short(playbook.title, 80)
    says: Line = (
        "⚠️ ",
        Bold(text=title),
        " did not run: ",
        *_times(missed),
        " passed while opsbot was not running. Run it now: ",
        Code(text=f"/ops check {playbook.name}"),
    )
    return Message(summary=f"⚠️ {title} did not run", parts=(Text(lines=(says,)),))


def _times(missed: Sequence[Slot]) -> Line:
    first, last = missed[0], missed[-1]
    if len(missed) == 1:
        return (day_and_time(first.at),)
    if len(missed) > MOST or first.day != last.day:
        return f"{len(missed):,} times from ", day_and_time(first.at), " to ", day_and_time(last.at)
    rest = tuple(span for slot in missed[1:] for span in (", ", moment(slot.at)))
    return (day_and_time(first.at), *rest)
