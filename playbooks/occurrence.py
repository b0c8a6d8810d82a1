"""When a schedule comes round: every local time once, on both days of the year on which clocks change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from bot.domain.schedule import Schedule
from bot.public_holidays import DayOff

HORIZON = timedelta(days=366 * 9)
"""What does not come within this never comes: leap days are eight years apart around 2100."""


def every_day(_: date) -> bool:
    """No day is a day off."""
    return False


def occurrences(
    schedule: Schedule, zone: ZoneInfo, after: datetime, *, day_off: DayOff = every_day
) -> Iterator[datetime]:
    """The moments after one, in UTC, that are not on a day off; none any more when the next is years away.

    A time that is skipped in spring comes when the clocks have moved, one that comes twice in autumn the first time.
    """
    last = after
    for local in CronSim(schedule.cron, after.astimezone(ZoneInfo(schedule.zone) if schedule.zone else zone)):
        moment = local.astimezone(UTC)
        if moment - last > HORIZON:
            return
        if moment > after and not local.fold and not day_off(local.date()):
            last = moment
            yield moment


def next_after(schedule: Schedule, zone: ZoneInfo, after: datetime, *, day_off: DayOff = every_day) -> datetime | None:
    """The next moment after one; None when it never comes."""
    return next(occurrences(schedule, zone, after, day_off=day_off), None)
