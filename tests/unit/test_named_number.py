"""A number that is judged only by what is usual is not well where nothing is known to be usual."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import cast

import pytest

from bot.domain.chart import Point, Series
from bot.domain.evidence import Subject, Verdict
from bot.domain.platform import Number, NumberSource
from playbooks.evidence.named_number import named_number
from playbooks.world import Queries
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
USERS = Number(key="active-users", title="Active users", unit="", query="users", source=NumberSource.PROMETHEUS)


class Young:
    """A Prometheus that knows a number since some moment."""

    def __init__(self, since: datetime) -> None:
        self._since = since

    async def query(self, expression: str, *, at: datetime) -> Sequence[Series]:
        del expression
        return (Series(labels=(), points=(Point(at=at, value=40.0),)),) if at >= self._since else ()


@pytest.mark.parametrize(
    ("since", "verdict", "says"),
    [
        (NOW, Verdict.NO_DATA, "Active users: 40; there is nothing to compare it with yet"),
        (datetime(2020, 1, 1, tzinfo=UTC), Verdict.GREEN, "Active users: 40, usually 40, last week 40"),
    ],
)
async def test_a_number_without_a_past_is_not_called_well(since: datetime, verdict: Verdict, says: str) -> None:
    world = empty_world(NOW)
    organisation = replace(world.organisation, numbers={USERS.key: USERS})
    world = replace(world, queries=cast("Queries", Young(since)), organisation=organisation)
    subject = Subject(services=(), since=NOW, until=NOW)

    (finding,) = (await named_number(world, subject, name="users", key=USERS.key, yardstick="users")).findings

    assert (finding.verdict, finding.says) == (verdict, says)


class Fallen:
    """A Prometheus whose number was twice as high until just now."""

    async def query(self, expression: str, *, at: datetime) -> Sequence[Series]:
        del expression
        return (Series(points=(Point(at=at, value=20.0 if at == NOW else 40.0),)),)

    async def query_range(
        self, expression: str, *, since: datetime, until: datetime, step: timedelta
    ) -> Sequence[Series]:
        """As Prometheus does, it answers from the beginning on, step by step of whole seconds."""
        del expression
        step = timedelta(seconds=ceil(step.total_seconds()))
        count = (until - since) // step + 1
        moments = [since + step * number for number in range(count)]
        return (Series(points=tuple(Point(at=at, value=20.0 if at == NOW else 40.0) for at in moments)),)


async def test_its_chart_ends_with_what_is_so_now() -> None:
    world = empty_world(NOW)
    organisation = replace(world.organisation, numbers={"active-users": USERS})
    world = replace(world, organisation=organisation, queries=cast("Queries", Fallen()))
    subject = Subject(services=(), since=NOW - timedelta(minutes=67, seconds=7), until=NOW)
    evidence = await named_number(world, subject, name="users", key="active-users", yardstick="users")
    (chart,) = evidence.charts
    assert (chart.traces[0].points[-1].at, chart.traces[0].points[-1].value) == (NOW, 20.0)
