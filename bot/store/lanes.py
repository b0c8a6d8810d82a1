"""Lanes: who is at the head of each, and taking it, in the transaction that found it idle."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.head import Aside, Head, Taker, head_of
from bot.store.tables import PENDING, lane, outbox
from bot.store.upsert import insert_into

log = structlog.get_logger(__name__)

FIRST = 99
"""Stands for the priority of a lane whose next effect is not known yet: it is looked at before all others."""


class Lanes:
    """The lanes as one transaction sees them. Everybody locks lanes last, all at once and in order of their keys."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def lock(self, counts: Mapping[str, int], released: Collection[int] = ()) -> dict[str, int]:
        """Hold these lanes until the end of the transaction and reserve as many places in each; answers the first.

        The numbers are given under the lock, so that their order is the order of commits. `released` are effects
        that are no longer in flight.
        """
        insert = insert_into(self._connection, lane)
        insert = insert.values([{"key": key, "next_seq": counts[key]} for key in sorted(counts)])
        changes = {"next_seq": lane.c.next_seq + insert.excluded.next_seq}
        if released:
            changes["in_flight"] = case((lane.c.in_flight.in_(sorted(released)), None), else_=lane.c.in_flight)
        rows = await self._connection.execute(
            insert.on_conflict_do_update(index_elements=["key"], set_=changes).returning(lane.c.key, lane.c.next_seq)
        )
        return {key: next_seq - counts[key] for key, next_seq in rows}

    async def settle(self, keys: Iterable[str], taker: Taker | None) -> list[Head]:
        """Find the heads of the idle ones among lanes that are held; take those that `taker` admits.

        Of the others it is noted when to look again. What is too late or cannot be read is put aside, so that it
        holds nobody up.
        """
        taken: list[Head] = []
        left: Collection[str] = set(keys)
        while left:
            plans: list[dict[str, object]] = []
            asides: list[Aside] = []
            for row in await self._heads(left):
                head = head_of(row, self._now) if row.serial is not None else None
                if isinstance(head, Aside):
                    asides.append(head)
                    continue
                plans.append(self._plan(row, head, taker, beside=len(taken)))
                if head and plans[-1]["in_flight"]:
                    taken.append(head)
            await self._write(plans)
            left = await self._put_aside(asides)
        if taken and taker:
            await self._intend(taken, taker)
        return taken

    async def _heads(self, keys: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Lanes with nothing in flight: each with the effect at its head, if there is any, and when one comes later.

        An effect that was begun keeps its turn while it waits to be tried again; one for later does not wait in line.
        """
        row = outbox.alias("row")
        ready = (row.c.lane == lane.c.key, row.c.state == PENDING, row.c.awaits.is_(None))
        due = or_(row.c.attempts > 0, row.c.due_at <= self._now)
        head = select(row.c.serial).where(*ready, due).order_by(row.c.priority.desc(), row.c.seq).limit(1)
        later = select(func.min(row.c.due_at)).where(*ready, row.c.due_at > self._now)
        rows = await self._connection.execute(
            select(lane.c.key.label("lane_key"), later.scalar_subquery().label("later"), outbox)
            .select_from(lane.outerjoin(outbox, outbox.c.serial == head.scalar_subquery()))
            .where(lane.c.key.in_(sorted(keys)), lane.c.in_flight.is_(None))
        )
        return rows.all()

    def _plan(
        self, row: Row[*tuple[Any, ...]], head: Head | None, taker: Taker | None, *, beside: int
    ) -> dict[str, object]:
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

    async def _write(self, plans: Sequence[Mapping[str, object]]) -> None:
        if plans:
            columns = ("in_flight", "next_at", "head_priority", "head_method")
            plan = update(lane).where(lane.c.key == bindparam("lane_key"))
            await self._connection.execute(plan.values({name: bindparam(name) for name in columns}), list(plans))

    async def _intend(self, taken: Sequence[Head], taker: Taker) -> None:
        """Write ahead what is about to be done: from now on it may have happened."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.serial.in_([head.serial for head in taken]))
            .values(
                state="sending",
                look=True,
                attempts=outbox.c.attempts + 1,
                first_at=func.coalesce(outbox.c.first_at, self._now),
                begun_at=self._now,
                epoch=taker.epoch,
            )
        )

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
