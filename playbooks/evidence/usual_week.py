"""The usual week: how much is asked of services at each of its hours, on the local clock, by the last four weeks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean, median
from zoneinfo import ZoneInfo

from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.judge import WEEKS, weeks_before
from playbooks.evidence.trend import Gauge, lines
from playbooks.evidence.window import DELAY, Window
from playbooks.world import World

HOUR = timedelta(hours=1)
DAYS, HOURS = 7, 24

Cell = tuple[int, int]
"""An hour of the week: its weekday (Monday is 0), and its hour of the day."""
CELLS: Sequence[Cell] = [(day, hour) for day in range(DAYS) for hour in range(HOURS)]


@dataclass(frozen=True, kw_only=True)
class UsualWeek:
    """Requests at each hour of the week; an hour of which nothing is known is not among them."""

    usual: Mapping[Cell, float]
    requests: float
    """In all four weeks."""

    @property
    def busiest(self) -> Cell:
        """The hour with the most requests, the first of the week if there are several."""
        return max((cell for cell in CELLS if cell in self.usual), key=self.usual.__getitem__)

    def share(self, cells: Sequence[Cell]) -> float | None:
        """Requests in an hour of these, of those in the busiest one; None where something is not known."""
        most = self.usual[self.busiest]
        if not most or not self.usual.keys() >= set(cells):
            return None
        return fmean(self.usual[cell] for cell in cells) / most

    def quietest(self, length: int) -> Sequence[Cell]:
        """So many hours in a row, also from Sunday to Monday, in which least is asked; none where that is not known."""
        stretches = [[CELLS[(start + step) % len(CELLS)] for step in range(length)] for start in range(len(CELLS))]
        known = [(share, cells) for cells in stretches if (share := self.share(cells)) is not None]
        return min(known, key=lambda one: one[0], default=(0.0, ()))[1]


async def usual_week(world: World, services: Sequence[Service]) -> UsualWeek:
    """Reads four weeks of all services at once, hour by hour: a read is dear, whoever it is about."""
    zone = world.organisation.timezone
    until = begun(world.clock.now() - DELAY, zone)
    window = Window(since=weeks_before(until, WEEKS, zone), until=until, step=HOUR)
    gauge = Gauge(measure=Measure.REQUEST_COUNT, of="", aggregation=Aggregation.SUM)
    read = await world.shared.read(("hours of weeks", until), lambda: lines(world, gauge, window, "service"))
    names = {service.cloud_name for service in services}
    counted: defaultdict[datetime, float] = defaultdict(float)
    for series in read:
        if series.label("service") in names:
            for point in series.points:
                counted[point.at - HOUR] += point.value
    return usual_of(counted, until, zone)


def usual_of(counted: Mapping[datetime, float], until: datetime, zone: ZoneInfo) -> UsualWeek:
    """The median of each hour of the week, of those that were counted.

    Where nobody asks for anything nothing is counted. So an hour of the week that was never counted since the first one
    was is nothing; one that was counted at times is what it was then, for a hole in the numbers is no quiet hour.
    """
    seen: defaultdict[Cell, list[float]] = defaultdict(list)
    hour = min(counted, default=until)
    while hour < until:
        seen[cell_of(hour, zone)] += [counted[hour]] if hour in counted else []
        hour += HOUR
    usual = {cell: median(numbers) if numbers else 0.0 for cell, numbers in seen.items()}
    return UsualWeek(usual=usual, requests=sum(counted.values()))


def cells_between(since: datetime, until: datetime, zone: ZoneInfo) -> Sequence[Cell]:
    """The hours of the week that a stretch of time touches, in order; what clocks that change skip is none."""
    hour = begun(since, zone)
    found = []
    while hour < until:
        found.append(cell_of(hour, zone))
        hour += HOUR
    return found


def cell_of(at: datetime, zone: ZoneInfo) -> Cell:
    """The hour of the week of a moment."""
    local = at.astimezone(zone)
    return local.weekday(), local.hour


def begun(at: datetime, zone: ZoneInfo) -> datetime:
    """When the hour of the local clock began; not everywhere is that a full hour of UTC."""
    return at.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
