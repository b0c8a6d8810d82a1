"""Timelines as they are kept: lines that are added, and of notes and marked messages changed or taken away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Column, Index, Integer, Row, String, Table, Text, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.timeline import Attachment, Entry, Happening
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
    Column("source", String, nullable=False, server_default=""),
    Column("detail", Text, nullable=False, server_default=""),
    Index("timeline_of", "incident", "serial"),
    sqlite_autoincrement=True,
)
"""`source` is the message it came from, `detail` what else is known of it; both are empty for most lines."""

Index(
    "timeline_source",
    timeline_entry.c.incident,
    timeline_entry.c.source,
    unique=True,
    sqlite_where=text("source <> ''"),
    postgresql_where=text("source <> ''"),
)


_ADD = insert(timeline_entry).returning(timeline_entry.c.serial)
"""Asked for what it gave, the database is told all rows in one statement."""


@dataclass(frozen=True, kw_only=True)
class _Detail:
    name: str = ""
    link: str = ""
    files: tuple[Attachment, ...] = ()
    corrected_by: str = ""


class Timeline:
    """What happened in incidents, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._added: list[Entry] = []

    async def add(self, entries: Iterable[Entry]) -> None:
        """Add lines, in order, as the unit of work commits."""
        self._added += entries

    async def write(self) -> None:
        """Write the lines that were added so far."""
        rows = [{"incident": each.incident, "source": each.source, **_changing(each)} for each in self._added]
        self._added.clear()
        if rows:
            await self._connection.execute(_ADD, rows)

    async def of(self, number: int, *, since: datetime | None = None) -> Sequence[Entry]:
        """The timeline of an incident in the order of time, or what happened on it after a moment."""
        wanted = select(timeline_entry).where(timeline_entry.c.incident == number)
        if since:
            wanted = wanted.where(timeline_entry.c.at > since)
        await self.write()
        rows = await self._connection.execute(wanted.order_by(timeline_entry.c.at, timeline_entry.c.serial))
        return [_entry(row) for row in rows]

    async def get(self, number: int, serial: int) -> Entry | None:
        """One line of an incident's timeline."""
        one = timeline_entry.c.incident == number, timeline_entry.c.serial == serial
        found = (await self._connection.execute(select(timeline_entry).where(*one))).one_or_none()
        return _entry(found) if found else None

    async def from_source(self, number: int, source: str) -> Entry | None:
        """The line that a message has on an incident's timeline."""
        one = timeline_entry.c.incident == number, timeline_entry.c.source == source
        await self.write()
        found = (await self._connection.execute(select(timeline_entry).where(*one))).one_or_none()
        return _entry(found) if found else None

    async def change(self, changed: Entry) -> None:
        """A line says something else from now on."""
        await self._connection.execute(
            update(timeline_entry).where(timeline_entry.c.serial == changed.serial).values(**_changing(changed))
        )

    async def remove(self, serial: int) -> None:
        """A line is taken away."""
        await self._connection.execute(delete(timeline_entry).where(timeline_entry.c.serial == serial))


@cache
def _adapter() -> TypeAdapter[_Detail]:
    return TypeAdapter(_Detail)


def _changing(of: Entry) -> dict[str, object]:
    """What a line may come to say, by column."""
    detail = _Detail(name=of.name, link=of.link, files=of.files, corrected_by=of.corrected_by)
    return {
        "at": of.at,
        "happening": of.happening.value,
        "by": of.by,
        "text": of.text,
        "detail": "" if detail == _Detail() else _adapter().dump_json(detail).decode(),
    }


def _entry(row: Row[*tuple[object, ...]]) -> Entry:
    detail = _adapter().validate_json(row.detail) if row.detail else _Detail()
    return Entry(
        incident=row.incident,
        at=row.at,
        happening=Happening(row.happening),
        text=row.text,
        by=row.by,
        serial=row.serial,
        source=row.source,
        name=detail.name,
        link=detail.link,
        files=detail.files,
        corrected_by=detail.corrected_by,
    )
