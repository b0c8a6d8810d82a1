"""Agent runs as they are counted: of the last minutes, or of as long as they fail."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import sqrt

from bot.domain.chart import Point
from bot.domain.promql import Selector, increase, is_, ratio, total
from playbooks.evidence.agent_fault import Runs, number_of, success
from playbooks.evidence.window import Window
from playbooks.world import Outside, World, reached

AT_LEAST, LATELY, HOUR = timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1)
SMOOTH = timedelta(minutes=3)
"""Long enough that one run that fails is no dip in a chart, short enough that trouble shows within a minute."""
SURE = 3.0
"""Standard deviations that luck does not reach."""


async def runs_lately(world: World) -> tuple[Runs, ...]:
    """Those of the last minutes, or of the last hour when there were too few.

    Only the last two minutes when they are worse than luck explains: what has just begun is not thinned by what was before.
    """
    bounds = world.organisation.thresholds["agent-success"]
    latest, lately = await asyncio.gather(runs_since(world, AT_LEAST), runs_since(world, LATELY))
    if bounds.amber is not None and number_of(latest) >= bounds.at_least and _surely_below(world, latest, bounds.amber):
        return latest
    return lately if number_of(lately) >= bounds.at_least else await runs_since(world, HOUR)


async def runs_while_failing(world: World, since: datetime | None, known: tuple[Runs, ...]) -> tuple[Runs, ...]:
    """Those since runs began to fail, of ten minutes at most: whose fault it is shows in them alone.

    Where they fail no more, those of the last two minutes: what is over is not told as if it went on. Those that are
    `known` already, where the others are too few to tell.
    """
    lasts = world.clock.now() - since if since else AT_LEAST
    runs = await runs_since(world, min(max(lasts, AT_LEAST), LATELY))
    return runs if number_of(runs) >= world.organisation.thresholds["agent-success"].at_least else known


async def runs_since(world: World, length: timedelta) -> tuple[Runs, ...]:
    """The runs of so long until now, by agent, tool and status."""
    agents = world.organisation.agents
    labels = (agents.agent_label, agents.tool_label, agents.status_label)
    asked = total(increase(Selector(metric=agents.runs).over(length)), by=labels)
    series = await reached(world.queries, Outside.QUERIES).query(str(asked), at=world.clock.now())
    return tuple(
        Runs(
            agent=each.label(agents.agent_label),
            tool=each.label(agents.tool_label),
            status=each.label(agents.status_label),
            count=each.last,
        )
        for each in series
        if each.last is not None
    )


async def success_over_time(world: World, window: Window, *, label: str = "", name: str = "") -> tuple[Point, ...]:
    """The part that succeeds, of all or of those of an agent or tool."""
    agents, reported = world.organisation.agents, window.reported
    those = (is_(label, name),) if label else ()
    good = Selector(metric=agents.runs, matches=(*those, is_(agents.status_label, agents.success)))
    every = Selector(metric=agents.runs, matches=those)
    asked = ratio(total(increase(good.over(SMOOTH))), total(increase(every.over(SMOOTH))))
    queries = reached(world.queries, Outside.QUERIES)
    series = await queries.query_range(str(asked), since=reported.since, until=reported.until, step=reported.step)
    return series[0].points if series else ()


def _surely_below(world: World, runs: Sequence[Runs], bound: float) -> bool:
    """Whether the part that succeeds is below a bound by more than luck explains of so few."""
    part = success(runs, world.organisation.agents.success)
    return part is not None and part + SURE * sqrt(bound * (1 - bound) / number_of(runs)) < bound
