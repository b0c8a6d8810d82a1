"""The client that looks into the platform's database, against a real PostgreSQL with real sessions."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.integrations.kept_connection import KeptConnection
from bot.integrations.postgres import Postgres
from sandbox.postgres_server import PostgresServer

SECOND = timedelta(seconds=1)
PASSWORD = "hunter2-is-secret"
ROLES = f"""
DROP ROLE IF EXISTS watcher;
CREATE ROLE watcher LOGIN PASSWORD '{PASSWORD}';
GRANT pg_read_all_stats TO watcher;
DROP ROLE IF EXISTS stranger;
CREATE ROLE stranger LOGIN;
"""


class Sessions:
    """Clients of the database that stay connected."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self._url = url
        self._stack = stack

    def open(
        self, application: str, *statements: str, user: str = "postgres"
    ) -> "psycopg.Connection[tuple[object, ...]]":
        """A session that carried these out, the last of them without committing."""
        url = make_conninfo(self._url, user=user, application_name=application)
        connection = self._stack.enter_context(psycopg.connect(url, autocommit=True))
        for statement in statements:
            connection.execute(statement.encode())
        return connection


@pytest.fixture
def url(postgres_url: str) -> str:
    """As opsbot's role is given it."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(ROLES.encode())
        connection.execute("CREATE SEQUENCE counter")
        connection.execute("GRANT USAGE ON counter TO watcher")
    return postgres_url.replace("postgres@", f"watcher:{PASSWORD}@")


@pytest.fixture
async def postgres(url: str) -> AsyncIterator[Postgres]:
    client = Postgres(url=url, timeout=5)
    yield client
    await client.close()


@pytest.fixture
def sessions(postgres_url: str) -> Iterator[Sessions]:
    with ExitStack() as stack:
        yield Sessions(postgres_url, stack)


async def test_clients_are_counted_by_what_they_do(postgres: Postgres, sessions: Sessions) -> None:
    sessions.open("api", "SELECT 1")
    sessions.open("api", "SELECT 1")
    sessions.open("billing", "BEGIN", "SELECT 1")

    found = await postgres.connections()

    states = {(each.application, each.state): each.count for each in found.groups}
    assert states["api", "idle"] == 2
    assert states["billing", "idle in transaction"] == 1
    assert states["opsbot", "active"] == 1
    assert found.usable == 200 - 3
    assert found.used < found.usable


async def test_idle_is_who_has_nothing_to_do_since_then(postgres: Postgres, sessions: Sessions) -> None:
    # PostgreSQL's own clock cannot be moved, so that some real time has to pass in it: during the query.
    never = sessions.open("never-asked-anything")
    sessions.open("in-a-transaction", "BEGIN", "SELECT 1")
    busy = sessions.open("just-finished", "SELECT pg_sleep(1.5)")

    idle = {each.application: each for each in await postgres.idle(longer_than=SECOND)}

    assert idle["never-asked-anything"].pid == never.info.backend_pid
    assert idle["never-asked-anything"].client == "127.0.0.x"
    assert idle["in-a-transaction"].state == "idle in transaction"
    assert "just-finished" not in idle, "its query began long ago, and it is idle only since it ended"
    everybody = await postgres.idle(longer_than=timedelta())
    assert busy.info.backend_pid in {each.pid for each in everybody}
    assert len(await postgres.idle(longer_than=timedelta(), most=1)) == 1


async def test_without_the_right_to_see_others_it_is_said_what_to_grant(postgres_url: str, url: str) -> None:
    stranger = Postgres(url=postgres_url.replace("postgres@", "stranger@"), timeout=5)
    for look in (stranger.connections(), stranger.idle(longer_than=SECOND), stranger.examine()):
        with pytest.raises(CouldNotLook, match='GRANT pg_read_all_stats TO "stranger"'):
            await look
    await stranger.close()


async def test_slow_queries_need_their_extension(postgres: Postgres) -> None:
    with pytest.raises(NotConfigured, match="CREATE EXTENSION pg_stat_statements"):
        await postgres.slow_queries()


async def test_slow_queries_come_without_values(postgres: Postgres, sessions: Sessions) -> None:
    sessions.open(
        "made-up",
        "CREATE TABLE public.pg_stat_statements (query text, calls bigint, mean_exec_time float8,"
        " total_exec_time float8, rows bigint)",
        "INSERT INTO pg_stat_statements VALUES"
        " ('SELECT $1 /* trace=4711 */ FROM a WHERE b = ''Ana''', 3, 500, 1500, 30),"
        " ('ALTER ROLE ana PASSWORD ''geheim''', 9, 999, 9999, 0),"
        " ('-- note\nUPDATE a SET b = $1', 1, 20, 20, 1)",
        "GRANT SELECT ON pg_stat_statements TO watcher",
    )

    slow = await postgres.slow_queries()

    assert [each.text for each in slow] == ["SELECT $1 FROM a WHERE b = ?", "UPDATE a SET b = $1"]
    assert (slow[0].calls, slow[0].mean, slow[0].rows) == (3, timedelta(milliseconds=500), 30)


async def test_an_operators_query_answers_numbers(postgres: Postgres) -> None:
    assert await postgres.numbers("SELECT 42") == (("", 42.0),)
    assert await postgres.numbers("SELECT name, total FROM (VALUES ('a', 1.5), ('b%', NULL)) AS x(name, total)") == (
        ("a", 1.5),
    )
    with pytest.raises(CouldNotLook, match="one number, or rows of a label and a number"):
        await postgres.numbers("SELECT 1, 2, 3")
    with pytest.raises(CouldNotLook, match="one number, or rows of a label and a number"):
        await postgres.numbers("SELECT 'many'")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("CREATE TABLE x (y int)", 'refuses the query: syntax error at or near "CREATE"'),
        ("WITH x AS (DELETE FROM y RETURNING 1) SELECT * FROM x", "refuses the query"),
        ("SELECT nextval('counter')", "would change something"),
        ("SELECT 1; SELECT 2", "refuses the query: cannot insert multiple commands"),
        ("", "refuses the query"),
        ("COPY (SELECT 1) TO STDOUT", "refuses the query"),
        ("SELECT nobody", 'column "nobody" does not exist'),
        ("SELECT * FROM pg_authid", "does not allow it"),
        ("SELECT pg_sleep(6)", "took longer than 5 s, and was stopped|does not answer within 5 s"),
    ],
)
async def test_an_operators_query_that_cannot_be_is_told_why(postgres: Postgres, query: str, sentence: str) -> None:
    with pytest.raises(CouldNotLook, match=sentence):
        await postgres.numbers(query)
    assert await postgres.numbers("SELECT 1") == (("", 1.0),), "the next question is answered again"


async def test_of_a_query_that_never_ends_only_the_first_rows_are_taken(postgres: Postgres) -> None:
    assert len(await postgres.numbers("SELECT generate_series(1, 1000000000)")) == 100


async def test_a_lost_connection_is_opened_again(url: str, sessions: Sessions) -> None:
    kept = KeptConnection(url, timeout=5)
    ((first,),) = await kept.rows("SELECT pg_backend_pid()")
    sessions.open("operator").execute("SELECT pg_terminate_backend(%s, 2000)", (first,))

    ((second,),) = await kept.rows("SELECT pg_backend_pid()")

    assert second != first
    ((third,),) = await kept.rows("SELECT pg_backend_pid()")
    assert third == second
    await kept.close()


async def test_a_connection_that_is_kept_looks_into_a_full_database() -> None:
    full = PostgresServer(max_connections=10)
    try:
        with ExitStack() as stack, psycopg.connect(full.url("postgres"), autocommit=True) as owner:
            owner.execute(ROLES.encode())
            url = full.url("postgres").replace("postgres@", "watcher@")
            postgres, late = Postgres(url=url, timeout=5), Postgres(url=url, timeout=5)
            keeping = asyncio.create_task(postgres.keep())
            while not (await postgres.connections()).used:
                pass
            stranger = full.url("postgres").replace("postgres@", "stranger@")
            with suppress(psycopg.OperationalError):
                while True:
                    stack.enter_context(psycopg.connect(stranger))

            found = await postgres.connections()
            assert found.used >= found.usable == 7
            with pytest.raises(CouldNotLook, match="takes no more connections"):
                await late.connections()
            keeping.cancel()
            await postgres.close()
            await late.close()
    finally:
        full.discard()


async def test_a_server_that_is_down_is_told_and_found_again() -> None:
    server = PostgresServer()
    try:
        postgres = Postgres(url=server.url("postgres"), timeout=5)
        await postgres.connections()
        server.kill()
        with pytest.raises(CouldNotLook, match="cannot be reached"):
            await postgres.connections()
        server.start()
        assert (await postgres.connections()).used == 1
        await postgres.close()
    finally:
        server.discard()


async def test_a_server_that_hangs_is_not_waited_for() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        postgres = Postgres(url=f"postgresql://watcher@127.0.0.1:{port}/postgres", timeout=0.2)
        with pytest.raises(CouldNotLook, match=r"does not answer within 0\.2 s"):
            await postgres.connections()
        await postgres.close()


async def test_a_session_that_freezes_is_left_for_another(url: str) -> None:
    kept = KeptConnection(url, timeout=1)
    ((frozen,),) = await kept.rows("SELECT pg_backend_pid()")
    os.kill(int(frozen), signal.SIGSTOP)
    try:
        with pytest.raises(CouldNotLook, match="does not answer within 1 s"):
            await kept.rows("SELECT 1")
        ((other,),) = await kept.rows("SELECT pg_backend_pid()")
        assert other != frozen
    finally:
        os.kill(int(frozen), signal.SIGCONT)
    await kept.close()


async def test_a_wrong_password_is_told_without_it(postgres_url: str) -> None:
    postgres = Postgres(url=postgres_url.replace("postgres@", f"nobody:{PASSWORD}@"), timeout=5)
    with pytest.raises(CouldNotLook, match="does not let us in: check OPSBOT_PLATFORM_DATABASE_URL") as caught:
        await postgres.connections()
    assert PASSWORD not in str(caught.value)
    await postgres.close()


async def test_it_says_what_can_be_seen(postgres: Postgres) -> None:
    sentence = await postgres.examine()

    assert "as watcher: sees all sessions" in sentence
    assert "sees no slow queries: CREATE EXTENSION pg_stat_statements" in sentence
