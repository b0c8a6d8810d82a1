"""Draws charts as PNG pictures: for colour-blind eyes, in the organisation's time.

Matplotlib is loaded with the first chart, in the process that draws: it takes most of a second.
"""

import io
import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.chart import Chart, Look, Point, Trace
from bot.slack.heat_map import draw_week
from bot.slack.text import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 100
DAY = timedelta(days=1)
WIDE, HIGH, HIGHEST = 11.6, 5.4, 6.9
"""Inches: of a picture of one chart, and of a sheet of several."""
COLUMNS = 3
MOST_TRACES = 8
SHORT = 22
"""Characters of a name of which four stand beside each other in a legend."""
LONG_NAME = 72
"""Characters of a name in a legend of which two stand beside each other: errors often differ only at the end."""
SMALL_NAME, TITLE = 10, 36
"""Characters of a name in the legend of a small chart of which three stand beside each other; and of a line of its title."""
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6D00", "#000000")
"""Of Okabe and Ito, told apart by every kind of colour-blind eye; their yellow, too faint on white, is a dark one."""
Stroke = tuple[float, tuple[int, ...]]
STROKES: tuple[Stroke, ...] = ((0, ()), (0, (6, 2)), (0, (1, 1)), (0, (6, 2, 1, 2)))
"""Lines differ in their strokes too, so that colour is never all there is."""
GREY, INK, ALARM = "#8A8A8A", "#222222", "#B2182B"
PLATE = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
"""What labels stand on, to be read over whatever is behind."""
HOLE = 3
"""Where a number is missing for so many steps, the line is broken rather than drawn across."""


