"""What the status page says, as it is kept: a posting for each incident that customers are told of."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Boolean, Column, Index, Integer, Row, String, Table, Text, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.status_page import Posting
from bot.store.incidents import Stale, incident
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata

MOST = 200
"""Nobody reads further down a page."""

posting = Table(
    "posting",
    metadata,
    Column("key", String, primary_key=True),
    Column("incident", Integer, nullable=False, unique=True),
    Column("over", Boolean, nullable=False),
    Column("posted_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Index("posting_posted", "posted_at"),
)
"""`posted_at` is when its latest notice was approved, `state` the whole posting."""


class Postings:
    """The postings, within one unit of work; whoever decides about one holds its incident."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, number: int) -> Posting | None:
        """What was approved for an incident so far."""
        rows = await self._connection.execute(select(posting).where(posting.c.incident == number))
        found = rows.one_or_none()
        return _posting(found) if found else None

    async def save(self, changed: Posting) -> None:
        """Keep a posting, new or changed; `Stale` when somebody else saved it after it was read."""
        before = changed.version
        changed.version += 1
        if not before:
            row = {"key": changed.key, "incident": changed.incident, **_columns(changed)}
            await self._connection.execute(insert(posting).values(**row))
            return
        found = await self._connection.execute(
            update(posting).where(posting.c.key == changed.key, posting.c.version == before).values(**_columns(changed))
        )
        if found.rowcount != 1:
            raise Stale(f"what the status page says of INC-{changed.incident} was changed at the same time")

    async def shown(self, since: datetime) -> Sequence[Posting]:
        """What customers may read, the latest first: all that goes on, and what ended `since` then.

        Whatever became of an incident, nothing of a private one is among it.
        """
        rows = await self._connection.execute(
            select(posting)
            .join(incident, incident.c.number == posting.c.incident)
            .where(incident.c.private.is_(False), or_(posting.c.over.is_(False), posting.c.posted_at >= since))
            .order_by(posting.c.posted_at.desc())
            .limit(MOST)
        )
        return [found for found in map(_posting, rows) if found.public]


@cache
def _adapter() -> TypeAdapter[Posting]:
    return TypeAdapter(Posting)


def _columns(of: Posting) -> dict[str, object]:
    return {
        "over": of.over,
        "posted_at": of.latest.at,
        "version": of.version,
        "state": _adapter().dump_json(of).decode(),
    }


def _posting(row: Row[*tuple[object, ...]]) -> Posting:
    return _adapter().validate_json(row.state)
