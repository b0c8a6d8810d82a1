"""What counts as now is told alike, however long the stretch of time is that was asked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.chart import Series
from bot.domain.evidence import Subject, Verdict
from bot.domain.metric_query import Measure
from playbooks.evidence.requests import requests
from playbooks.world import Metrics
from tests.empty_world import empty_world
from tests.made_metrics import MadeMetrics, Stretch

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
A_MINUTE = 100


def steady(_measure: Measure, asked: Stretch) -> Sequence[Series]:
    """A service that gets a hundred requests a minute, and did so every week."""
    each = A_MINUTE * (asked.step / timedelta(minutes=1))
    return (Series(points=asked.points(each), labels=(("class", "2xx"),)),)


@pytest.mark.parametrize("hours", [1, 8, 24, 100])
async def test_a_steady_service_is_no_crowd_over_a_day(hours: int) -> None:
    world = replace(empty_world(NOW), metrics=cast("Metrics", MadeMetrics(steady)))
    subject = Subject(services=("control-plane",), since=NOW - timedelta(hours=hours), until=NOW)

    (finding,) = (await requests(world, subject)).findings

    assert finding.value == A_MINUTE
    assert finding.verdict is Verdict.GREEN, finding.says
