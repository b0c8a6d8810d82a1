"""A meeting as a calendar file that every calendar can import. Source: RFC 5545."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.organisation import Member

LONGEST_LINE = 75
"""Octets; what is longer goes on in the next line, behind a blank."""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """`key` is the same for ever, `version` counts how often it was moved: calendars move it with them."""

    key: str
    title: str
    start: datetime
    length: timedelta
    made_at: datetime
    place: str = ""
    notes: str = ""
    attendees: Sequence[Member] = ()
    version: int = 0


def calendar_file(meeting: Meeting) -> str:
    """The whole file, its lines ended as the format wants."""
    return "".join(f"{folded}\r\n" for line in _lines(meeting) for folded in _folded(line))


def _lines(meeting: Meeting) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//opsbot//incident//EN", "METHOD:PUBLISH", "BEGIN:VEVENT")
    yield f"UID:{meeting.key}"
    yield f"SEQUENCE:{meeting.version}"
    yield f"DTSTAMP:{_moment(meeting.made_at)}"
    yield f"DTSTART:{_moment(meeting.start)}"
    yield f"DTEND:{_moment(meeting.start + meeting.length)}"
    yield f"SUMMARY:{_text(meeting.title)}"
    if meeting.place:
        yield f"LOCATION:{_text(meeting.place)}"
    if meeting.notes:
        yield f"DESCRIPTION:{_text(meeting.notes)}"
    for each in meeting.attendees:
        yield f'ATTENDEE;CN="{_parameter(each.name)}":mailto:{each.email}'
    yield from ("END:VEVENT", "END:VCALENDAR")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    kept = "".join(each for each in text.replace("\r\n", "\n") if each == "\n" or each.isprintable())
    return kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _parameter(text: str) -> str:
    """A quoted parameter can hold no quotes, and nothing escapes them."""
    return "".join(each for each in text if each.isprintable() and each != '"')


def _folded(line: str) -> Iterator[str]:
    """Cut between characters, never within one."""
    part, size = "", 0
    for character in line:
        width = len(character.encode("utf-8", "replace"))
        if size + width > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
