"""How numbers and times are written in findings: short, with their unit, and times on the organisation's clock, named."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playbooks.messages.wording import local_time

KILO = 1024.0
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def ms(value: float) -> str:
    """Milliseconds; from ten seconds on in seconds."""
    return f"{value / 1000:,.1f} s" if value >= 10_000 else f"{value:,.0f} ms"


def percent(value: float) -> str:
    """A fraction as a percentage, with as many places as tell it from nothing and from everything."""
    places = (
        0 if 0.1 <= value <= 0.9 or value in {0, 1} or value > 1 else 2 if 0 < value < 0.001 or value > 0.999 else 1
    )
    return f"{value * 100:.{places}f} %"


def count(value: float, singular: str = "", plural: str = "") -> str:
    """A whole number and what it counts: "1,240 requests", "1 error"."""
    rounded = round(value)
    word = singular if rounded == 1 else plural or (f"{singular}s" if singular else "")
    return f"{rounded:,} {word}".rstrip()


def size(value: float) -> str:
    """Bytes in the largest unit that leaves at least one."""
    unit = 0
    while value >= KILO and unit < len(UNITS) - 1:
        value, unit = value / KILO, unit + 1
    return f"{value:,.0f} {UNITS[unit]}" if value >= 10 or not unit else f"{value:,.1f} {UNITS[unit]}"


def span(length: timedelta) -> str:
    """A length of time in its two largest units: "2 h 10 min", "3 d"."""
    seconds = round(length.total_seconds())
    if seconds < 60:
        return f"{max(seconds, 0)} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours and days < 3 else f"{days} d"


def when(moment: datetime, now: datetime, timezone: ZoneInfo) -> str:
    """A moment near now, on the local clock: "14:02 CET", "Mon 14:02 CET", "3 Nov 14:02 CET".

    The zone is named: beside it Slack shows times on the clock of whoever reads.
    """
    local, today = moment.astimezone(timezone), now.astimezone(timezone)
    clock = local_time(moment, timezone)
    if local.date() == today.date():
        return clock
    return (
        f"{local:%a} {clock}"
        if abs(local.date() - today.date()) < timedelta(days=6)
        else f"{local.day} {local:%b} {clock}"
    )


def short(revision: str, service: str) -> str:
    """What people call a revision: its name without that of its service."""
    return revision.removeprefix(f"{service}-") or revision
