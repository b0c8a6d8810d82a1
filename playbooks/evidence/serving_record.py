"""What each revision of a service did: when it was the one that served, and how much of it failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.chart import Series
from bot.domain.metric_query import Aggregation, Measure
from playbooks.world import Outside, World, reached

HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
ENOUGH = 100
"""Requests from which on a revision has served."""
MOST = 0.95
"""The share of a service's requests that a revision had while it was the one that served."""
SOME = 0.05
"""The share of an hour's requests from which on it served in that hour."""
FAILED = "5xx"


@dataclass(frozen=True, kw_only=True)
class Served:
    """A revision's requests and failures by hour, and the hours in which it was the one, or one of those, that served."""

    requests: Mapping[datetime, float] = field(default_factory=dict)
    failed: Mapping[datetime, float] = field(default_factory=dict)
    alone: tuple[datetime, ...] = ()
    some: tuple[datetime, ...] = ()

    @property
    def total(self) -> float:
        return sum(self.requests.values())

    @property
    def really(self) -> bool:
        """Whether it once was the one that served, rather than tried on a few requests or by its tag."""
        return bool(self.alone) and self.total >= ENOUGH

    @property
    def last(self) -> datetime | None:
        """The end of the last hour in which it served."""
        return max(self.some, default=None)

    @property
    def error_ratio(self) -> float | None:
        """The part of its requests that failed in its last day of serving."""
        if self.last is None:
            return None
        day = [at for at in self.requests if self.last - A_DAY < at <= self.last]
        requests = sum(self.requests[at] for at in day)
        return sum(self.failed.get(at, 0.0) for at in day) / requests if requests else None


async def serving_record(world: World, name: str, *, since: datetime, until: datetime) -> Mapping[str, Served]:
    """The record of every revision of a service, by its name in the cloud."""
    metrics = reached(world.metrics, Outside.METRICS)
    series = await metrics.read(
        Measure.REQUEST_COUNT,
        name,
        since=since,
        until=until,
        step=HOUR,
        aggregation=Aggregation.SUM,
        by=("revision", "class"),
    )
    everything = _by_hour(series)
    revisions = {each.label("revision") for each in series}
    return {
        revision: _served([each for each in series if each.label("revision") == revision], everything)
        for revision in revisions
    }


def _served(series: Sequence[Series], everything: Mapping[datetime, float]) -> Served:
    requests = _by_hour(series)
    share = {at: count / everything[at] for at, count in requests.items() if count}
    return Served(
        requests=requests,
        failed=_by_hour([each for each in series if each.label("class") == FAILED]),
        alone=tuple(at for at, part in share.items() if part >= MOST),
        some=tuple(at for at, part in share.items() if part >= SOME),
    )


def _by_hour(series: Sequence[Series]) -> Mapping[datetime, float]:
    counts: dict[datetime, float] = {}
    for point in (point for each in series for point in each.points):
        counts[point.at] = counts.get(point.at, 0.0) + point.value
    return counts
