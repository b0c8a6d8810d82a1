"""Fills the practice tables from the world, and tells the world which of its sessions were ended there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from sandbox.platform_database.schema import ENDED, PATH, ROLE, SCHEMA, TABLE, USER
from sandbox.world.platform import Platform
from sandbox.world.pool import WorldConnection

Table = tuple[Sequence[str], Sequence[tuple[Any, ...]]]
"""The names of columns, and rows."""
SESSION = (
    "INSERT INTO practice.pg_stat_activity (datid, datname, pid, usesysid, usename, application_name, client_addr,"
    " client_port, backend_start, state_change, query_start, state, query, backend_type)"
    " SELECT d.oid, %s, %s, r.oid, r.rolname, %s, %s, %s, %s, %s, %s, %s, %s, 'client backend'"
    " FROM pg_catalog.pg_roles AS r, pg_catalog.pg_database AS d"
    " WHERE r.rolname = %s AND d.datname = current_database()"
)
STATEMENT = (
    "INSERT INTO practice.pg_stat_statements (toplevel, queryid, query, calls, total_exec_time, mean_exec_time, rows)"
    " VALUES (true, %s, %s, %s, %s, %s, %s)"
)
AS_OPSBOT = (
    f"SET LOCAL transaction_read_only = on; SET LOCAL search_path = practice, pg_catalog, public; SET LOCAL ROLE {ROLE}"
)
COUNT = "UPDATE practice.row_count SET rows = %s WHERE name = %s"


class Feeder:
    """The owner's connection to a database. `bring_up_to_date` before a question makes the answer that of the present."""

    def __init__(self, platform: Platform, connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
        self._platform = platform
        self._connection = connection
        self._turn = asyncio.Lock()
        self._fed: tuple[float, int] | None = None
        self._ended: list[int] = []
        connection.add_notify_handler(lambda notice: self._ended.append(int(notice.payload)))

    async def set_up(self) -> None:
        """Once, in a new database."""
        for user in (ROLE, *sorted({each.user for each in self._platform.connections()})):
            await self._connection.execute(SQL(USER).format(name=Identifier(user), text=Literal(user)))
        await self._connection.execute(SCHEMA.encode())
        database = Identifier(self._connection.info.dbname)
        await self._connection.execute(SQL(PATH).format(role=Identifier(ROLE), database=database))
        for name, (_, daily) in self._platform.database.tables.items():
            await self._connection.execute("INSERT INTO practice.row_count VALUES (%s, 0, %s)", (name, daily))
            await self._connection.execute(SQL(TABLE).format(name=Identifier(name), text=Literal(name)))
        await self._connection.execute(SQL("LISTEN {}").format(Identifier(ENDED)))
        await self.bring_up_to_date()

    async def close(self) -> None:
        await self._connection.close()

    async def bring_up_to_date(self) -> None:
        """The tables show the world as it is now."""
        async with self._turn, _hearable():
            now = self._platform.now()
            present = now.timestamp(), len(self._platform.chronicle.events)
            if present != self._fed:
                async with self._connection.transaction(), self._connection.cursor() as cursor:
                    await self._feed(cursor, now)
                self._fed = present

    async def tell_of_ended(self) -> list[int]:
        """The world learns which of its sessions were ended; PostgreSQL has said so before it answers."""
        async with self._turn, _hearable():
            await self._connection.execute("SELECT 1")
            ended, self._ended = self._ended, []
        if ended:
            self._platform.kill_connections(ended)
        return ended

    async def ask(self, instance: str, statement: str) -> Table:
        """What opsbot's role reads with a statement in the data of any instance; nothing stays changed."""
        connection = self._connection
        async with self._turn, _hearable(), connection.transaction(force_rollback=True), connection.cursor() as cursor:
            await cursor.execute("UPDATE practice.present SET moment = %s", (self._platform.now(),))
            await cursor.executemany(COUNT, [(rows, name) for name, rows in self._platform.rows(instance).items()])
            await cursor.execute(AS_OPSBOT.encode())
            await cursor.execute(statement.encode())
            return [column.name for column in cursor.description or ()], await cursor.fetchall()

    async def _feed(self, cursor: psycopg.AsyncCursor[tuple[Any, ...]], now: datetime) -> None:
        platform = self._platform
        instance = platform.state().database
        await cursor.execute("UPDATE practice.present SET moment = %s", (now,))
        await cursor.execute("DELETE FROM practice.pg_stat_activity")
        await cursor.executemany(SESSION, [_session(each) for each in platform.connections()])
        await cursor.execute("DELETE FROM practice.pg_stat_statements")
        statements = [
            (each.id, each.text, each.calls, each.total_ms, each.mean_ms, each.rows) for each in platform.slow_queries()
        ]
        await cursor.executemany(STATEMENT, statements)
        await cursor.executemany(COUNT, [(rows, name) for name, rows in platform.rows(instance.name).items()])
        limits = {
            "max_connections": instance.max_connections,
            "superuser_reserved_connections": platform.database.reserved,
        }
        await cursor.executemany(
            "UPDATE practice.pg_settings SET setting = %s WHERE name = %s",
            [(str(number), name) for name, number in limits.items()],
        )


def _session(each: WorldConnection) -> tuple[object, ...]:
    began, changed = (datetime.fromtimestamp(at, UTC) for at in (each.began_at, each.changed_at))
    port = 30_000 + each.pid % 30_000
    # What it asked is there, as in any database, and opsbot must leave it alone.
    return (
        each.database,
        each.pid,
        each.application,
        each.address,
        port,
        began,
        changed,
        changed,
        each.state,
        each.query,
        each.user,
    )


@asynccontextmanager
async def _hearable() -> AsyncIterator[None]:
    """Without the server nobody is answered."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise ConnectionError("PostgreSQL is gone") from error


async def feeder_of(platform: Platform, url: str) -> Feeder:
    """A feeder of a new database, set up and full."""
    feeder = Feeder(platform, await psycopg.AsyncConnection.connect(url, autocommit=True))
    await feeder.set_up()
    return feeder
