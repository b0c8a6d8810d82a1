"""Requests of a service by the class of their answers, over time: what ratios of errors are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chart import Point
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.trend import Gauge, lines
from playbooks.evidence.window import Window
from playbooks.world import World

FAILED, REFUSED = "5xx", "4xx"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Requests by class ("2xx"), one count for each step."""

    by_class: Mapping[str, Mapping[datetime, float]]

    def of(self, kind: str, *, since: datetime) -> float:
        """Requests of a class from then on; what is never counted beside others was none."""
        return sum(count for at, count in self.by_class.get(kind, {}).items() if at > since)

    def all(self, *, since: datetime) -> float:
        """Requests of every class from then on."""
        return sum(self.of(kind, since=since) for kind in self.by_class)

    def ratio(self, kind: str, *, since: datetime) -> float | None:
        """The part that a class has of all; None when there was nothing."""
        everything = self.all(since=since)
        return self.of(kind, since=since) / everything if everything else None

    def totals(self) -> tuple[Point, ...]:
        """Requests of every class, for each step."""
        steps = sorted({at for counts in self.by_class.values() for at in counts})
        return tuple(Point(at=at, value=self._at(at)) for at in steps)

    def ratios(self, kind: str) -> tuple[Point, ...]:
        """The part that a class has of all, for each step in which there was something."""
        counts = self.by_class.get(kind, {})
        return tuple(
            Point(at=point.at, value=counts.get(point.at, 0.0) / point.value) for point in self.totals() if point.value
        )

    def points(self, kind: str) -> tuple[Point, ...]:
        """Requests of a class, for each step."""
        return tuple(Point(at=at, value=count) for at, count in sorted(self.by_class.get(kind, {}).items()))

    def _at(self, at: datetime) -> float:
        return sum(counts.get(at, 0.0) for counts in self.by_class.values())


async def class_counts(world: World, service: Service, window: Window) -> Counts:
    """The counts of a service; empty when nobody used it."""
    gauge = Gauge(measure=Measure.REQUEST_COUNT, of=service.cloud_name, aggregation=Aggregation.SUM)
    series = await lines(world, gauge, window, "class")
    return Counts(by_class={each.label("class"): {point.at: point.value for point in each.points} for each in series})
