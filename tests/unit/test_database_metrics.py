"""While a database is well its load is one sentence; what is not well is said by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from bot.domain.chart import Point, Series
from bot.domain.evidence import Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from playbooks.evidence.database_metrics import database_metrics
from playbooks.world import Metrics
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
WELL = {Measure.DATABASE_CPU: 0.27, Measure.DATABASE_MEMORY: 0.45, Measure.DATABASE_DISK: 0.46}


class Levels:
    """Measures that have been the same for ever."""

    def __init__(self, levels: Mapping[Measure, float]) -> None:
        self._levels = levels

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
        del of, aggregation, by
        if measure not in self._levels:
            return ()
        moments = [since + step * number for number in range(1, int((until - since) / step) + 1)]
        return [Series(points=tuple(Point(at=at, value=self._levels[measure]) for at in moments))]


async def said(levels: Mapping[Measure, float]) -> list[tuple[Verdict, str]]:
    world = replace(empty_world(NOW), metrics=cast("Metrics", Levels(levels)))
    subject = Subject(services=("control-plane",), since=NOW - timedelta(hours=1), until=NOW)
    return [(each.verdict, each.says) for each in (await database_metrics(world, subject)).findings]


async def test_whoever_asks_for_the_disk_reads_of_the_disk() -> None:
    assert await said(WELL) == [(Verdict.GREEN, "Platform database: CPU 27 %, memory 45 %, disk 46 %")]


async def test_a_full_disk_is_said_by_itself() -> None:
    found = await said(WELL | {Measure.DATABASE_DISK: 0.97})
    assert [verdict for verdict, _ in found] == [Verdict.GREEN, Verdict.GREEN, Verdict.RED]
    assert "disk 97.0 %" in found[2][1]
