"""Suggestions made of alerts, as they are kept, and which cause belongs to which."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import (
    Column,
    Index,
    Integer,
    Row,
    ScalarResult,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.alert import Suggestion
from bot.store.evidence import evidence
from bot.store.incidents import Stale, sequence
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata
from bot.store.upsert import insert_into

suggestion = Table(
    "suggestion",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("incident", Integer),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Index("suggestion_seen", "seen_at"),
)
"""`seen_at` is when its alerts were last heard of, `state` the whole suggestion."""

Index(
    "suggestion_declared",
    suggestion.c.incident,
    sqlite_where=text("incident IS NOT NULL"),
    postgresql_where=text("incident IS NOT NULL"),
)

alert_cause = Table(
    "alert_cause",
    metadata,
    Column("cause", String, primary_key=True),
    Column("suggestion", Integer, nullable=False),
    Index("alert_cause_of", "suggestion"),
)
"""The last suggestion of each cause; causes are kept as digests, because a source may name them at any length."""


class Alerts:
    """The suggestions, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def queue(self) -> None:
        """Have alerts decided on one after the other, or two of one cause would both suggest."""
        first = insert_into(self._connection, sequence).values(name="suggestion", last=0)
        await self._connection.execute(
            first.on_conflict_do_update(index_elements=["name"], set_={"last": sequence.c.last})
        )

    async def add(self, added: Suggestion) -> None:
        """Keep a new suggestion and give it its number; only within the `queue`."""
        taken: ScalarResult[int] = await self._connection.scalars(
            update(sequence)
            .where(sequence.c.name == "suggestion")
            .values(last=sequence.c.last + 1)
            .returning(sequence.c.last)
        )
        added.number = taken.one()
        added.version = 1
        await self._connection.execute(insert(suggestion).values(number=added.number, **_columns(added)))
        await self._keep_causes(added)

    async def get(self, number: int) -> Suggestion | None:
        """A suggestion to read."""
        rows = await self._connection.execute(select(suggestion).where(suggestion.c.number == number))
        return _suggestion(rows.one_or_none())

    async def get_to_decide(self, number: int) -> Suggestion | None:
        """A suggestion to decide about: other deciders wait until this unit of work has ended."""
        rows = await self._connection.execute(select(suggestion).where(suggestion.c.number == number).with_for_update())
        return _suggestion(rows.one_or_none())

    async def of_cause(self, cause: str) -> Suggestion | None:
        """The last suggestion of a cause, to decide about."""
        found: ScalarResult[int] = await self._connection.scalars(
            select(alert_cause.c.suggestion).where(alert_cause.c.cause == _digest(cause))
        )
        number = found.first()
        return None if number is None else await self.get_to_decide(number)

    async def seen_since(self, since: datetime) -> Sequence[Suggestion]:
        """Those whose alerts were heard of lately, the latest first."""
        rows = await self._connection.execute(
            select(suggestion)
            .where(suggestion.c.seen_at >= since)
            .order_by(suggestion.c.seen_at.desc(), suggestion.c.number.desc())
        )
        return [found for found in map(_suggestion, rows) if found]

    async def save(self, changed: Suggestion) -> None:
        """Keep what became of it; `Stale` when somebody else saved it after it was read."""
        before = changed.version
        changed.version += 1
        found = await self._connection.execute(
            update(suggestion)
            .where(suggestion.c.number == changed.number, suggestion.c.version == before)
            .values(**_columns(changed))
        )
        if found.rowcount != 1:
            raise Stale(f"suggestion {changed.number} was changed by somebody else at the same time")
        await self._keep_causes(changed)

    async def forget(self, before: datetime) -> None:
        """Remove those of which nothing was heard since `before`."""
        old = select(suggestion.c.number).where(suggestion.c.seen_at < before)
        rows = await self._connection.execute(select(suggestion).where(suggestion.c.seen_at < before))
        looks = [found.look for found in map(_suggestion, rows) if found and found.look]
        await self._connection.execute(delete(evidence).where(evidence.c.incident == 0, evidence.c.run.in_(looks)))
        await self._connection.execute(delete(alert_cause).where(alert_cause.c.suggestion.in_(old)))
        await self._connection.execute(delete(suggestion).where(suggestion.c.seen_at < before))

    async def _keep_causes(self, kept: Suggestion) -> None:
        for cause in sorted(_digest(cause) for cause in kept.causes):
            insert_cause = insert_into(self._connection, alert_cause).values(cause=cause, suggestion=kept.number)
            await self._connection.execute(
                insert_cause.on_conflict_do_update(index_elements=["cause"], set_={"suggestion": kept.number})
            )


def _digest(cause: str) -> str:
    return hashlib.sha256(cause.encode(errors="surrogatepass")).hexdigest()


@cache
def _adapter() -> TypeAdapter[Suggestion]:
    return TypeAdapter(Suggestion)


def _columns(of: Suggestion) -> dict[str, object]:
    return {
        "incident": of.incident,
        "seen_at": of.seen_at,
        "version": of.version,
        "state": _adapter().dump_json(of).decode(),
    }


def _suggestion(row: Row[*tuple[object, ...]] | None) -> Suggestion | None:
    return _adapter().validate_json(row.state) if row else None
