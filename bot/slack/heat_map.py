"""Draws a week as a heat-map: a row for each weekday, a column for each hour, one hue from light to dark."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.domain.chart import WEEKDAYS, Week

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HOURS = 24
HUE = "Blues"
"""From light to dark of one hue: told apart by every kind of colour-blind eye, and without colour too."""
UNKNOWN, FRAME, INK = "#C8C8C8", "#D55E00", "#222222"

Edge = tuple[tuple[int, int], tuple[int, int]]
"""From one corner of the grid to the next, each as column and row."""


def draw_week(axes: "Axes", week: Week, *, small: bool) -> None:
    """The hours, with those framed that it is about, and what the colours stand for beside them."""
    size, every = (8, 6) if small else (9, 2)
    _colour(axes, week, size)
    _frame(axes, week, width=2.0 if small else 3.0)
    _explain(axes, week, columns=1 if small else 2)
    axes.set_xticks(range(0, HOURS + 1, every), [f"{hour:02}" for hour in range(0, HOURS + 1, every)])
    axes.set_yticks([row + 0.5 for row in range(len(WEEKDAYS))], WEEKDAYS)
    axes.set_xlim(0, HOURS)
    axes.set_ylim(len(WEEKDAYS), 0)
    axes.tick_params(labelsize=size, colors=INK, length=0)


def _colour(axes: "Axes", week: Week, size: int) -> None:
    from matplotlib import colormaps
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    rows = [[math.nan if number is None else number for number in day] for day in week.hours]
    highest = max((number for day in week.hours for number in day if number is not None), default=0.0)
    colours = colormaps[HUE].with_extremes(bad=UNKNOWN)
    columns, lines = range(HOURS + 1), range(len(WEEKDAYS) + 1)
    mesh = axes.pcolormesh(columns, lines, rows, cmap=colours, vmin=0, vmax=highest or 1, edgecolors="white", lw=0.3)
    figure = axes.get_figure(root=True)
    assert figure
    bar = figure.colorbar(mesh, ax=axes, pad=0.01, aspect=30)
    bar.ax.yaxis.set_major_locator(MaxNLocator(nbins=5))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    bar.ax.tick_params(labelsize=size, colors=INK)


def _frame(axes: "Axes", week: Week, width: float) -> None:
    """A line around the framed hours, on a wider white one: it stands out from light and dark."""
    edges = list(_edges(week))
    for colour, wide in (("white", width + 2), (FRAME, width)):
        for (left, top), (right, bottom) in edges:
            axes.plot([left, right], [top, bottom], color=colour, linewidth=wide, clip_on=False)


def _explain(axes: "Axes", week: Week, columns: int) -> None:
    """What is framed, and what is grey, where there is either."""
    from matplotlib.lines import Line2D

    unknown = any(number is None for day in week.hours for number in day)
    keys = [Line2D([], [], color=FRAME, linewidth=3, label=week.frame)] if week.framed and week.frame else []
    keys += [Line2D([], [], color=UNKNOWN, linewidth=8, label="not known")] if unknown else []
    if keys:
        size = 7 if columns == 1 else 8
        axes.legend(
            handles=keys, loc="upper left", bbox_to_anchor=(0, -0.07), ncols=columns, fontsize=size, frameon=False
        )


def _edges(week: Week) -> Iterator[Edge]:
    """The sides of framed hours beyond which none is framed."""
    framed = set(week.framed)
    for day, hour in sorted(framed):
        sides: dict[tuple[int, int], Edge] = {
            (day - 1, hour): ((hour, day), (hour + 1, day)),
            (day + 1, hour): ((hour, day + 1), (hour + 1, day + 1)),
            (day, hour - 1): ((hour, day), (hour, day + 1)),
            (day, hour + 1): ((hour + 1, day), (hour + 1, day + 1)),
        }
        yield from (edge for beyond, edge in sides.items() if beyond not in framed)
