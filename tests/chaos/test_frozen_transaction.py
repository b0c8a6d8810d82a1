"""A process that freezes inside a transaction loses it, whatever it did last: others wait for what it holds."""

import asyncio
from collections.abc import Sequence

import psycopg
import pytest
from sqlalchemy import bindparam, text, update

from bot.store.database import open_database
from bot.store.tables import lane

LONGEST = 8.0
"""Seconds; the limit is half of it."""


@pytest.mark.parametrize("lanes", [("one",), ("one", "two", "three")])
async def test_postgres_ends_a_transaction_that_idles(lanes: Sequence[str], postgres_store_url: str) -> None:
    database = open_database(postgres_store_url)
    async with database.engine.connect() as frozen:
        backend = await frozen.scalar(text("SELECT pg_backend_pid()"))
        change = update(lane).where(lane.c.key == bindparam("lane_key")).values(next_seq=7)
        await frozen.execute(change, [{"lane_key": each} for each in lanes])

        async with (
            asyncio.timeout(LONGEST),
            await psycopg.AsyncConnection.connect(postgres_store_url, autocommit=True) as beside,
        ):
            while await _is_there(beside, backend):  # noqa: ASYNC110  (the server rings no bell)
                await asyncio.sleep(0.1)
        await frozen.invalidate()
    await database.close()


async def _is_there(beside: psycopg.AsyncConnection, backend: int | None) -> bool:
    found = await beside.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [backend])
    return await found.fetchone() is not None
