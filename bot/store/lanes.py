"""Lanes: who is at the head of each, and taking it, in the transaction that found it idle."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from sqlalchemy import Executable, Row, Select, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.head import Aside, Ended, Head, Taker, head_of
from bot.store.moment import UtcDateTime
from bot.store.tables import PENDING, lane, outbox
from bot.store.upsert import insert_for

log = structlog.get_logger(__name__)

FIRST = 99
"""Stands for the priority of a lane whose next effect is not known yet: it is looked at before all others."""


_RELEASE = (
    update(lane)
    .where(lane.c.key == bindparam("lane_key"), lane.c.in_flight == bindparam("serial"))
    .values(in_flight=None)
)
_PLAN = (
    update(lane)
    .where(lane.c.key == bindparam("lane_key"))
    .values({name: bindparam(name) for name in ("in_flight", "next_at", "head_priority", "head_method")})
)
_INTEND = (
    update(outbox)
    .where(outbox.c.serial == bindparam("row"))
    .values(
        state="sending",
        attempts=outbox.c.attempts + 1,
        first_at=func.coalesce(outbox.c.first_at, bindparam("now", type_=UtcDateTime)),
        begun_at=bindparam("now", type_=UtcDateTime),
        epoch=bindparam("new_epoch"),
    )
)


@cache
def _locking(dialect: str) -> Executable:
    insert = insert_for(dialect, lane)
    places = {"next_seq": lane.c.next_seq + insert.excluded.next_seq}
    insert = insert.on_conflict_do_update(index_elements=["key"], set_=places)
    return insert.returning(lane.c.key, lane.c.next_seq)


def _heads() -> Select[*tuple[Any, ...]]:
    row, now = outbox.alias("row"), bindparam("now", type_=UtcDateTime)
    ready = (row.c.lane == lane.c.key, row.c.state == PENDING, row.c.awaits.is_(None))
    due = or_(row.c.attempts > 0, row.c.due_at <= now)
    head = select(row.c.serial).where(*ready, due).order_by(row.c.priority.desc(), row.c.seq).limit(1)
    later = select(func.min(row.c.due_at)).where(*ready, row.c.due_at > now)
    return (
        select(lane.c.key.label("lane_key"), later.scalar_subquery().label("later"), outbox)
        .select_from(lane.outerjoin(outbox, outbox.c.serial == head.scalar_subquery()))
        .where(lane.c.key.in_(bindparam("keys", expanding=True)), lane.c.in_flight.is_(None))
    )


_HEADS = _heads()


class Lanes:
    """The lanes as one transaction sees them. Everybody locks lanes last, all at once and in order of their keys."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def lock(self, counts: Mapping[str, int], released: Iterable[Ended] = ()) -> dict[str, int]:
        """Hold these lanes until the end of the transaction and reserve as many places in each; answers the first.

        The numbers are given under the lock, so that their order is the order of commits. `released` are effects
        that are no longer in flight.
        """
        rows = await self._connection.execute(
            _locking(self._connection.dialect.name),
            [{"key": key, "next_seq": counts[key]} for key in sorted(counts)],
        )
        first = {key: next_seq - counts[key] for key, next_seq in rows}
        await self._each(_RELEASE, [{"lane_key": ended.lane, "serial": ended.serial} for ended in released])
        return first

    async def settle(self, keys: Iterable[str], taker: Taker | None) -> list[Head]:
        """Find the heads of the idle ones among lanes that are held; take those that `taker` admits.

        Of the others it is noted when to look again. What is too late or cannot be read is put aside, so that it
        holds nobody up.
        """
        taken: list[Head] = []
        left: Collection[str] = set(keys)
        while left:
            plans: list[dict[str, Any]] = []
            asides: list[Aside] = []
            for row in await self._heads(left):
                head = head_of(row, self._now) if row.serial is not None else None
                if isinstance(head, Aside):
                    asides.append(head)
                    continue
                plans.append(self._plan(row, head, taker, beside=len(taken)))
                if head and plans[-1]["in_flight"]:
                    taken.append(head)
            await self._each(_PLAN, plans)
            if taker:
                taker.look_again(plan["next_at"] for plan in plans)
            left = await self._put_aside(asides)
        if taken and taker:
            await self._intend(taken, taker)
        return taken

    async def _heads(self, keys: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Lanes with nothing in flight: each with the effect at its head, if there is any, and when one comes later.

        An effect that was begun keeps its turn while it waits to be tried again; one for later does not wait in line.
        """
        found = await self._connection.execute(_HEADS, {"keys": sorted(keys), "now": self._now})
        return found.all()

    def _plan(
        self, row: Row[*tuple[Any, ...]], head: Head | None, taker: Taker | None, *, beside: int
    ) -> dict[str, Any]:
        """What becomes of an idle lane."""
        if head is None or head.due_at > self._now:
            known = {"in_flight": None, "next_at": row.later, "head_priority": FIRST, "head_method": ""}
        else:
            wait = taker.admit(head, self._now, beside=beside) if taker else head.due_at
            known = {
                "in_flight": head.serial if wait is None else None,
                "next_at": wait,
                "head_priority": head.priority,
                "head_method": head.effect.method,
            }
        return {"lane_key": row.lane_key, **known}

    async def _intend(self, taken: Sequence[Head], taker: Taker) -> None:
        """Write ahead what is about to be done: from now on it may have happened."""
        begun = {"now": self._now, "new_epoch": taker.epoch}
        await self._each(_INTEND, [{"row": head.serial, **begun} for head in taken])

    async def _each(self, change: Executable, rows: Sequence[Mapping[str, object]]) -> None:
        if rows:
            await self._connection.execute(change, rows)

    async def _put_aside(self, asides: Sequence[Aside]) -> set[str]:
        """End effects that will not be carried out; answers the lanes whose heads they were."""
        for aside in asides:
            log.warning("effect put aside", serial=aside.serial, state=aside.state, reason=aside.reason)
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.serial == aside.serial)
                .values(state=aside.state, reason=aside.reason, ended_at=self._now)
            )
        return {aside.lane for aside in asides}
