"""Evidence about connections, of a real PostgreSQL whose connections are taken one after the other."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from bot.domain.evidence import Evidence, Subject, Verdict
from bot.integrations.postgres import Postgres
from playbooks.evidence.gather import gather
from sandbox.postgres_server import PostgresServer
from tests.lookout import Lookout, lookout

NAMES = ("database-connections", "idle-connections", "slow-queries")


@pytest.fixture
def small() -> Iterator[PostgresServer]:
    """A server that takes twenty connections, three of them the superuser's alone."""
    server = PostgresServer(max_connections=20)
    yield server
    server.discard()


@pytest.fixture
async def here(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Lookout]:
    async with lookout(sqlite_store_url, postgres=postgres_server) as here:
        yield here


async def test_the_database_fills_up_and_is_still_seen(here: Lookout, small: PostgresServer) -> None:
    with psycopg.connect(small.url("postgres"), autocommit=True) as owner:
        owner.execute("CREATE ROLE watcher LOGIN")
        owner.execute("GRANT pg_read_all_stats TO watcher")
        owner.execute("CREATE ROLE billing LOGIN")
    sessions = Postgres(url=make_conninfo(small.url("postgres"), user="watcher"), timeout=10)
    try:
        with ExitStack() as stack:
            well = await looked(here, sessions)
            while True:
                url = make_conninfo(small.url("postgres"), user="billing", application_name="billing")
                try:
                    stack.enter_context(psycopg.connect(url))
                except psycopg.OperationalError:
                    break
            full = await looked(here, sessions)
    finally:
        await sessions.close()

    assert well["database-connections"].verdict is Verdict.GREEN
    assert "1 of 17 connections taken" in well["database-connections"].findings[0].says
    assert full["database-connections"].verdict is Verdict.RED
    assert "17 of 17 connections taken, 100 % (billing 16, opsbot 1)" in full["database-connections"].findings[0].says
    assert well["slow-queries"].verdict is Verdict.NOT_CONFIGURED
    assert "CREATE EXTENSION pg_stat_statements" in well["slow-queries"].findings[0].says
    assert full["idle-connections"].verdict is Verdict.GREEN, "none of them has been idle for long"


async def looked(here: Lookout, sessions: Postgres) -> dict[str, Evidence]:
    subject = Subject(services=("billing",), since=here.now, until=here.now)
    return {each.name: each for each in await gather(replace(here.world, sessions=sessions), NAMES, subject)}
