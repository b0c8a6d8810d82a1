"""Housekeeping: forgetting what nobody asks for any more, a little at a time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inbox import forget_deliveries
from bot.store.tables import PENDING, lane, outbox
from bot.store.unit_of_work import Store

BATCH = 500
"""Rows removed in one transaction, so that nobody waits long for it."""


async def prune(store: Store, keep: timedelta) -> None:
    """Forget deliveries that cannot come again, alerts, effects and looks of longer than `keep` ago, and empty lanes."""
    async with store.begin() as unit:
        await forget_deliveries(unit.connection, unit.now)
        await unit.alerts.forget(unit.now - keep)
        await unit.slots.forget(unit.now - keep)
    removed = BATCH
    while removed == BATCH:
        async with store.begin() as unit:
            removed = await _forget_effects(unit.connection, unit.now - keep)
    removed = BATCH
    while removed == BATCH:
        async with store.begin() as unit:
            removed = await unit.runs.forget_looks(unit.now - keep, BATCH)
    removed = BATCH
    while removed == BATCH:
        async with store.begin() as unit:
            removed = await _forget_lanes(unit.connection)


async def _forget_effects(connection: AsyncConnection, before: datetime) -> int:
    old = (
        select(outbox.c.serial)
        .where(outbox.c.ended_at.is_not(None), outbox.c.ended_at < before)
        .order_by(outbox.c.ended_at)
        .limit(BATCH)
    )
    serials = list(await connection.scalars(old))
    await connection.execute(delete(outbox).where(outbox.c.serial.in_(serials)))
    return len(serials)


async def _forget_lanes(connection: AsyncConnection) -> int:
    """Nothing pending refers to the order of such a lane, so it may be counted from the beginning again.

    Each is held before it is looked at for good: somebody may just be putting into it. Nobody is waited for.
    """
    waiting = exists().where(outbox.c.lane == lane.c.key, outbox.c.state == PENDING)
    idle = select(lane.c.key).where(lane.c.in_flight.is_(None), lane.c.next_at.is_(None), ~waiting).limit(BATCH)
    keys = list(await connection.scalars(idle.with_for_update(of=lane, skip_locked=True)))
    await connection.execute(delete(lane).where(lane.c.key.in_(keys), ~waiting))
    return len(keys)
