"""When maintenances are announced, and which of those that come round by the clock are one."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.maintenance_notice import AHEAD, Notice

AT = time(10)
"""When announcements go out, where the organisation is."""
FAR_BACK = 60
"""Days; nobody has so many days off in a row, and what is wrong with the calendar must not hold anything up."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days on which the organisation works."""

    zone: ZoneInfo
    days: Collection[int]
    """Monday is 0."""
    day_off: Callable[[date], bool]

    def works(self, day: date) -> bool:
        return day.weekday() in self.days and not self.day_off(day)

    def announcements(self, starts_at: datetime) -> Mapping[Notice, datetime]:
        """When each announcement of a maintenance is due."""
        return {notice: self.ahead(starts_at, ahead) for notice, ahead in AHEAD.items()}

    def ahead(self, starts_at: datetime, ahead: timedelta) -> datetime:
        """The last working day, at ten, that leaves at least so much time before a maintenance begins."""
        latest = starts_at - ahead
        last = latest.astimezone(self.zone).date()
        days = [last - timedelta(days=back) for back in range(FAR_BACK)]
        moments = [self._ten(day) for day in days if self.works(day)]
        return next((moment for moment in moments if moment <= latest), self._ten(days[1]))

    def _ten(self, day: date) -> datetime:
        return datetime.combine(day, AT, tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One turn of a maintenance that comes round by the clock, or several that are one."""

    title: str
    starts_at: datetime
    ends_at: datetime
    services: tuple[str, ...]
    playbooks: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is remembered by: no two begin at the same moment."""
        return f"{self.starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def merged(turns: Iterable[Turn]) -> list[Turn]:
    """Turns that overlap are one, the shorter first, so that a quarter's maintenance begins with the month's."""
    whole: list[Turn] = []
    for turn in sorted(turns, key=lambda each: (each.starts_at, each.ends_at, each.playbooks)):
        if whole and turn.starts_at < whole[-1].ends_at:
            whole[-1] = _one(whole[-1], turn)
        else:
            whole.append(turn)
    return whole


def _one(first: Turn, second: Turn) -> Turn:
    return Turn(
        title=_title(first.title, second.title),
        starts_at=first.starts_at,
        ends_at=max(first.ends_at, second.ends_at),
        services=tuple(dict.fromkeys((*first.services, *second.services))),
        playbooks=(*first.playbooks, *second.playbooks),
    )


def _title(first: str, second: str) -> str:
    """`Database and infrastructure maintenance`, where both end with the same word."""
    last = first.rpartition(" ")[2]
    shared = last and second.endswith(f" {last}")
    following = second[:1].lower() + second[1:]
    return f"{first.removesuffix(f' {last}')} and {following}" if shared else f"{first} and {following}"
