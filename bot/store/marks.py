"""Marks: what is done once, whoever tries."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import mark
from bot.store.upsert import insert_into


class Marks:
    """Names of things that happened; the first to claim one has it."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def claim(self, key: str) -> bool:
        """Whether this unit of work is the first to claim `key`."""
        insert = insert_into(self._connection, mark).values(key=key, marked_at=self._now)
        claimed = await self._connection.scalars(insert.on_conflict_do_nothing().returning(mark.c.key))
        return claimed.first() is not None

    async def clear(self, key: str) -> None:
        """Let it be claimed again."""
        await self._connection.execute(delete(mark).where(mark.c.key == key))
