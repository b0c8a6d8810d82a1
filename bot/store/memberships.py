"""Who belonged to the groups outside when they were last looked at."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Column, String, Table, Text, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.membership import Membership
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata
from bot.store.upsert import insert_into

membership = Table(
    "membership",
    metadata,
    Column("group", String, primary_key=True),
    Column("users", Text, nullable=False),
    Column("looked_at", UtcDateTime, nullable=False),
)


class Memberships:
    """The members of groups, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, found: Iterable[Membership]) -> None:
        """Keep what was looked at, in place of what was seen before."""
        for each in found:
            users = json.dumps(sorted(each.users))
            values = {"group": each.group, "users": users, "looked_at": each.looked_at}
            kept = insert_into(self._connection, membership).values(values)
            update = {"users": kept.excluded.users, "looked_at": kept.excluded.looked_at}
            await self._connection.execute(kept.on_conflict_do_update(index_elements=["group"], set_=update))

    async def of(self, groups: Iterable[str]) -> Mapping[str, Membership]:
        """What is known of these groups."""
        rows = await self._connection.execute(select(membership).where(membership.c.group.in_(sorted(groups))))
        return {
            row.group: Membership(group=row.group, users=frozenset(json.loads(row.users)), looked_at=row.looked_at)
            for row in rows
        }


def write_memberships(found: Iterable[Membership]) -> str:
    """Memberships as text for `read_memberships`."""
    return json.dumps([[each.group, sorted(each.users), each.looked_at.isoformat()] for each in found])


def read_memberships(written: str) -> tuple[Membership, ...]:
    """The memberships that were written."""
    return tuple(
        Membership(group=group, users=frozenset(users), looked_at=datetime.fromisoformat(looked_at))
        for group, users, looked_at in json.loads(written)
    )
