"""One connection to the platform's PostgreSQL that is kept for good: when all others are taken, ours is there already.

Its session only reads unless it is told otherwise, and waits a second for a lock and five for an answer. When it was
lost, the next question opens it again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bot.domain.evidence import CouldNotLook

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.AsyncConnection[tuple[Any, ...]]
    Asking = Callable[[Connection], Awaitable[list["Row"]]]

Row = tuple[Any, ...]

APPLICATION = "opsbot"
CHANGING = "SET statement_timeout = '5s'; SET lock_timeout = '1s'"
READING = f"{CHANGING}; SET default_transaction_read_only = on"
AGAIN = 15.0
"""Seconds after which a lost connection is opened again while nobody asks anything."""
GOODBYE = 1.0
"""Seconds that questions left behind get to be stopped in."""
TAKEN = ("too many clients", "remaining connection slots", "too many connections")
REFUSED = ("authentication failed", "no pg_hba.conf entry", "no password supplied", 'role "', 'database "')
LOST = {"OperationalError", "InterfaceError", "ConnectionTimeout"}
"""How the client calls a connection that could not be made, or is none any more."""
CANCELED = "57014"
READ_ONLY = "25006"
NOT_ALLOWED = "42501"


class Failed(CouldNotLook):
    """PostgreSQL says no to what was asked. `state` is its SQLSTATE, `words` are its own."""

    def __init__(self, sentence: str, *, state: str, words: str) -> None:
        super().__init__(sentence)
        self.state = state
        self.words = words


class KeptConnection:
    """Asks one question after the other. Every one raises `CouldNotLook` within `timeout` seconds of the machine."""

    def __init__(self, url: str, *, timeout: float, session: str = READING) -> None:
        self._url = url
        self._session = session
        self._timeout = timeout
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._left: set[asyncio.Future[None]] = set()

    async def keep(self) -> None:
        """Opens the connection, and opens it again whenever it was lost, until this is cancelled."""
        while True:
            with suppress(CouldNotLook):  # whoever asks is told
                await self.rows("SELECT 1")
            await asyncio.sleep(AGAIN)

    async def close(self) -> None:
        """Hangs up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
        if self._left:
            await asyncio.wait(self._left, timeout=GOODBYE)

    async def rows(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """What a statement of ours answers; the values are never part of its text."""
        return await self._in_time(lambda connection: _answered(connection, statement, values))

    async def foreign_rows(self, statement: str, *, most: int) -> list[Row]:
        """The first rows that a query of the operator's answers: a single one, after which nothing stays changed."""
        return await self._in_time(lambda connection: _answered_alone(connection, statement, most))

    async def _in_time(self, ask: "Asking") -> list[Row]:
        try:
            async with asyncio.timeout(self._timeout), self._turn:
                return await self._asked(ask)
        except TimeoutError as error:
            raise CouldNotLook(f"The platform's database does not answer within {self._timeout:g} s.") from error

    async def _asked(self, ask: "Asking") -> list[Row]:
        """The answer. Whoever stops waiting leaves the connection to the question: stopping that may take long."""
        task = asyncio.ensure_future(self._again(ask))
        try:
            return await asyncio.shield(task)
        finally:
            if not task.done():
                task.cancel()
                connection, self._connection = self._connection, None
                leaving = asyncio.ensure_future(_leave(task, connection))
                self._left.add(leaving)
                leaving.add_done_callback(self._left.discard)

    async def _again(self, ask: "Asking") -> list[Row]:
        """Asks, and once more when the connection turns out to have been lost since the last question."""
        psycopg = await asyncio.to_thread(_psycopg)
        try:
            if (known := self._connection) is not None and not known.closed:
                try:
                    return await ask(known)
                except psycopg.OperationalError:
                    if not known.closed:
                        raise
            return await ask(await self._open(psycopg))
        except psycopg.Error as error:
            raise _translated(error) from error

    async def _open(self, psycopg: ModuleType) -> "Connection":
        connection: Connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, application_name=APPLICATION
        )
        async with AsyncExitStack() as stack:
            stack.push_async_callback(connection.close)
            await connection.execute(self._session.encode())
            stack.pop_all()
        self._connection = connection
        return connection


def _psycopg() -> ModuleType:
    """PostgreSQL's client, imported in the thread that first needs it."""
    import psycopg

    return psycopg


async def _leave(task: "asyncio.Future[list[Row]]", connection: "Connection | None") -> None:
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
    if connection is not None:
        await connection.close()


async def _answered(connection: "Connection", statement: str, values: Sequence[object]) -> list[Row]:
    cursor = await connection.execute(statement.encode(), values or None)
    return await cursor.fetchall()


async def _answered_alone(connection: "Connection", statement: str, most: int) -> list[Row]:
    # A cursor in the server takes a single query, nothing that is none, and hands out no more rows than are fetched.
    async with connection.transaction(force_rollback=True), connection.cursor(name=APPLICATION) as cursor:
        await cursor.execute(statement.encode())
        return await cursor.fetchmany(most)


def _translated(error: "psycopg.Error") -> CouldNotLook:
    """Why there is no answer, and what to do; never with the address, which holds a password."""
    words = (error.diag.message_primary or "").strip()
    match error.sqlstate:
        case None if type(error).__name__ in LOST:
            return CouldNotLook(_unreachable(str(error)))
        case None:
            return CouldNotLook(f"The platform's database cannot be asked so: {' '.join(str(error).split())[:200]}.")
        case state if state == CANCELED:
            sentence = "The platform's database took longer than 5 s for the answer, and was stopped."
        case state if state == READ_ONLY:
            sentence = "The query would change something; only reading is allowed."
        case state if state == NOT_ALLOWED:
            sentence = f"The platform's database does not allow it ({words}): grant opsbot's role what the query reads."
        case state:
            sentence = f"The platform's database refuses the query: {words[:200]} ({state})."
    return Failed(sentence, state=state, words=words)


def _unreachable(told: str) -> str:
    """What a connection that was not made or was lost means."""
    told = told.lower()
    if any(words in told for words in TAKEN):
        return "The platform's database takes no more connections: all of them are in use."
    if any(words in told for words in REFUSED):
        return "The platform's database does not let us in: check OPSBOT_PLATFORM_DATABASE_URL."
    return "The platform's database cannot be reached."
