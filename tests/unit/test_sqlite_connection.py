"""SQLite is asked from the event loop, and never makes the event loop wait."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from contextvars import Context
from pathlib import Path

import pytest

from bot.store.sqlite_connection import Connection, connect
from tests.relaying import bench

BEGIN = "BEGIN IMMEDIATE"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE thing (name TEXT)")
    return path


@asynccontextmanager
async def connected(path: Path, busy_seconds: float = 30) -> AsyncIterator[Connection]:
    connection = await connect(path, busy_seconds=busy_seconds)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
def other(file: Path) -> Iterator[sqlite3.Connection]:
    """Another process that writes."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(BEGIN)
        yield connection


async def held_up(task: asyncio.Task[object]) -> bool:
    """Whether it waits although everybody else had a turn: the event loop goes on meanwhile."""
    done, _ = await asyncio.wait({task}, timeout=0.1)
    return not done


async def test_only_what_may_wait_goes_to_a_thread(file: Path) -> None:
    seen: list[tuple[str, bool]] = []
    here = threading.get_ident()
    async with connected(file) as connection:
        await connection.set_trace_callback(lambda sql: seen.append((sql.split()[0], threading.get_ident() == here)))
        await connection.execute(BEGIN)
        await connection.execute("INSERT INTO thing VALUES ('a')")
        async with connection.execute("SELECT name FROM thing") as found:
            assert await found.fetchall() == [("a",)]
        await connection.execute("DELETE FROM thing")
        await connection.commit()
        await connection.set_trace_callback(None)

    statements = [each for each in seen if each[0] != "PRAGMA"]
    assert statements == [("BEGIN", True), ("INSERT", True), ("SELECT", True), ("DELETE", False), ("COMMIT", False)]


async def test_who_begins_to_write_waits_for_another_process_and_holds_nobody_up(
    file: Path, other: sqlite3.Connection
) -> None:
    async with connected(file) as connection:
        beginning = asyncio.ensure_future(connection.execute(BEGIN))
        assert await held_up(beginning)

        other.execute("COMMIT")
        await beginning
        assert connection.in_transaction
        await connection.rollback()


async def test_nobody_waits_for_longer_than_agreed(file: Path, other: sqlite3.Connection) -> None:
    async with connected(file, busy_seconds=0.05) as connection:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await connection.execute(BEGIN)
        async with connection.execute("PRAGMA busy_timeout") as found:
            assert await found.fetchone() == (50,)


async def test_after_a_wait_that_was_cancelled_nobody_asks_beside_the_thread(
    file: Path, other: sqlite3.Connection
) -> None:
    async with connected(file) as connection:
        beginning = asyncio.ensure_future(connection.execute(BEGIN))
        assert await held_up(beginning)
        beginning.cancel()

        taking_back = asyncio.ensure_future(connection.rollback())
        assert await held_up(taking_back)

        other.execute("COMMIT")
        await taking_back
        assert not connection.in_transaction


async def test_a_unit_of_work_that_was_cancelled_while_it_waited_leaves_nothing_open(sqlite_store_url: str) -> None:
    async with bench(sqlite_store_url) as it, bench(sqlite_store_url) as other:

        async def claim(key: str) -> bool:
            async with it.store.begin() as unit:
                return await unit.marks.claim(key)

        assert await claim("before")
        async with other.store.begin():
            claiming = asyncio.create_task(claim("cancelled"), context=Context())
            assert await held_up(claiming)
            claiming.cancel()

        with pytest.raises(asyncio.CancelledError):
            await claiming
        assert await claim("cancelled")


async def test_who_looks_sees_the_last_commit_while_somebody_writes(sqlite_store_url: str) -> None:
    async with bench(sqlite_store_url) as it:

        async def rooms() -> set[str]:
            async with it.store.look() as unit:
                return set(await unit.bindings.all_of(["room/1"]))

        async with it.store.begin() as unit:
            await unit.bindings.bind("room/1", {"channel": "C1"})
            assert await asyncio.create_task(rooms(), context=Context()) == set()
        assert await rooms() == {"room/1"}
