"""The mirror of people: how each belongs to the workspace, as Slack said when it was last asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, String, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.profile import Standing
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata
from bot.store.upsert import insert_into

person = Table(
    "person",
    metadata,
    Column("user", String, primary_key=True),
    Column("standing", String, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

_GET = select(person.c.standing, person.c.seen_at).where(person.c.user == bindparam("wanted"))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How somebody belonged to the workspace, and when Slack said so."""

    standing: Standing
    at: datetime


class People:
    """The mirror, within one unit of work."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def find(self, user: str) -> Seen | None:
        """What is known of somebody; None before Slack was first asked."""
        row = (await self._connection.execute(_GET, {"wanted": user})).one_or_none()
        return Seen(standing=Standing(row.standing), at=row.seen_at) if row else None

    async def keep(self, user: str, standing: Standing) -> None:
        """Slack has just said how somebody belongs to the workspace."""
        kept = insert_into(self._connection, person).values(user=user, standing=standing.value, seen_at=self._now)
        news = {column: kept.excluded[column] for column in ("standing", "seen_at")}
        await self._connection.execute(kept.on_conflict_do_update(index_elements=["user"], set_=news))
