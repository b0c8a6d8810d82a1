"""What counts as now is told alike, however long the stretch of time is that was asked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.chart import Point, Series
from bot.domain.evidence import Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from playbooks.evidence.requests import requests
from playbooks.world import Metrics
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
A_MINUTE = 100


class Steady:
    """A service that gets a hundred requests a minute, and did so every week."""

    async def read(
        self,
        measure: Measure,
        of: str,
        *,
        since: datetime,
        until: datetime,
        step: timedelta,
        aggregation: Aggregation,
        by: Sequence[str] = (),
    ) -> Sequence[Series]:
        del measure, of, aggregation, by
        count = int((until - since) / step)
        each = A_MINUTE * (step / timedelta(minutes=1))
        points = tuple(Point(at=until - step * back, value=each) for back in range(count - 1, -1, -1))
        return (Series(points=points, labels=(("class", "2xx"),)),)


@pytest.mark.parametrize("hours", [1, 8, 24, 100])
async def test_a_steady_service_is_no_crowd_over_a_day(hours: int) -> None:
    world = replace(empty_world(NOW), metrics=cast("Metrics", Steady()))
    subject = Subject(services=("control-plane",), since=NOW - timedelta(hours=hours), until=NOW)

    (finding,) = (await requests(world, subject)).findings

    assert finding.value == A_MINUTE
    assert finding.verdict is Verdict.GREEN, finding.says
