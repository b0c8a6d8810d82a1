"""Every query that was read is judged, not only those that take the most time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from bot.domain.database_instance import SlowQuery
from bot.domain.evidence import Subject, Verdict
from playbooks.evidence.slow_queries import slow_queries
from playbooks.world import Sessions
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


def query(text: str, mean: timedelta, calls: int) -> SlowQuery:
    return SlowQuery(text=text, calls=calls, mean=mean, total=mean * calls, rows=calls)


class Statements:
    """Nine quick queries of very many calls, and a tenth that is slow."""

    async def slow_queries(self) -> Sequence[SlowQuery]:
        quick = [query(f"SELECT {number}", timedelta(milliseconds=5), 1_000_000) for number in range(9)]
        return (*quick, query("SELECT pg_sleep($1)", timedelta(seconds=3), 200))


async def test_a_slow_query_that_takes_the_least_time_of_all_is_said_first() -> None:
    world = replace(empty_world(NOW), sessions=cast("Sessions", Statements()))

    found = await slow_queries(world, Subject(services=(), since=NOW, until=NOW))

    assert found.verdict is Verdict.RED
    assert "pg_sleep" in found.findings[0].says
    assert len(found.findings) == 5
