"""Freezes as they are kept: one at most of each service, and one of everything."""

from collections.abc import Sequence

from sqlalchemy import Column, Row, String, Table, Text, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.freeze import Freeze
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata
from bot.store.upsert import insert_into

freeze = Table(
    "freeze",
    metadata,
    Column("service", String, primary_key=True),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
)
"""`service` is empty for the freeze of everything. The audit remembers those that are over."""


class Freezes:
    """The freezes that hold, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> Sequence[Freeze]:
        """Those that hold, that of everything first."""
        return [_freeze(row) for row in await self._connection.execute(select(freeze).order_by(freeze.c.service))]

    async def begin(self, begun: Freeze) -> bool:
        """False when it holds already; then the first one stays."""
        values = {"service": begun.service, "by": begun.by, "at": begun.at, "reason": begun.reason}
        added = insert_into(self._connection, freeze).values(**values).on_conflict_do_nothing()
        return (await self._connection.scalars(added.returning(freeze.c.service))).first() is not None

    async def end(self, service: str) -> bool:
        """False when there is none."""
        return (await self._connection.execute(delete(freeze).where(freeze.c.service == service))).rowcount == 1


def _freeze(row: Row[*tuple[object, ...]]) -> Freeze:
    return Freeze(service=row.service, by=row.by, at=row.at, reason=row.reason)
