"""Housekeeping: forgetting what nobody asks for any more, a little at a time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.change import ChangeKey
from bot.domain.incident import Status
from bot.store.changes import change
from bot.store.evidence import evidence
from bot.store.inbox import forget_deliveries
from bot.store.incidents import incident
from bot.store.runs import run
from bot.store.tables import PENDING, lane, outbox
from bot.store.unit_of_work import Store

CHANGE = "CHG-"
BATCH = 500
"""Rows removed in one transaction, so that nobody waits long for it."""


async def prune(store: Store, keep: timedelta) -> None:
    """Forget deliveries that cannot come again, and empty lanes; of longer than `keep` ago alerts, effects, looks and
    what was seen, with its charts, of what has ended."""
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
            removed = await _forget_seen_by_runs(unit.connection, unit.now - keep)
    await _forget_seen_of_incidents(store, keep)
    await _forget_seen_by_changes(store, keep)
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


async def _forget_seen_by_runs(connection: AsyncConnection, before: datetime) -> int:
    """What standalone runs saw that ended before a moment; how many runs there were."""
    ended = select(run.c.id).where(run.c.incident == 0, run.c.ended_at < before)
    old = select(evidence.c.run).where(evidence.c.incident == 0, evidence.c.run.in_(ended)).distinct().limit(BATCH)
    numbers = list(await connection.scalars(old))
    await connection.execute(delete(evidence).where(evidence.c.incident == 0, evidence.c.run.in_(numbers)))
    return len(numbers)


async def _forget_seen_of_incidents(store: Store, keep: timedelta) -> None:
    """What was seen for incidents that are closed; one that was looked at lately keeps that."""
    async with store.begin() as unit:
        over = (incident.c.status == Status.CLOSED.value) & (incident.c.declared_at < unit.now - keep)
        wanted = select(incident.c.number).where(over, exists().where(evidence.c.incident == incident.c.number))
        numbers = list(await unit.connection.scalars(wanted.order_by(incident.c.number)))
    for number in numbers:
        async with store.begin() as unit:
            seen = await unit.evidence.of(incident=number, run=0)
            old = [name for name, each in seen.items() if each.looked_at < unit.now - keep]
            which = (evidence.c.incident == number) & evidence.c.name.in_(old)
            await unit.connection.execute(delete(evidence).where(which))


async def _forget_seen_by_changes(store: Store, keep: timedelta) -> None:
    """What changes measured that were asked for before a moment; it is kept under their names."""
    async with store.begin() as unit:
        measured = (evidence.c.incident == 0) & (evidence.c.run == 0)
        names = await unit.connection.scalars(select(evidence.c.name).where(measured))
        numbers = [int(name.removeprefix(CHANGE)) for name in names if name.startswith(CHANGE)]
        asked_long_ago = change.c.number.in_(numbers) & (change.c.requested_at < unit.now - keep)
        old = await unit.connection.scalars(select(change.c.number).where(asked_long_ago))
        forgotten = [str(ChangeKey(number=number)) for number in old]
        await unit.connection.execute(delete(evidence).where(measured, evidence.c.name.in_(forgotten)))


async def _forget_lanes(connection: AsyncConnection) -> int:
    """Nothing pending refers to the order of such a lane, so it may be counted from the beginning again.

    Each is held before it is looked at for good: somebody may just be putting into it. Nobody is waited for.
    """
    waiting = exists().where(outbox.c.lane == lane.c.key, outbox.c.state == PENDING)
    idle = select(lane.c.key).where(lane.c.in_flight.is_(None), lane.c.next_at.is_(None), ~waiting).limit(BATCH)
    keys = list(await connection.scalars(idle.with_for_update(of=lane, skip_locked=True)))
    await connection.execute(delete(lane).where(lane.c.key.in_(keys), ~waiting))
    return len(keys)
