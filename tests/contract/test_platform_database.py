"""The platform's PostgreSQL shows the world behind the practice ground, at the world's time."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from bot.domain.evidence import CouldNotLook
from bot.integrations.postgres import Postgres
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, Faults
from sandbox.log import Log
from sandbox.platform_database.lodging import Lodging, OwnServer, SharedServer
from sandbox.platform_database.platform_database import TARGET, PlatformDatabase
from sandbox.postgres_server import PostgresMissing, PostgresServer
from sandbox.world.platform import Platform
from sandbox.world.spec import INSTANCE

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
END = (
    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
    " WHERE pid = %s AND backend_start = %s AND state = 'idle' AND state_change < now() - interval '10 minutes'"
)


class Practice:
    """A world, its database, and the bot's client of it."""

    def __init__(self, lodging: Lodging) -> None:
        self.clock = SandboxClock(start=NOON, ticking=False)
        self.faults, self.log = Faults(), Log(self.clock)
        self.platform = Platform(self.clock)
        self.database = PlatformDatabase(self.platform, faults=self.faults, log=self.log, lodging=lodging)

    async def start(self) -> None:
        await self.database.start()
        self.client = Postgres(url=self.database.url, timeout=15)

    async def stop(self) -> None:
        await self.client.close()
        await self.database.stop()

    async def connect(self) -> "psycopg.AsyncConnection[tuple[object, ...]]":
        """A connection of the bot's role."""
        return await psycopg.AsyncConnection.connect(self.database.url, autocommit=True)


@pytest.fixture
async def practice(postgres_server: PostgresServer) -> AsyncIterator[Practice]:
    practice = Practice(SharedServer(postgres_server))
    await practice.start()
    yield practice
    await practice.stop()


async def test_its_sessions_are_the_worlds(practice: Practice) -> None:
    found = await practice.client.connections()

    assert found.used == len(practice.platform.connections())
    assert found.usable == 297
    assert {"control-plane", "agent-runtime", "billing", "metabase"} == {each.application for each in found.groups}


async def test_it_lives_by_business_time(practice: Practice) -> None:
    before = await practice.client.idle(longer_than=60 * MINUTE)
    practice.clock.advance(3 * 3600)
    after = await practice.client.idle(longer_than=60 * MINUTE)

    assert {each.application for each in (*before, *after)} == {"metabase"}
    assert all(each.idle_for > 60 * MINUTE and each.client == "10.8.90.x" for each in after)
    assert [each.idle_for for each in before] != [each.idle_for for each in after]


async def test_what_is_ended_there_is_ended_in_the_world(practice: Practice) -> None:
    (first, *others) = await practice.client.idle(longer_than=60 * MINUTE)
    async with await practice.connect() as connection:
        await connection.execute("SET default_transaction_read_only = on")
        cursor = await connection.execute(END, (first.pid, first.began_at))
        assert await cursor.fetchall() == [(True,)]

        assert first.pid not in {each.pid for each in practice.platform.connections()}
        again = await connection.execute(END, (first.pid, first.began_at))
        assert await again.fetchall() == []
    assert [each.pid for each in await practice.client.idle(longer_than=60 * MINUTE)] == [each.pid for each in others]
    assert practice.log.entries(kind=TARGET)[-1].ok
    assert "pg_terminate_backend" in {entry.name for entry in practice.log.entries(kind=TARGET)}


async def test_queries_and_rows_are_the_worlds(practice: Practice) -> None:
    slow = await practice.client.slow_queries(most=3)
    assert [each.total for each in slow] == sorted((each.total for each in slow), reverse=True)
    assert "agent_runs" in " ".join(each.text for each in slow)

    rows = practice.platform.rows()
    assert await practice.client.numbers("SELECT count(*) FROM users") == (("", float(rows["users"])),)
    ((_, orders),) = await practice.client.numbers(
        "SELECT count(*) FROM orders WHERE created_at > now() - interval '1 day'"
    )
    assert orders == pytest.approx(900, abs=1)


async def test_it_says_what_can_be_seen(practice: Practice) -> None:
    assert (await practice.client.examine()).endswith("as opsbot: sees all sessions, sees slow queries")


async def test_a_line_that_is_cut_is_told_and_found_again(practice: Practice) -> None:
    await practice.client.connections()
    practice.faults.add(Fault(name="cut", kind="drop_before", target=TARGET))
    with pytest.raises(CouldNotLook, match="cannot be reached"):
        await practice.client.connections()

    practice.faults.clear()
    assert (await practice.client.connections()).used


async def test_when_all_connections_are_taken_only_who_is_in_already_still_sees_it(practice: Practice) -> None:
    await practice.client.connections()
    practice.platform.break_("connection-leak")
    practice.clock.advance(90 * 60)

    with pytest.raises(psycopg.OperationalError, match="remaining connection slots are reserved"):
        await practice.connect()
    late = Postgres(url=practice.database.url, timeout=15)
    with pytest.raises(CouldNotLook, match="takes no more connections"):
        await late.connections()
    await late.close()
    found = await practice.client.connections()
    assert found.used == found.usable


async def test_while_it_restarts_nobody_is_answered(practice: Practice) -> None:
    await practice.client.connections()
    practice.platform.restart_database()
    with pytest.raises(CouldNotLook, match="cannot be reached"):
        await practice.client.connections()

    practice.clock.advance(120)
    assert (await practice.client.connections()).used


async def test_without_a_postgresql_nobody_is_let_in() -> None:
    practice = Practice(Nowhere())
    await practice.start()
    with pytest.raises(CouldNotLook, match="cannot be reached"):
        await practice.client.connections()
    await practice.stop()
    assert "install" in str(practice.log.entries(kind=TARGET)[0].error)


class Nowhere(OwnServer):
    """A machine without a PostgreSQL."""

    def open(self) -> PostgresServer:
        raise PostgresMissing(PostgresMissing.__doc__)


async def test_a_server_of_its_own_starts_for_the_first_client_and_is_gone_afterwards() -> None:
    practice = Practice(OwnServer())
    await practice.start()
    assert (await practice.client.connections()).used
    await practice.stop()
    with pytest.raises(psycopg.OperationalError):
        await practice.connect()


async def test_any_instance_is_asked_through_the_data_api(practice: Practice) -> None:
    practice.platform.clone(INSTANCE, "copy", moment=NOON - timedelta(hours=1))
    practice.platform.break_("lost-data")
    practice.clock.advance(600)

    columns, (copy,) = await practice.database.ask("copy", "SELECT 'users' AS name, count(*) AS rows FROM users")
    _, (lost,) = await practice.database.ask(INSTANCE, "SELECT 'users', count(*) FROM users")

    assert columns == ["name", "rows"]
    assert copy[1] == practice.platform.rows("copy")["users"] > 1.5 * lost[1]
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await practice.database.ask("copy", "CREATE TABLE made (up int)")
    (group,) = await practice.client.numbers("SELECT 'users', count(*) FROM users")
    assert group[1] == lost[1], "what the platform itself uses was not touched"
