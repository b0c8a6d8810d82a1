"""What the clock starts in the days to come, a line for each day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from bot.domain.message import Bold, Line, Message, Part, Small, Text
from bot.domain.schedule import Slot
from playbooks.messages.wording import SEPARATOR, short
from playbooks.timetable import Timetable

SEVERAL = 3
"""From so many starts a day on, only the first and the last are told."""


def schedule_message(timetable: Timetable, slots: Sequence[Slot], days: int) -> Message:
    """Each day with what starts on it; times are those of each schedule's own zone."""
    lines: list[Line] = []
    for day, of_day in groupby(sorted(slots, key=lambda each: (each.day, each.at)), key=lambda each: each.day):
        lines.append((Bold(text=_day(day)), "  ", SEPARATOR.join(_starts(timetable, list(of_day)))))
    if not lines:
        lines.append((f"Nothing starts by itself in the next {days} days.",))
    mistakes = tuple(Small(line=(f"⚠️ {mistake}",)) for mistake in timetable.mistakes)
    parts: tuple[Part, ...] = (Text(lines=tuple(lines)), *mistakes)
    return Message(summary=f"The next {days} days by the clock", parts=parts)


def _day(day: str) -> str:
    return f"{date.fromisoformat(day):%a %-d %b}"


def _starts(timetable: Timetable, slots: Sequence[Slot]) -> Iterator[str]:
    """The starts of a day in the order of their times, each with the playbooks that begin then."""
    often = _often(slots)
    at: dict[str, list[str]] = {}
    for slot in slots:
        times = often.get(slot.playbook)
        if times is None or slot is times[0]:
            at.setdefault(_time(timetable, slot, times), []).append(_title(timetable, slot))
    return (f"{time} {', '.join(titles)}" for time, titles in at.items())


def _often(slots: Iterable[Slot]) -> Mapping[str, Sequence[Slot]]:
    """The playbooks that start many times a day, with their slots."""
    by_name: dict[str, list[Slot]] = {}
    for slot in slots:
        by_name.setdefault(slot.playbook, []).append(slot)
    return {name: each for name, each in by_name.items() if len(each) >= SEVERAL}


def _time(timetable: Timetable, slot: Slot, times: Sequence[Slot] | None) -> str:
    planned = timetable.of(slot.playbook)
    zone = "" if planned.zone.key == timetable.zone.key else f" {planned.zone.key}"
    until = f"–{times[-1].local[11:]} ({len(times)} times)" if times else ""
    return f"{slot.local[11:]}{until}{zone}"


def _title(timetable: Timetable, slot: Slot) -> str:
    return short(timetable.of(slot.playbook).playbook.title, 80)
