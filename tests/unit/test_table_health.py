"""What a maintenance of the database has to do is said with the SQL that does it, and only where it is worth it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.evidence import Subject, Verdict
from bot.domain.table_health import IndexState, TableHealth, TableState
from playbooks.evidence.table_health import table_health
from playbooks.world import Sessions
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
RUNS = TableState(name="public.runs", live=30_000, dead=20_000, vacuumed_at=NOW - timedelta(days=9))
FINE = TableHealth(tables=(replace(RUNS, dead=400),), indexes=(), oldest=1_000_000)


class Inside:
    """A database whose tables do so."""

    def __init__(self, found: TableHealth) -> None:
        self._found = found

    async def table_health(self) -> TableHealth:
        return self._found


async def seen(found: TableHealth) -> list[tuple[Verdict, str]]:
    world = replace(empty_world(NOW), sessions=cast("Sessions", Inside(found)))
    evidence = await table_health(world, Subject(services=(), since=NOW, until=NOW))
    return [(each.verdict, each.says) for each in evidence.findings]


async def test_a_database_that_needs_nothing_is_well() -> None:
    assert await seen(FINE) == [
        (Verdict.GREEN, "No table has many dead rows: public.runs has 400 dead rows, 1.3 % at most"),
        (Verdict.GREEN, "The oldest row was frozen 1,000,000 transactions ago"),
    ]


async def test_many_dead_rows_are_vacuumed_and_never_with_a_lock() -> None:
    [(verdict, says), _] = await seen(replace(FINE, tables=(RUNS,)))
    assert verdict is Verdict.AMBER
    assert says == "public.runs has 20,000 dead rows, 40 %, vacuumed 9 d ago: VACUUM (ANALYZE) public.runs;"


async def test_a_broken_index_is_said_first_and_an_unused_one_is_only_named() -> None:
    broken = IndexState(name="public.once", table="public.runs", size_bytes=0, broken=True)
    unused = IndexState(name="public.old", table="public.runs", size_bytes=52 * 1024 * 1024, broken=False)
    found = await seen(replace(FINE, indexes=(broken, unused)))
    assert found[0] == (
        Verdict.AMBER,
        "Index public.once of public.runs is broken: REINDEX INDEX CONCURRENTLY public.once;",
    )
    assert (Verdict.GREEN, "Unused since the statistics began, 52 MB: public.old") in found


@pytest.mark.parametrize(
    ("oldest", "verdict"), [(400_000_000, Verdict.GREEN), (600_000_000, Verdict.AMBER), (1_600_000_000, Verdict.RED)]
)
async def test_rows_that_were_not_frozen_for_long_are_a_danger(oldest: int, verdict: Verdict) -> None:
    assert (await seen(replace(FINE, oldest=oldest)))[-1][0] is verdict
