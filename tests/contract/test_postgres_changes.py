"""The client that ends sessions of the platform's database, against a real PostgreSQL with real sessions."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from bot.domain.database_instance import Ended, IdleConnection, SessionId
from bot.domain.errors import GiveUp, Retry
from bot.domain.evidence import CouldNotLook
from bot.integrations.postgres import Postgres
from bot.integrations.postgres_changes import PostgresChanges

NOW = timedelta()
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
IN_TRANSACTION = "idle in transaction"
ROLES = """
DROP ROLE IF EXISTS ender;
CREATE ROLE ender LOGIN;
GRANT pg_read_all_stats, pg_signal_backend TO ender;
DROP ROLE IF EXISTS onlooker;
CREATE ROLE onlooker LOGIN;
GRANT pg_read_all_stats TO onlooker;
DROP ROLE IF EXISTS app;
CREATE ROLE app LOGIN;
DROP ROLE IF EXISTS standby;
CREATE ROLE standby LOGIN REPLICATION;
"""

Session = psycopg.Connection[tuple[object, ...]]


class Clients:
    """Sessions of applications."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self._url = url
        self._stack = stack

    def open(self, application: str, *statements: str, user: str = "app") -> Session:
        """A session that carried these out, the last of them without committing."""
        url = make_conninfo(self._url, user=user, application_name=application)
        connection = self._stack.enter_context(psycopg.connect(url, autocommit=True))
        for statement in statements:
            connection.execute(statement.encode())
        return connection


@pytest.fixture
def url(postgres_url: str) -> str:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(ROLES.encode())
    return postgres_url.replace("postgres@", "ender@")


@pytest.fixture
def clients(postgres_url: str, url: str) -> Iterator[Clients]:
    del url
    with ExitStack() as stack:
        yield Clients(postgres_url, stack)


@pytest.fixture
async def looking(url: str) -> AsyncIterator[Postgres]:
    client = Postgres(url=url, timeout=5)
    yield client
    await client.close()


@pytest.fixture
async def changing(url: str) -> AsyncIterator[PostgresChanges]:
    client = PostgresChanges(url=url, timeout=5)
    yield client
    await client.close()


def ids(found: list[IdleConnection]) -> list[SessionId]:
    return [SessionId(pid=each.pid, began_at=each.began_at) for each in found]


async def endable(looking: Postgres, state: str = "idle") -> list[IdleConnection]:
    return list(await looking.endable(state=state, longer_than=NOW, spared=("batch",)))


def is_alive(session: Session) -> bool:
    try:
        session.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


async def test_only_what_may_be_ended_is_planned_for(looking: Postgres, clients: Clients) -> None:
    never = clients.open("never-asked-anything")
    clients.open("admin", "SELECT 1", user="postgres")
    clients.open("replica", "SELECT 1", user="standby")
    clients.open("batch", "SELECT 1")
    clients.open("opsbot", "SELECT 1")
    clients.open("working", "BEGIN", "SELECT 1")

    found = await endable(looking)

    assert [each.pid for each in found] == [never.info.backend_pid]
    assert not await looking.endable(state="idle", longer_than=timedelta(hours=1))
    assert not await looking.endable(state="idle", longer_than=NOW, databases=("another",))
    assert len(await looking.endable(state="idle", longer_than=NOW, databases=(never.info.dbname,))) == 2


async def test_a_session_that_went_to_work_meanwhile_survives(
    looking: Postgres, changing: PostgresChanges, clients: Clients
) -> None:
    idle, busy = clients.open("idle"), clients.open("busy")
    planned = ids(await endable(looking))
    busy.execute("BEGIN")
    busy.execute("SELECT 1")

    assert await changing.end(planned, state="idle", idle_for=NOW) == Ended(ended=1, moved_on=1, still_there=0)
    assert not is_alive(idle)
    assert is_alive(busy)


async def test_a_process_number_that_is_somebody_elses_by_now_is_left_alone(
    looking: Postgres, changing: PostgresChanges, clients: Clients
) -> None:
    session = clients.open("idle")
    (planned,) = await endable(looking)
    earlier = SessionId(pid=planned.pid, began_at=planned.began_at - timedelta(seconds=1))

    assert (await changing.end([earlier], state="idle", idle_for=NOW)).moved_on == 1
    assert (await changing.end(ids([planned]), state="idle", idle_for=timedelta(hours=1))).moved_on == 1
    assert is_alive(session)


async def test_ending_twice_does_no_harm(looking: Postgres, changing: PostgresChanges, clients: Clients) -> None:
    clients.open("idle")
    planned = ids(await endable(looking))
    await changing.end(planned, state="idle", idle_for=NOW)

    assert await changing.end(planned, state="idle", idle_for=NOW) == Ended(ended=0, moved_on=1, still_there=0)


async def test_an_open_transaction_is_ended_only_when_that_is_meant(
    looking: Postgres, changing: PostgresChanges, clients: Clients
) -> None:
    session = clients.open("forgot-to-commit", "BEGIN", "SELECT 1")
    assert not await endable(looking)
    planned = ids(await endable(looking, IN_TRANSACTION))

    assert (await changing.end(planned, state="idle", idle_for=NOW)).moved_on == 1
    assert is_alive(session)
    planned = ids(await endable(looking, IN_TRANSACTION))
    assert (await changing.end(planned, state=IN_TRANSACTION, idle_for=NOW)).ended == 1
    assert not is_alive(session)


async def test_without_the_right_it_is_said_what_to_grant(postgres_url: str, clients: Clients) -> None:
    url = postgres_url.replace("postgres@", "onlooker@")
    looking, changing = Postgres(url=url, timeout=5), PostgresChanges(url=url, timeout=5)
    session = clients.open("idle")

    with pytest.raises(GiveUp, match=r"GRANT pg_signal_backend to opsbot's role \(0 ended before\)"):
        await changing.end(ids(await endable(looking)), state="idle", idle_for=NOW)
    with pytest.raises(CouldNotLook, match='GRANT pg_signal_backend TO "onlooker"'):
        await changing.examine()
    assert is_alive(session)
    await looking.close()
    await changing.close()


async def test_a_database_that_is_gone_is_tried_again() -> None:
    changing = PostgresChanges(url="postgresql://ender@127.0.0.1:1/gone", timeout=5)
    with pytest.raises(Retry, match="cannot be reached"):
        await changing.end([SessionId(pid=1, began_at=LONG_AGO)], state="idle", idle_for=NOW)
    await changing.close()
