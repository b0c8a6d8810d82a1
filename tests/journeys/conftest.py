"""What journeys may ask for: a town in which the bot runs, on SQLite and over Socket Mode."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.town import Plan, Town, opened


@pytest.fixture
def plan(sqlite_store_url: str, tmp_path: Path) -> Plan:
    """The usual town, for tests that want it a little different."""
    return Plan(folder=tmp_path, database=sqlite_store_url)


@pytest.fixture
async def town(plan: Plan) -> AsyncIterator[Town]:
    """The usual town."""
    async with opened(plan) as town:
        yield town
