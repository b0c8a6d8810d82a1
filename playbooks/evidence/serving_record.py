"""What each revision of a service did: when it was the one that served, and how much of it failed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.chart import Series
from bot.domain.metric_query import Aggregation, Measure
from playbooks.evidence.trend import Gauge, lines
from playbooks.evidence.window import Window
from playbooks.world import World

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
A_DAY = timedelta(days=1)
ENOUGH, LONG_ENOUGH = 100, timedelta(minutes=30)
"""Requests, and time as the one that served, from which on a revision has served."""
MOST = 0.95
"""The share of a service's requests that a revision had while it was the one that served."""
SOME = 0.05
"""The share of requests from which on it served among others."""
FAILED = "5xx"

Counts = Mapping[datetime, float]


@dataclass(frozen=True, kw_only=True)
class Served:
    """A revision's requests and failures by the end of each step of time; for how long it was the one that served, and
    when it last had a noticeable part."""

    requests: Counts = field(default_factory=dict)
    failed: Counts = field(default_factory=dict)
    alone: timedelta = timedelta()
    last: datetime | None = None

    @property
    def total(self) -> float:
        return sum(self.requests.values())

    @property
    def really(self) -> bool:
        """Whether it once was the one that served, rather than tried on a few requests or by its tag."""
        return self.alone >= LONG_ENOUGH and self.total >= ENOUGH

    @property
    def error_ratio(self) -> float | None:
        """The part of its requests that failed in its last day of serving."""
        if self.last is None:
            return None
        day = [at for at in self.requests if self.last - A_DAY < at <= self.last]
        requests = sum(self.requests[at] for at in day)
        return sum(self.failed.get(at, 0.0) for at in day) / requests if requests else None


async def serving_record(world: World, name: str, *, since: datetime, until: datetime) -> Mapping[str, Served]:
    """The record of every revision of a service, by its name in the cloud: of the last day more finely than before."""
    gauge = Gauge(measure=Measure.REQUEST_COUNT, of=name, aggregation=Aggregation.SUM)
    day_ago = until - A_DAY
    coarse, fine = await asyncio.gather(
        lines(world, gauge, Window(since=since, until=day_ago, step=HOUR), "revision", "class"),
        lines(world, gauge, Window(since=day_ago, until=until, step=QUARTER), "revision", "class"),
    )
    series = [*coarse, *fine]
    everything = _counts(series)
    revisions = {each.label("revision") for each in series}
    return {
        revision: _served([each for each in series if each.label("revision") == revision], everything, day_ago)
        for revision in revisions
    }


def _served(series: Sequence[Series], everything: Counts, day_ago: datetime) -> Served:
    requests = _counts(series)
    share = {at: count / everything[at] for at, count in requests.items() if count}
    alone = [QUARTER if at > day_ago else HOUR for at, part in share.items() if part >= MOST]
    return Served(
        requests=requests,
        failed=_counts([each for each in series if each.label("class") == FAILED]),
        alone=sum(alone, timedelta()),
        last=max((at for at, part in share.items() if part >= SOME), default=None),
    )


def _counts(series: Sequence[Series]) -> Counts:
    counts: dict[datetime, float] = {}
    for point in (point for each in series for point in each.points):
        counts[point.at] = counts.get(point.at, 0.0) + point.value
    return counts
