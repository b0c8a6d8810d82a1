"""Who opened their Home lately, and what was last seen outside for it."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Column, String, Table, Text, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.home import OnCallNow
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata
from bot.store.upsert import insert_into

home = Table(
    "home",
    metadata,
    Column("user", String, primary_key=True),
    Column("opened_at", UtcDateTime, nullable=False, index=True),
)

look = Table(
    "look",
    metadata,
    Column("subject", String, primary_key=True),
    Column("found", Text, nullable=False),
)
"""The last look at something outside, as JSON."""

ON_CALL = "on-call"
_OPENED_SINCE = (
    select(home.c.user).where(home.c.opened_at > bindparam("since", type_=UtcDateTime)).order_by(home.c.user)
)


class Homes:
    """Homes, within one unit of work."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def open(self, user: str) -> None:
        """Somebody looks at their Home."""
        opened = insert_into(self._connection, home).values(user=user, opened_at=self._now)
        await self._connection.execute(
            opened.on_conflict_do_update(index_elements=["user"], set_={"opened_at": opened.excluded.opened_at})
        )

    async def opened_since(self, since: datetime) -> Sequence[str]:
        """Who opened theirs after a moment."""
        found = await self._connection.scalars(_OPENED_SINCE, {"since": since})
        return found.all()

    async def keep_on_call(self, found: OnCallNow) -> None:
        """Remember who is on call."""
        kept = insert_into(self._connection, look).values(subject=ON_CALL, found=_adapter().dump_json(found).decode())
        await self._connection.execute(
            kept.on_conflict_do_update(index_elements=["subject"], set_={"found": kept.excluded.found})
        )

    async def on_call(self) -> OnCallNow | None:
        """Who was on call when it was last looked."""
        found = await self._connection.scalar(select(look.c.found).where(look.c.subject == ON_CALL))
        return _adapter().validate_json(found) if found else None


@cache
def _adapter() -> TypeAdapter[OnCallNow]:
    return TypeAdapter(OnCallNow)
