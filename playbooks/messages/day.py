"""The one message a day of a check that runs every hour: an hour each, with the mark of the worst that was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.message import Bold, Line, Message, Small, Text
from bot.domain.run import Run
from bot.domain.schedule import Slot
from playbooks.messages.evidence import finding_lines
from playbooks.messages.sheet import verdict
from playbooks.messages.wording import short
from playbooks.sight import Sight

MISSED = "⚠️"


@dataclass(frozen=True, kw_only=True)
class Hour:
    """One slot of the day; without a run it was missed."""

    slot: Slot
    run: Run | None
    sight: Sight


def day_message(hours: Sequence[Hour]) -> Message | None:
    """All hours so far on one line, and below it what is not well in the last; None before the first."""
    ran = [hour for hour in hours if hour.run]
    if not ran or ran[-1].run is None:
        return None
    last = ran[-1]
    title = short(ran[-1].run.playbook.title, 80)
    day = f"{date.fromisoformat(last.slot.day):%a %-d %b}"
    marks = "  ".join(f"{hour.slot.local[11:]} {_mark(hour)}" for hour in hours)
    bad = tuple(finding_lines(last.sight.unhealthy, private=False))
    lines: tuple[Line, ...] = ((Bold(text=title), f" · {day}"), (marks,), *bad)
    small = Small(line=("Each hour is in the thread. It speaks up when something becomes worse.",))
    return Message(summary=f"{title} {day}: {_mark(last)}", parts=(Text(lines=lines), small))


def _mark(hour: Hour) -> str:
    return verdict(hour.run, hour.sight) if hour.run else MISSED
