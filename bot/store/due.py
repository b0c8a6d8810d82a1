"""What the relay asks the outbox: what is due, what was interrupted, what was begun lately, who said to wait."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.effect import Effect
from bot.store.codec import Unreadable, read
from bot.store.head import Ended
from bot.store.moment import UtcDateTime
from bot.store.tables import SENDING, bucket, lane, outbox
from bot.store.upsert import insert_into

Closed = tuple[str, int]
"""A method that must wait, for effects of less than a priority."""


_NOW = bindparam("now", type_=UtcDateTime)
_IDLE = (lane.c.in_flight.is_(None), lane.c.next_at.is_not(None))
_DUE = (
    select(lane.c.key)
    .where(*_IDLE, lane.c.next_at <= _NOW, lane.c.head_priority >= bindparam("floor"))
    # Spelt so that it is not read from an index in this order, past all that are not due yet.
    .order_by((lane.c.head_priority + 0).desc(), lane.c.next_at)
    .limit(bindparam("most"))
)
_NEXT = select(func.min(lane.c.next_at)).where(*_IDLE, lane.c.next_at > _NOW)


async def due_lanes(
    connection: AsyncConnection, now: datetime, *, most: int, floor: int, closed: Iterable[Closed]
) -> list[str]:
    """The lanes whose heads are due, the most urgent first: at least as urgent as `floor`, by methods not closed."""
    shut = [not_(and_(lane.c.head_method == method, lane.c.head_priority < below)) for method, below in closed]
    due = _DUE.where(*shut) if shut else _DUE
    return list(await connection.scalars(due, {"now": now, "floor": floor, "most": most}))


async def next_due(connection: AsyncConnection, now: datetime) -> datetime | None:
    """When the next lane becomes due that is not due yet."""
    return (await connection.scalars(_NEXT, {"now": now})).first()


async def interrupted(
    connection: AsyncConnection, now: datetime, *, settle: Callable[[int], timedelta], known: Collection[int]
) -> list[Ended]:
    """Effects that are on record as being carried out and are not among `known`: it may have happened, so look."""
    rows = await connection.execute(
        select(outbox.c.serial, outbox.c.lane, outbox.c.priority, outbox.c.failures, outbox.c.note).where(
            outbox.c.state == SENDING
        )
    )
    return [
        Ended(
            serial=row.serial,
            lane=row.lane,
            state="pending",
            look=True,
            due_at=now + settle(row.priority),
            failures=row.failures,
            note=json.loads(row.note),
            reason="It was interrupted.",
        )
        for row in rows
        if row.serial not in known
    ]


async def in_flight(connection: AsyncConnection, attempts: Mapping[int, int]) -> set[int]:
    """Those of these effects that are on record as being carried out, by that very attempt."""
    rows = await connection.execute(
        select(outbox.c.serial, outbox.c.attempts).where(
            outbox.c.state == SENDING, outbox.c.serial.in_(sorted(attempts))
        )
    )
    return {row.serial for row in rows if attempts[row.serial] == row.attempts}


async def begun_since(connection: AsyncConnection, since: datetime) -> list[tuple[Effect, datetime]]:
    """What was begun lately, oldest first, as far as it can be read."""
    rows = await connection.execute(
        select(outbox.c.payload, outbox.c.begun_at)
        .where(outbox.c.begun_at.is_not(None), outbox.c.begun_at > since)
        .order_by(outbox.c.begun_at)
    )
    begun = []
    for payload, at in rows:
        try:
            begun.append((read(payload), at))
        except Unreadable:
            continue
    return begun


async def block_method(connection: AsyncConnection, method: str, until: datetime) -> None:
    """Remember, also over a restart, that an outside system said when to call again."""
    insert = insert_into(connection, bucket).values(method=method, blocked_until=until)
    await connection.execute(
        insert.on_conflict_do_update(index_elements=["method"], set_={"blocked_until": insert.excluded.blocked_until})
    )


async def blocked_methods(connection: AsyncConnection, now: datetime) -> dict[str, datetime]:
    rows = await connection.execute(select(bucket.c.method, bucket.c.blocked_until).where(bucket.c.blocked_until > now))
    return {row.method: row.blocked_until for row in rows}
