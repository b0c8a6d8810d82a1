"""What journeys may ask for, on SQLite: a town in which the bot runs, and, beside a platform, what less is needed for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.postgres_server import PostgresServer
from tests.change_room import ChangeRoom, change_room
from tests.lookout import Lookout, inside, lookout
from tests.town import Plan, Town, opened
from tests.workshop import Workshop, workshop


@pytest.fixture
def plan(sqlite_store_url: str, tmp_path: Path) -> Plan:
    """The usual town, for tests that want it a little different."""
    return Plan(folder=tmp_path, database=sqlite_store_url)


@pytest.fixture
async def town(plan: Plan) -> AsyncIterator[Town]:
    """The usual town."""
    async with opened(plan) as town:
        yield town


@pytest.fixture
async def hill(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Lookout]:
    """A lookout over a platform, whose database was looked into before."""
    async with lookout(sqlite_store_url, postgres=postgres_server) as over:
        await inside(over.world)
        yield over


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    """The usual workshop."""
    async with workshop(sqlite_store_url, postgres=postgres_server) as shop:
        yield shop


@pytest.fixture
async def room(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[ChangeRoom]:
    """The usual room in which changes are asked for."""
    async with change_room(sqlite_store_url, postgres=postgres_server) as room:
        yield room
