"""While a database is well its load is one sentence; what is not well is said by itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from bot.domain.chart import Series
from bot.domain.evidence import Subject, Verdict
from bot.domain.metric_query import Measure
from playbooks.evidence.database_metrics import database_metrics
from playbooks.world import Metrics
from tests.empty_world import empty_world
from tests.made_metrics import MadeMetrics

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
WELL = {Measure.DATABASE_CPU: 0.27, Measure.DATABASE_MEMORY: 0.45, Measure.DATABASE_DISK: 0.46}


def levels_of(levels: Mapping[Measure, float]) -> MadeMetrics:
    """Measures that have been the same for ever; of others there are no numbers."""
    return MadeMetrics(
        lambda measure, asked: [Series(points=asked.points(levels[measure]))] if measure in levels else ()
    )


async def said(levels: Mapping[Measure, float]) -> list[tuple[Verdict, str]]:
    world = replace(empty_world(NOW), metrics=cast("Metrics", levels_of(levels)))
    subject = Subject(services=("control-plane",), since=NOW - timedelta(hours=1), until=NOW)
    return [(each.verdict, each.says) for each in (await database_metrics(world, subject)).findings]


async def test_whoever_asks_for_the_disk_reads_of_the_disk() -> None:
    assert await said(WELL) == [(Verdict.GREEN, "Platform database: CPU 27 %, memory 45 %, disk 46 %")]


async def test_a_full_disk_is_said_by_itself() -> None:
    found = await said(WELL | {Measure.DATABASE_DISK: 0.97})
    assert [verdict for verdict, _ in found] == [Verdict.GREEN, Verdict.GREEN, Verdict.RED]
    assert "disk 97.0 %" in found[2][1]
