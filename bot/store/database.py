"""The database: SQLite in one file, or PostgreSQL; reached through one engine, set up so that commits last."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExecuteStyle, ExecutionContext, IsolationLevel
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from bot.store.sqlite_connection import connect
from bot.store.trust import Trust

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}

BUSY_SECONDS = 4.0
"""How long a writer waits for another process's transaction; nobody can be called back from that wait, so it is short."""
POOL_SECONDS = 4.0
"""How long a unit of work waits for a connection; less than what an acknowledgement may take is of no use on SQLite."""
POSTGRES_CONNECTIONS = 6
"""To write, and as many to read."""

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000:.0f}")
"""FULL: with NORMAL a power cut may take back what was acknowledged."""

LIMITS = ("lock_timeout = '2s'", "statement_timeout = '10s'", "idle_in_transaction_session_timeout = '4s'")
"""A process that freezes inside a transaction must not hold up the others, nor the next leader.

Who waits for it gives up before Slack does, after three seconds: what people were told has failed must not happen after all.
"""


class WritesWhileLooking(RuntimeError):
    """A unit of work that only looks was asked to write."""


class Cursor(Protocol):
    """What of a driver's cursor is used here."""

    def execute(self, statement: str, /) -> object: ...
    def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Database:
    """An open database: `engine` for transactions that write, `readers` for those that do not. `path` is SQLite's."""

    engine: AsyncEngine
    readers: AsyncEngine
    url: URL
    path: Path | None = None

    @property
    def is_postgres(self) -> bool:
        return self.path is None

    def for_one(self) -> "Database":
        """The same database over a connection of its own, for what must not wait for others."""
        return _postgres(self.url, connections=1)

    async def close(self) -> None:
        await self.engine.dispose()
        await self.readers.dispose()


def open_database(url: str) -> Database:
    """Open `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`; connects when first used."""
    parsed = address(url, DRIVERS)
    return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgres(parsed)


def address(url: str, drivers: Mapping[str, str]) -> URL:
    """The address with the driver to use for its kind of database."""
    parsed = make_url(url)
    return parsed.set(drivername=drivers[parsed.get_backend_name()])


def _sqlite(url: URL) -> Database:
    """One connection to write, since SQLite has one writer anyway, and one to read beside it as of the last commit."""
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: write its path after `sqlite:///`.")
    path = Path(url.database)
    readers = _sqlite_engine(url, path).execution_options(opsbot_read_only=True)
    return Database(engine=_sqlite_engine(url, path), readers=readers, url=url, path=path)


def _sqlite_engine(url: URL, path: Path) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,  # an error may be logged, and a title or a note must not be
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        async_creator=lambda *_, **__: connect(path, busy_seconds=BUSY_SECONDS),
    )
    event.listen(engine.sync_engine, "connect", prepare_sqlite)
    event.listen(engine.sync_engine, "begin", begin_sqlite)
    return engine


def prepare_sqlite(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Transactions are begun by `begin_sqlite`, so the driver must not begin any by itself."""
    del entry
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    """A writer asks for the lock at once: to ask later, after reading, fails without any waiting."""
    reads = connection.get_execution_options().get("opsbot_read_only")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _postgres(url: URL, connections: int = POSTGRES_CONNECTIONS) -> Database:
    """Who only looks needs no transaction: each statement sees what is committed either way."""
    writers = _postgres_engine(url, connections)
    readers = _postgres_engine(url, connections, isolation_level="AUTOCOMMIT")
    trust = Trust()
    for engine in (writers, readers):
        trust.watch(engine.sync_engine)
    event.listen(writers.sync_engine, "after_cursor_execute", _keep_limits)
    event.listen(readers.sync_engine, "before_cursor_execute", _only_read)
    return Database(engine=writers, readers=readers, url=url)


def _postgres_engine(url: URL, connections: int, isolation_level: IsolationLevel = "READ COMMITTED") -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,  # an error may be logged, and a title or a note must not be
        isolation_level=isolation_level,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        # Prepared statements do not survive a pooler that hands out another connection per transaction.
        connect_args={"connect_timeout": 5, "prepare_threshold": None},
    )
    event.listen(engine.sync_engine, "connect", _prepare_postgres)
    return engine


def _only_read(
    connection: Connection, cursor: Cursor, statement: str, parameters: object, context: object, many: object
) -> None:
    """There is no end of a transaction that would take back what somebody writes who should only look."""
    del connection, cursor, parameters, context, many
    if not statement.startswith("SELECT"):
        raise WritesWhileLooking(statement)


def _prepare_postgres(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    del entry
    cursor = connection.cursor()
    for limit in LIMITS:
        cursor.execute(f"SET {limit}")
    cursor.close()
    connection.commit()


def _keep_limits(
    connection: Connection, cursor: Cursor, statement: str, parameters: object, context: ExecutionContext, many: object
) -> None:
    """After the pipeline in which psycopg sends many at once, PostgreSQL 15 forgets how long a transaction may idle.

    A process that freezes then would hold what it holds for ever. The next plain statement reminds it.
    """
    del cursor, statement, parameters, many
    if context.execute_style is ExecuteStyle.EXECUTEMANY:
        reminder = connection.connection.cursor()
        reminder.execute("SELECT 1")
        reminder.close()
