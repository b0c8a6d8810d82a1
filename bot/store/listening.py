"""Hearing of other processes' commits: PostgreSQL's LISTEN, on a connection of its own.

It only saves waiting for the next poll. A pooler between that does not pass notifications on costs nothing else.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from bot.store.database import Database
from bot.store.lease import CHANNEL

PAUSE = 1.0


@asynccontextmanager
async def listening(database: Database, wake: Callable[[], None]) -> AsyncIterator[None]:
    """While in the block, `wake` is called when another process committed something. SQLite cannot tell."""
    if not database.is_postgres:
        yield
        return
    task = asyncio.create_task(_listen(database, wake))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(database: Database, wake: Callable[[], None]) -> None:
    """Where SQLite is used, PostgreSQL's client is never imported."""
    import psycopg
    from psycopg.sql import SQL, Identifier

    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        with suppress(psycopg.OperationalError):
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
                wake()
                async for _ in connection.notifies():
                    wake()
        await asyncio.sleep(PAUSE)
