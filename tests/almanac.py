"""When playbooks should start, counted by hand on the calendar, day by day: nothing here asks the bot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NEW_YORK = "America/New_York"


def every_day(_: date) -> bool:
    return True


def on(*weekdays: int) -> Callable[[date], bool]:
    """On some days of the week; Monday is 0."""
    return lambda day: day.weekday() in weekdays


def dated(month: int, number: int) -> Callable[[date], bool]:
    """Once a year at most."""
    return lambda day: (day.month, day.day) == (month, number)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A playbook that starts at some times of the wall on some days, up to `grace` late; `rests` on days off."""

    playbook: str
    days: Callable[[date], bool] = every_day
    times: tuple[str, ...]
    zone: str = NEW_YORK
    rests: bool = False
    grace: timedelta = timedelta(minutes=30)

    def moments(self, begin: datetime, end: datetime, days_off: frozenset[date]) -> list[datetime]:
        """Its starts after `begin` up to `end`, in order."""
        zone = ZoneInfo(self.zone)
        first = begin.astimezone(zone).date() - DAY
        days = [first + DAY * number for number in range((end - begin).days + 4)]
        worked = [day for day in days if self.days(day) and not (self.rests and day in days_off)]
        found = [_moment(zone, day, time.fromisoformat(at)) for day in worked for at in self.times]
        return sorted({moment for moment in found if begin < moment <= end})


def library() -> Sequence[Entry]:
    """The runbook's own playbooks, as its files say, without those of maintenance."""
    working, weekend = on(0, 1, 2, 3, 4), on(5, 6)
    return (
        Entry(playbook="morning-checklist", days=working, times=("09:00",), rests=True),
        Entry(playbook="hourly-check", days=working, times=tuple(f"{hour}:00" for hour in range(10, 17)), rests=True),
        Entry(playbook="end-of-day", days=working, times=("17:00",), rests=True),
        Entry(playbook="due-list", days=working, times=("09:15",), rests=True),
        Entry(playbook="weekend-check", days=weekend, times=("09:00",)),
        Entry(playbook="backup-verification", times=("08:30",)),
        Entry(playbook="restore-test", days=_second_tuesday, times=("10:00",), grace=2 * DAY),
        Entry(playbook="config-backup", times=("03:15",), zone="UTC", grace=timedelta(hours=12)),
        Entry(playbook="handoff-friday", days=on(4), times=("17:00",), grace=timedelta(hours=4)),
        Entry(playbook="handoff-monday", days=on(0), times=("09:00",), grace=timedelta(hours=4)),
        Entry(playbook="on-call-coverage", times=("08:00",)),
    )


def _second_tuesday(day: date) -> bool:
    return day.weekday() == 1 and 8 <= day.day <= 14


def _moment(zone: ZoneInfo, day: date, at: time) -> datetime:
    """A wall time that does not exist is the first one after it that does; of one that comes twice it is the first."""
    wall = datetime.combine(day, at)
    while wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        wall += MINUTE
    return wall.replace(tzinfo=zone).astimezone(UTC)
