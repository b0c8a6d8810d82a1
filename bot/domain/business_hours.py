"""The hours in which somebody is expected to answer what can wait until then."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)
HORIZON = 9
"""Days looked ahead for the next opening; one a week is enough."""


@dataclass(frozen=True, kw_only=True)
class BusinessHours:
    """The same hours on some days of the week (Monday is 0), in one time zone."""

    days: frozenset[int]
    opens: time
    closes: time
    timezone: ZoneInfo

    def __post_init__(self) -> None:
        if not self.days or self.opens >= self.closes:
            raise ValueError("Business hours need at least one day, and to open before they close.")

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there."""
        local = moment.astimezone(self.timezone)
        return local.weekday() in self.days and self.opens <= local.time() < self.closes

    def after(self, start: datetime, wait: timedelta) -> datetime:
        """When a wait is over that only runs during these hours.

        Less than a day is counted in open hours: four hours from Friday 16:00 end on Monday at 12:00. A day or more is
        counted on the calendar, and ends at the next opening: a day from Friday 16:00 ends on Monday at 09:00.
        """
        if wait >= A_DAY:
            return self._next_open(start + wait)
        left = wait
        moment = self._next_open(start)
        while (closing := self._closing(moment)) - moment < left:
            left -= closing - moment
            moment = self._next_open(closing)
        return moment + left

    def _next_open(self, moment: datetime) -> datetime:
        """The moment itself when it is within the hours, else the next opening."""
        today = moment.astimezone(self.timezone).date()
        for day in (today + timedelta(days=ahead) for ahead in range(HORIZON)):
            if day.weekday() in self.days and moment < self._at(day, self.closes):
                return max(moment, self._at(day, self.opens)).astimezone(UTC)
        raise AssertionError("a day of the week comes round every week")

    def _closing(self, moment: datetime) -> datetime:
        return self._at(moment.astimezone(self.timezone).date(), self.closes)

    def _at(self, day: date, hour: time) -> datetime:
        """In UTC, because arithmetic in local time forgets that clocks change."""
        return datetime.combine(day, hour, tzinfo=self.timezone).astimezone(UTC)
