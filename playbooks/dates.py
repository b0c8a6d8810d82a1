"""Reads the times and days that people type: `14:05`, `yesterday 23:50`, `2026-03-09 14:05 UTC`, `Friday`, `13 Mar`."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import Refused

TIME = r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?:\s*(?P<utc>utc|z)\b)?"
MOMENT = re.compile(rf"\s*(?:(?P<day>\d{{4}}-\d\d-\d\d|today|yesterday)[\sT]+)?{TIME}(?!\w|:\d)[,:]?\s*", re.IGNORECASE)
APPOINTMENT = re.compile(
    rf"\s*(?:(?P<day>\d{{4}}-\d\d-\d\d|[a-z]+|\d{{1,2}}\s+[a-z]+|[a-z]+\s+\d{{1,2}})\s+(?:at\s+)?)?{TIME}(?!\w|:\d)[,:]?\s*",
    re.IGNORECASE,
)
FULL_HOUR = re.compile(r"(\bat\s+)(\d{1,2})(?![\d:])", re.IGNORECASE)
HOW = "Write it like 14:05, yesterday 23:50 or 2026-03-09 14:05; times are those of {zone} unless UTC follows."
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY = (
    r"(?:\d{4}-\d\d-\d\d|today|tonight|tomorrow|next week|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|\d{1,2}\.?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+\d{1,2})\b"
)
"""What may be a day, for whoever looks for one within a sentence."""


def moment_first(words: str, *, now: datetime, timezone: ZoneInfo) -> tuple[datetime | None, str]:
    """A time at the beginning, and the rest; a time alone is the last one of that name that has passed."""
    found = MOMENT.match(words)
    if not found:
        return None, words.strip()
    try:
        return _moment(found, now, timezone), words[found.end() :].strip()
    except ValueError:
        return None, words.strip()


def read_moment(words: str, *, now: datetime, timezone: ZoneInfo, field: str | None = None) -> datetime:
    """A time that is all there is; refused with how it is written."""
    at, rest = moment_first(words, now=now, timezone=timezone)
    if at is None or rest:
        how = HOW.format(zone=timezone.key)
        raise Refused(f"“{words.strip()[:40]}” is no time. {how}", field=field)
    return at


def appointment_first(words: str, *, now: datetime, timezone: ZoneInfo) -> tuple[datetime | None, str]:
    """A day and time that lie ahead, at the beginning (`Thursday at 10:00`), and the rest."""
    said = FULL_HOUR.sub(r"\1\2:00", words, count=1)
    found = APPOINTMENT.match(said)
    if not found:
        return None, words.strip()
    today = now.astimezone(timezone).date()
    day = read_day(found["day"], today) if found["day"] else today
    if day is None:
        return None, words.strip()
    at = _at(day, found, timezone)
    if at <= now and not found["day"]:
        at = _at(day + timedelta(days=1), found, timezone)
    return (at, said[found.end() :].strip()) if at > now else (None, words.strip())


def read_day(words: str, today: date) -> date | None:
    """A day: `today`, `tomorrow`, `Friday` (the next one, or today), `13 Mar`, `2026-03-13`; None when it is none."""
    said = " ".join(words.lower().replace(".", " ").split())
    for reading in (_named, _weekday, _iso, _of_month):
        if day := reading(said, today):
            return day
    return None


def _moment(found: re.Match[str], now: datetime, timezone: ZoneInfo) -> datetime:
    today = now.astimezone(UTC if found["utc"] else timezone).date()
    said = (found["day"] or "").lower()
    if said and said not in {"today", "yesterday"}:
        return _at(date.fromisoformat(said), found, timezone)
    at = _at(today - timedelta(days=said == "yesterday"), found, timezone)
    return at if said or at <= now else _at(today - timedelta(days=1), found, timezone)


def _at(day: date, found: re.Match[str], timezone: ZoneInfo) -> datetime:
    clock = time(int(found["hour"]), int(found["minute"]))
    return datetime.combine(day, clock, UTC if found["utc"] else timezone).astimezone(UTC)


def _named(said: str, today: date) -> date | None:
    days: Mapping[str, int] = {"today": 0, "tonight": 0, "tomorrow": 1, "next week": 7}
    return today + timedelta(days=days[said]) if said in days else None


def _weekday(said: str, today: date) -> date | None:
    for number, name in enumerate(WEEKDAYS):
        if len(said) >= 3 and name.startswith(said):
            return today + timedelta(days=(number - today.weekday()) % 7)
    return None


def _iso(said: str, today: date) -> date | None:
    del today
    return _valid(lambda: date.fromisoformat(said))


def _of_month(said: str, today: date) -> date | None:
    """`13 mar`, `mar 13`: this year's, or next year's when it has passed long ago."""
    numbers = [word for word in said.split() if word.isdecimal()]
    months = [MONTHS.index(word[:3]) + 1 for word in said.split() if word[:3] in MONTHS]
    if len(numbers) != 1 or len(months) != 1 or len(said.split()) != 2:
        return None
    day = _valid(lambda: date(today.year, months[0], int(numbers[0])))
    if day and today - day > timedelta(days=180):
        return _valid(lambda: date(today.year + 1, months[0], int(numbers[0])))
    return day


def _valid(make: Callable[[], date]) -> date | None:
    try:
        return make()
    except ValueError:
        return None
