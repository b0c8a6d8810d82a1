"""A schedule as people write it (`weekdays 09:00`, `first sunday 02:00 UTC`), read into the words of cron."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of each month at most."""
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 0}
GROUPS = {"daily": "monday-sunday", "weekdays": "monday-friday", "weekends": "saturday-sunday"}
EXAMPLES = "weekdays 09:00, hourly 10:00-16:00 weekdays, first sunday 02:00 UTC, 2nd tuesday 10:00 or monthly 15 08:30"

_DAY = "|".join(DAYS)
_DAY_LIST = rf"(?:{_DAY})(?:-(?:{_DAY}))?(?:, ?(?:{_DAY}))*"
_SOME_DAYS = rf"{'|'.join(GROUPS)}|{_DAY_LIST}"
_MONTH = "|".join(MONTHS)
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_FORM = re.compile(
    rf"(?:hourly(?: (?P<from>{_TIME})-(?P<to>{_TIME}))?(?: (?P<within>{_SOME_DAYS}))?"
    rf"|(?P<days>{_SOME_DAYS}) (?P<at>{_TIME})"
    rf"|(?P<which>{'|'.join(ORDINALS)}) (?P<day>{_DAY}) (?P<on>{_TIME})"
    rf"|monthly (?:(?P<date>\d{{1,2}}|last) )?(?P<monthly>{_TIME}))"
    rf"(?: in (?P<months>(?:{_MONTH})(?:, ?(?:{_MONTH}))*))?"
)
_ZONED = re.compile(r"(?P<form>.*?)(?: (?P<zone>UTC|[A-Za-z_+-]+/[A-Za-z0-9_+/-]+))?")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When something starts. Without a `zone` it is local time where the organisation is."""

    text: str
    cron: str
    """Five fields, as cronsim reads them."""
    zone: str | None = None


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One start of a playbook by the clock. `local` is the time on the wall, `2026-03-09T09:00`: each comes once."""

    playbook: str
    local: str
    at: datetime

    @property
    def day(self) -> str:
        """The day on the wall."""
        return self.local[:10]


@dataclass(frozen=True, kw_only=True)
class Schedules:
    """When playbooks start by themselves: as they say, unless the file names them or turns `all` of them off."""

    by_default: bool = True
    chosen: Mapping[str, Schedule | bool] = field(default_factory=dict)
    """By the playbook's name: another schedule than its own, or whether its own holds."""

    def of(self, name: str, own: str | None) -> Schedule | None:
        """When a playbook starts; None when only people start it."""
        choice = self.chosen.get(name, self.by_default)
        if isinstance(choice, Schedule):
            return choice
        return read_schedule(own) if choice and own else None


def read_schedule(text: str) -> Schedule:
    """The schedule that a text says; raises ValueError with what is wrong, to be read after the text's own name."""
    said = " ".join(text.split())
    zoned = _ZONED.fullmatch(said)
    form = _FORM.fullmatch(zoned["form"].lower()) if zoned else None
    if zoned is None or form is None:
        raise ValueError(f"`{_short(said)}` is no schedule; write it like {EXAMPLES}.")
    if zoned["zone"]:
        _check_zone(zoned["zone"])
    return Schedule(text=said, cron=_cron(form, said), zone=zoned["zone"])


def _cron(form: re.Match[str], said: str) -> str:
    months = [MONTHS.index(name.strip()) + 1 for name in (form["months"] or "").split(",") if name]
    month = ",".join(map(str, sorted(set(months)))) or "*"
    if form["days"]:
        return f"{_clock(form['at'])} * {month} {_week(form['days'])}"
    if form["which"]:
        return f"{_clock(form['on'])} * {month} {_nth(form['which'], form['day'])}"
    if form["monthly"]:
        return f"{_clock(form['monthly'])} {_date(form['date'] or '1', months, said)} {month} *"
    minute, hours = _hours(form["from"], form["to"], said)
    return f"{minute} {hours} * {month} {_week(form['within'] or 'daily')}"


def _clock(time: str) -> str:
    """The fields of minute and hour."""
    hour, minute = time.split(":")
    return f"{int(minute)} {int(hour)}"


def _hours(first: str | None, last: str | None, said: str) -> tuple[int, str]:
    if first is None or last is None:
        return 0, "*"
    if first[3:] != last[3:] or first > last:
        raise ValueError(
            f"`{_short(said)}` must begin before it ends, on the same minute, like hourly 10:00-16:00 weekdays."
        )
    return int(first[3:]), f"{int(first[:2])}-{int(last[:2])}"


def _week(days: str) -> str:
    """The field of days of the week; a range may go round its end."""
    numbers = sorted({day for part in GROUPS.get(days, days).split(",") for day in _range(part.strip())})
    return "*" if len(numbers) == len(DAYS) else ",".join(DAYS[number][:3] for number in numbers)


def _range(part: str) -> Iterator[int]:
    first, _, last = part.partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return ((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def _nth(which: str, day: str) -> str:
    """Cron counts the days of the week from Sunday, and writes the last Friday 5L."""
    number = (DAYS.index(day) + 1) % 7
    return f"{number}#{ORDINALS[which]}" if ORDINALS[which] else f"{number}L"


def _date(date: str, months: list[int], said: str) -> str:
    if date == "last":
        return "L"
    longest = max(LENGTHS[month - 1] for month in months or range(1, 13))
    if not 1 <= int(date) <= longest:
        raise ValueError(f"`{_short(said)}` never comes: no such month has a day {date}; write monthly last 08:30.")
    return str(int(date))


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"`{_short(zone)}` is no time zone; write it like UTC or Europe/London.") from None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