def draw(charts: Sequence[Chart], timezone: ZoneInfo) -> bytes:
    """One picture of one chart, or of several as small multiples. Blocks for some 0.1 s; `bot.slack.artist` calls it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDE, HIGH if len(charts) == 1 else HIGHEST), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    columns = min(COLUMNS, len(charts))
    for number, chart in enumerate(charts, start=1):
        axes = figure.add_subplot(math.ceil(len(charts) / columns), columns, number)
        _Sheet(axes, chart, timezone, small=len(charts) > 1).draw()
    return _png(figure)


class _Sheet:
    """One chart on its axes."""

    def __init__(self, axes: "Axes", chart: Chart, timezone: ZoneInfo, *, small: bool) -> None:
        self._axes = axes
        self._chart = chart
        self._timezone = timezone
        self._small = small
        self._times = [point.at for trace in chart.traces for point in trace.points]
        self._tops: dict[datetime, float] = {}
        """How high the bars of each moment stand already: the next one stands on top."""

    def draw(self) -> None:
        if week := self._chart.week:
            self._title()
            draw_week(self._axes, replace(week, frame=legible(week.frame, LONG_NAME)), small=self._small)
            return
        self._traces()
        self._thresholds()
        if self._times:
            self._markers()
        self._frame()

    def _traces(self) -> None:
        shown = self._chart.traces[:MOST_TRACES]
        self._stack([trace for trace in shown if trace.look is Look.STACKED])
        solid = 0
        for number, trace in enumerate(shown):
            match trace.look:
                case Look.STACKED:
                    continue
                case Look.BARS:
                    self._bars(trace, PALETTE[number])
                case Look.DASHED:
                    self._line(trace, GREY, (0, (5, 3)), 1.4)
                case Look.LINE:
                    self._line(trace, PALETTE[number], STROKES[solid % len(STROKES)], 2.0)
                    solid += 1

    def _line(self, trace: Trace, colour: str, stroke: Stroke, width: float) -> None:
        points = _with_holes(trace.points)
        times, values = [_day(point.at) for point in points], [point.value for point in points]
        (line,) = self._axes.plot(times, values, color=colour, linewidth=width, label=self._named(trace))
        line.set_linestyle(stroke)
        if len(points) == 1:
            line.set_marker("o")

    def _bars(self, trace: Trace, colour: str) -> None:
        times = [_day(point.at) for point in trace.points]
        width = 0.8 * (_step(trace.points) / DAY)
        values = [point.value for point in trace.points]
        below = [self._tops.get(point.at, 0.0) for point in trace.points]
        self._axes.bar(times, values, width=width, bottom=below, color=colour, label=self._named(trace), align="center")
        self._tops |= {point.at: point.value + floor for point, floor in zip(trace.points, below, strict=True)}

    def _stack(self, traces: Sequence[Trace]) -> None:
        if not traces:
            return
        times = sorted({point.at for trace in traces for point in trace.points})
        rows = [[_at(trace.points).get(time, 0.0) for time in times] for trace in traces]
        labels = [self._named(trace) for trace in traces]
        self._axes.stackplot(
            [_day(time) for time in times],
            rows,
            labels=labels,
            colors=PALETTE[: len(rows)],
            edgecolor="white",
            linewidth=0.4,
        )

    def _thresholds(self) -> None:
        for threshold in self._chart.thresholds:
            self._axes.axhline(threshold.value, color=ALARM, linestyle=(0, (2, 2)), linewidth=1.2)
            label = self._axes.annotate(
                legible(threshold.label, 30),
                xy=(1, threshold.value),
                xycoords=("axes fraction", "data"),
                xytext=(-3, 2),
                textcoords="offset points",
                ha="right",
                va="bottom",
                fontsize=8,
                color=ALARM,
                bbox=PLATE,
            )
            label.set_in_layout(False)

    def _markers(self) -> None:
        """Vertical lines; the labels of neighbours stand on different heights."""
        late = self._late()
        for number, marker in enumerate(sorted(self._chart.markers, key=lambda each: each.at)):
            before = marker.at >= late
            self._axes.axvline(_day(marker.at), color=INK, linestyle=(0, (4, 2, 1, 2)), linewidth=1.2)
            words = self._axes.annotate(
                legible(marker.label, 30),
                xy=(_day(marker.at), 1 - 0.07 * (number % 3)),
                xycoords=("data", "axes fraction"),
                xytext=(-3 if before else 3, -3),
                textcoords="offset points",
                ha="right" if before else "left",
                va="top",
                fontsize=8,
                color=INK,
                bbox=PLATE,
            )
            words.set_in_layout(False)

    def _late(self) -> datetime:
        """From when on a label stands to the left of its line, or it would run out of the picture."""
        if not self._times:
            return datetime.max.replace(tzinfo=UTC)
        first, last = min(self._times), max(self._times)
        return first + (last - first) * (0.4 if self._small else 0.75)

    def _frame(self) -> None:
        axes = self._axes
        self._title()
        self._numbers(legible(self._chart.unit, 20))
        self._clock()
        axes.grid(axis="y", color="#E3E3E3", linewidth=0.8)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(labelsize=8 if self._small else 9, colors=INK)
        if len(self._chart.traces) > 1:
            self._legend()

    def _title(self) -> None:
        """What is drawn, and in what."""
        unit = legible(self._chart.unit, 20)
        title = legible(self._chart.title, 110)
        named = f"{title} ({unit})" if unit else title
        if self._small:
            named = textwrap.fill(named, TITLE, max_lines=2, placeholder=" …")
        size = 9 if self._small else 12
        self._axes.set_title(named, loc="left", fontsize=size, fontweight="bold", color=INK)

    def _legend(self) -> None:
        """Below the axes, and no wider than they are: what is wider takes the room of the neighbours."""
        short, most = (SMALL_NAME, 3) if self._small else (SHORT, 4)
        columns = 2 if any(len(trace.name) > short for trace in self._chart.traces) else most
        below = -0.16 if self._small else -0.12
        size = 7 if self._small else 8
        self._axes.legend(loc="upper left", bbox_to_anchor=(0, below), ncols=columns, fontsize=size, frameon=False)

    def _named(self, trace: Trace) -> str:
        """What the legend calls it; nothing without a name stands in one."""
        return legible(trace.name, 2 * SMALL_NAME if self._small else LONG_NAME) or "?"

    def _numbers(self, unit: str) -> None:
        from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

        axis = self._axes.yaxis
        axis.set_major_locator(MaxNLocator(nbins=6))
        axis.set_major_formatter(
            PercentFormatter(1.0) if unit == "%" else FuncFormatter(lambda value, _: readable(value))
        )
        if self._chart.from_zero:
            self._axes.margins(y=0.12)
            self._axes.set_ylim(bottom=0)
            bounds = [threshold.value for threshold in self._chart.thresholds]
            if not any((*bounds, *(point.value for trace in self._chart.traces for point in trace.points))):
                self._axes.set_ylim(top=1)

    def _clock(self) -> None:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        if not self._times:
            self._axes.set_xticks([])
            self._axes.text(0.5, 0.5, "no data", transform=self._axes.transAxes, ha="center", color=INK)
            return
        first, last = min(self._times), max(self._times)
        bars = [_step(trace.points) for trace in self._chart.traces if trace.look is Look.BARS]
        margin = max([(last - first) * 0.02, timedelta(minutes=1), *(step * 0.6 for step in bars)])
        self._axes.set_xlim(_day(first - margin), _day(last + margin))
        # Of a weekend's 64 hours no number of hours fits in five ticks: two days do.
        least, most = (2, 5) if self._small else (3, 10)
        locator = AutoDateLocator(tz=self._timezone, minticks=least, maxticks=most)
        self._axes.xaxis.set_major_locator(locator)
        self._axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=self._timezone, show_offset=False))
        # What is dashed is of another time: last week, or where it is going.
        seen = [p.at for trace in self._chart.traces if trace.look is not Look.DASHED for p in trace.points]
        until = max(seen or self._times).astimezone(self._timezone)
        self._axes.set_xlabel(f"data until {until:%a %d %b %H:%M} {until:%Z}", loc="right", fontsize=8, color=INK)


def readable(value: float) -> str:
    """A number for an axis: 0.5, 120, 1.5k, 20M."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{sign}"
    return f"{value:g}"


def legible(text: str, most: int) -> str:
    """Text that the font can show, on one line: what it cannot is a question mark, and no dollar begins a formula."""
    from matplotlib import font_manager

    known = font_manager.get_font(font_manager.findfont("DejaVu Sans")).get_charmap()
    words = cut(" ".join(text.split()), most).lstrip("_")
    return "".join(letter if ord(letter) in known else "?" for letter in words).replace("$", r"\$")


def _day(at: datetime) -> float:
    """A moment as matplotlib counts: in days since 1970."""
    return at.timestamp() / DAY.total_seconds()


def _with_holes(points: Sequence[Point]) -> Sequence[Point]:
    """The points, with nothing at all where numbers are missing."""
    step = _step(points)
    held: list[Point] = []
    for point in points:
        if held and point.at - held[-1].at > HOLE * step:
            held.append(Point(at=held[-1].at + step, value=math.nan))
        held.append(point)
    return held


def _step(points: Sequence[Point]) -> timedelta:
    """How far the points are apart, most of them."""
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(points)]
    return timedelta(seconds=median(gaps) if gaps else 60)


def _at(points: Iterable[Point]) -> dict[datetime, float]:
    return {point.at: point.value for point in points}


def _png(figure: "Figure") -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()
