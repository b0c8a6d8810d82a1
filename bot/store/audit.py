"""The audit as it is kept: entries are only ever added, in the transaction of what they tell of.

On both databases triggers refuse to change or remove one; the chain of hashes shows when somebody did all the same.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from datetime import datetime

from sqlalchemy import Column, Index, Integer, Row, String, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import FIRST, Entry, Record, seal
from bot.store.incidents import next_of
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata

BATCH = 500

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("deed", String, nullable=False),
    Column("by", String, nullable=False),
    Column("about", String, nullable=False),
    Column("target", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("audit_about", "about"),
    Index("audit_at", "at"),
)


class Audit:
    """What happened, within one unit of work."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def append(self, record: Record) -> None:
        """Add an entry; whoever adds next waits until this unit of work has ended, so that the chain does not fork."""
        number = await next_of(self._connection, "audit")
        before = await self._connection.scalar(select(audit.c.hash).where(audit.c.number == number - 1))
        previous = before or FIRST
        await self._connection.execute(
            insert(audit).values(
                number=number,
                at=self._now,
                deed=record.deed,
                by=record.by,
                about=record.about,
                target=record.target,
                detail=json.dumps(dict(record.detail), ensure_ascii=False),
                previous=previous,
                hash=seal(number, self._now, record, previous),
            )
        )

    async def entries(self, *, since: datetime | None = None) -> AsyncIterator[Entry]:
        """The entries in their order: all, or those of a moment or later."""
        last = 0
        while True:
            wanted = select(audit).where(audit.c.number > last).order_by(audit.c.number).limit(BATCH)
            if since:
                wanted = wanted.where(audit.c.at >= since)
            rows = (await self._connection.execute(wanted)).all()
            for row in rows:
                yield _entry(row)
            if len(rows) < BATCH:
                return
            last = rows[-1].number

    async def latest(
        self, *, since: datetime | None = None, about: Collection[str] = (), by: str = ""
    ) -> AsyncGenerator[Entry, None]:
        """The entries backwards: all, those of a moment or later, those about one of some things, those of a person."""
        wanted = select(audit).order_by(audit.c.number.desc()).limit(BATCH)
        if since:
            wanted = wanted.where(audit.c.at >= since)
        if about:
            wanted = wanted.where(audit.c.about.in_(about))
        if by:
            wanted = wanted.where(audit.c.by == by)
        rows = (await self._connection.execute(wanted)).all()
        while rows:
            for row in rows:
                yield _entry(row)
            rows = (await self._connection.execute(wanted.where(audit.c.number < rows[-1].number))).all()


def _entry(row: Row[*tuple[object, ...]]) -> Entry:
    record = Record(deed=row.deed, by=row.by, about=row.about, target=row.target, detail=json.loads(row.detail))
    return Entry(number=row.number, at=row.at, record=record, previous=row.previous, hash=row.hash)
