"""The day is compared with the same weekday a week before, on the local clock, and says revenue in private only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.chart import Look, Point, Series
from bot.domain.evidence import CouldNotLook, Subject, Verdict
from bot.domain.metric_query import Measure
from playbooks.evidence.day import day
from playbooks.world import Metrics, Queries, World
from tests.empty_world import empty_world
from tests.made_metrics import MadeMetrics, Stretch

MONDAY = datetime(2026, 3, 9, 21, tzinfo=UTC)
"""17:00 in New York, the day after clocks were put forward."""
MIDNIGHT = datetime(2026, 3, 9, 4, tzinfo=UTC)


class Business:
    """Numbers that are 100 today and were 80 a week ago."""

    async def query_range(
        self, expression: str, *, since: datetime, until: datetime, step: timedelta
    ) -> Sequence[Series]:
        del expression
        value = 100.0 if since >= MIDNIGHT else 80.0
        points = [Point(at=since + step * number, value=value) for number in range(int((until - since) / step) + 1)]
        return (Series(points=tuple(points)),)


def traffic(failed: float, *, before: bool = True) -> MadeMetrics:
    """A service that fails this part of a thousand requests a step; perhaps nobody knows what it did a week ago."""

    def rule(_measure: Measure, asked: Stretch) -> Sequence[Series]:
        if asked.since < MIDNIGHT and not before:
            raise CouldNotLook("Cloud Monitoring does not answer in time.")
        bad = failed if asked.since >= MIDNIGHT else 0.001
        parts = (("2xx", 1 - bad), ("5xx", bad))
        return [Series(points=asked.points(1000 * part), labels=(("class", name),)) for name, part in parts]

    return MadeMetrics(rule)


def world(failed: float = 0.001) -> World:
    made = empty_world(MONDAY)
    return replace(made, queries=cast("Queries", Business()), metrics=cast("Metrics", traffic(failed)))


def subject(*, private: bool = False) -> Subject:
    return Subject(services=("control-plane",), since=MONDAY - timedelta(days=1), until=MONDAY, private=private)


async def test_it_begins_at_midnight_and_so_does_the_day_that_it_is_compared_with() -> None:
    seen = await day(world(), subject())

    users = next(chart for chart in seen.charts if chart.title == "Active users")
    today, before = users.traces
    assert today.points[0].at == MIDNIGHT
    assert before.name == "last Monday"
    assert before.look is Look.DASHED
    assert before.points[0].at == MIDNIGHT, "moved to where it can be compared: 167 hours, as clocks changed"
    assert "Active users at 16:30: 100 users, last Monday 80" in [each.says for each in seen.findings]


@pytest.mark.parametrize("private", [True, False])
async def test_revenue_is_said_and_drawn_in_private_only(private: bool) -> None:  # noqa: FBT001
    seen = await day(world(), subject(private=private))
    told = [each.says for each in seen.findings] + [chart.title for chart in seen.charts]
    assert any("Revenue" in each for each in told) is private


@pytest.mark.parametrize(("failed", "verdict"), [(0.001, Verdict.GREEN), (0.01, Verdict.AMBER), (0.05, Verdict.RED)])
async def test_a_day_on_which_much_failed_is_not_well(failed: float, verdict: Verdict) -> None:
    (first, *_) = (await day(world(failed), subject())).findings
    assert first.verdict is verdict


async def test_what_cannot_be_looked_at_hides_nothing_else() -> None:
    blind = replace(world(), metrics=cast("Metrics", traffic(0.001, before=False)))
    seen = await day(blind, subject())
    assert [each.verdict for each in seen.findings] == [Verdict.COULD_NOT_LOOK, Verdict.GREEN, Verdict.GREEN]
