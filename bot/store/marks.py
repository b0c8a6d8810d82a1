"""Marks: what is done once, whoever tries."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
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

    async def named(self, start: str) -> Mapping[str, datetime]:
        """The marks whose names begin so, each with when it was claimed."""
        wanted = select(mark).where(mark.c.key.startswith(start, autoescape=True))
        return {row.key: row.marked_at for row in await self._connection.execute(wanted)}

    async def clear(self, key: str) -> None:
        """Let it be claimed again."""
        await self._connection.execute(delete(mark).where(mark.c.key == key))
