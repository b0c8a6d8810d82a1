"""A chart: numbers over time as people are to see them, before anybody draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Point:
    """A number at the end of a stretch of time."""

    at: datetime
    value: float


@dataclass(frozen=True, kw_only=True)
class Series:
    """Numbers over time, oldest first. `labels` tells it apart from its siblings, such as {"revision": "api-00042"}."""

    points: tuple[Point, ...]
    labels: tuple[tuple[str, str], ...] = ()
    unit: str = ""

    def label(self, name: str) -> str:
        """The value of a label; empty when it has none of that name."""
        return dict(self.labels).get(name, "")

    @property
    def last(self) -> float | None:
        """The newest number, if there is any."""
        return self.points[-1].value if self.points else None

    @property
    def values(self) -> Sequence[float]:
        return [point.value for point in self.points]


class Look(StrEnum):
    """How a line of a chart is drawn."""

    LINE = "line"
    DASHED = "dashed"
    """What is compared with, such as last week."""
    STACKED = "stacked"
    BARS = "bars"


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One named line, area or row of bars of a chart."""

    name: str
    points: tuple[Point, ...]
    look: Look = Look.LINE


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A vertical line at something that changed: a deployment, a rollback, the beginning of the incident."""

    at: datetime
    label: str


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A horizontal line that should not be crossed."""

    value: float
    label: str


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, kw_only=True)
class Week:
    """A number for each hour of a week on the local clock, Monday first; None where nothing is known."""

    hours: tuple[tuple[float | None, ...], ...]
    framed: tuple[tuple[int, int], ...] = ()
    """The hours that it is about, each as weekday (Monday is 0) and hour of the day."""
    frame: str = ""
    """What is at those hours."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Traces over one stretch of time. `title` says what and of whom, `unit` in what, `alt` the same in a sentence for
    who cannot see it. Ratios are fractions with the unit "%" and are drawn from zero."""

    title: str
    unit: str
    alt: str
    traces: tuple[Trace, ...]
    markers: tuple[Marker, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    from_zero: bool = True
    subject: str = ""
    """What it is about, as findings name it; empty when it is about everything that was looked at."""
    week: Week | None = None
    """A heat-map of a week, in place of traces."""
    proof: bool = False
    """Whether it is shown also while all is well, for somebody decides by it."""
