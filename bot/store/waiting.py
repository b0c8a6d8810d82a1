"""What waits in the outbox: for a person who asks, and for the numbers that operators watch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.effect import Effect
from bot.store.codec import read
from bot.store.tables import BURIED, PENDING, SENDING, lane, outbox

MOST = 200
"""A person reads no more."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An effect that is put and not done. `state` is "pending", "sending" or "buried"; `awaits` what it waits for."""

    serial: int
    key: str
    kind: str
    about: str
    method: str
    state: str
    put_at: datetime
    due_at: datetime
    awaits: str | None
    attempts: int
    reason: str
    payload: str

    @property
    def effect(self) -> Effect:
        return read(self.payload)


@dataclass(frozen=True, kw_only=True)
class Load:
    """How the outbox fares: how many effects are where, and how long the longest due one has been waiting."""

    pending: int
    sending: int
    buried: int
    lag: timedelta


async def waiting(
    connection: AsyncConnection, *, about: str | None = None, since: datetime | None = None
) -> list[Waiting]:
    """Oldest first. With `since`, only what was due before then: what is late."""
    found = select(*(outbox.c[name] for name in Waiting.__dataclass_fields__))
    found = found.where(outbox.c.state.in_([PENDING, SENDING, BURIED])).order_by(outbox.c.serial).limit(MOST)
    if about is not None:
        found = found.where(outbox.c.about == about)
    if since is not None:
        found = found.where(outbox.c.due_at <= since)
    return [Waiting(**row) for row in (await connection.execute(found)).mappings()]


async def load(connection: AsyncConnection, now: datetime) -> Load:
    """The numbers for metrics and readiness."""
    counted = select(outbox.c.state, func.count()).where(outbox.c.state.in_([PENDING, SENDING, BURIED]))
    rows = await connection.execute(counted.group_by(outbox.c.state))
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    due = select(func.min(lane.c.next_at)).where(lane.c.in_flight.is_(None), lane.c.next_at.is_not(None))
    oldest = await connection.scalar(due)
    return Load(
        pending=counts.get("pending", 0),
        sending=counts.get("sending", 0),
        buried=counts.get("buried", 0),
        lag=max(now - oldest, timedelta()) if oldest else timedelta(),
    )
