"""Timelines as they are kept: lines that are only added."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Column, Index, Integer, String, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.timeline import Entry, Happening
from bot.store.moment import UtcDateTime
from bot.store.tables import SERIAL, metadata

timeline_entry = Table(
    "timeline_entry",
    metadata,
    Column("serial", SERIAL, primary_key=True),
    Column("incident", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("happening", String, nullable=False),
    Column("by", String, nullable=False),
    Column("text", Text, nullable=False),
    Index("timeline_of", "incident", "serial"),
    sqlite_autoincrement=True,
)


class Timeline:
    """What happened in incidents, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, entries: Iterable[Entry]) -> None:
        """Add lines, in order."""
        rows = [
            {"incident": each.incident, "at": each.at, "happening": each.happening.value, "by": each.by}
            | {"text": each.text}
            for each in entries
        ]
        if rows:
            await self._connection.execute(insert(timeline_entry), rows)

    async def of(self, number: int, *, since: datetime | None = None) -> Sequence[Entry]:
        """The timeline of an incident, or what came to it after a moment."""
        wanted = select(timeline_entry).where(timeline_entry.c.incident == number)
        if since:
            wanted = wanted.where(timeline_entry.c.at > since)
        rows = await self._connection.execute(wanted.order_by(timeline_entry.c.serial))
        return [
            Entry(incident=row.incident, at=row.at, happening=Happening(row.happening), text=row.text, by=row.by)
            for row in rows
        ]
