"""Lanes: who is at the head of each, and taking it, in the transaction that found it idle."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


_THESE = outbox.c.serial.in_(bindparam("heads", expanding=True))
_HEAD = {"head_priority": outbox.c.priority, "head_method": outbox.c.method}
_PUT_OFF = (
    update(lane)
    .where(lane.c.key == outbox.c.lane, _THESE)
    .values(next_at=bindparam("moment", type_=UtcDateTime), **_HEAD)
)
_IDLE = (
    update(lane)
    .where(lane.c.key.in_(bindparam("lanes", expanding=True)))
    .values(next_at=bindparam("moment", type_=UtcDateTime), head_priority=FIRST, head_method="")
)
_INTEND = (
    update(outbox)
    .where(_THESE)
    .values(
        state="sending",
        attempts=outbox.c.attempts + 1,
        first_at=func.coalesce(outbox.c.first_at, bindparam("now", type_=UtcDateTime)),
        begun_at=bindparam("now", type_=UtcDateTime),
        epoch=bindparam("new_epoch"),
    )
)


_TAKE = update(lane).where(lane.c.key == outbox.c.lane, _THESE).values(in_flight=outbox.c.serial, next_at=None, **_HEAD)
_BEGUN = _INTEND.returning(outbox.c.serial, outbox.c.lane, outbox.c.priority, outbox.c.method).cte("begun")
_TAKE_AND_INTEND = (
    update(lane)
    .where(lane.c.key == _BEGUN.c.lane)
    .values(in_flight=_BEGUN.c.serial, next_at=None, head_priority=_BEGUN.c.priority, head_method=_BEGUN.c.method)
)
_TAKING: Mapping[str, Sequence[Executable]] = {"postgresql": (_TAKE_AND_INTEND,), "sqlite": (_TAKE, _INTEND)}
"""Both in one where a statement may change two tables."""


@cache
def _locking(dialect: str) -> Executable:
    """An effect that is no longer in flight is given as `in_flight`; its lane is there, or it could not have been."""
    insert = insert_for(dialect, lane)
    released = func.nullif(lane.c.in_flight, insert.excluded.in_flight)
    places = {"next_seq": lane.c.next_seq + insert.excluded.next_seq, "in_flight": released}
    insert = insert.on_conflict_do_update(index_elements=["key"], set_=places)
    return insert.returning(lane.c.key, lane.c.next_seq)


def _heads() -> Select[*tuple[Any, ...]]:
    row, now = outbox.alias("row"), bindparam("now", type_=UtcDateTime)
    ready = (row.c.lane == lane.c.key, row.c.state == PENDING, row.c.awaits.is_(None))
    due = or_(row.c.attempts > 0, row.c.due_at <= now)
    head = select(row.c.serial).where(*ready, due).order_by(row.c.priority.desc(), row.c.seq).limit(1)
    later = select(func.min(row.c.due_at)).where(*ready, row.c.due_at > now)
    return (
        select(lane.c.key.label("lane_key"), lane.c.next_at, later.scalar_subquery().label("later"), outbox)
        .select_from(lane.outerjoin(outbox, outbox.c.serial == head.scalar_subquery()))
        .where(lane.c.key.in_(bindparam("keys", expanding=True)), lane.c.in_flight.is_(None))
    )


_HEADS = _heads()


@dataclass(kw_only=True)
class Plan:
    """What becomes of lanes that stay idle: those whose heads wait, and those without one, by when to look again."""

    put_off: dict[datetime, list[int]] = field(default_factory=lambda: defaultdict(list))
    idle: dict[datetime | None, list[str]] = field(default_factory=lambda: defaultdict(list))
    aside: list[Aside] = field(default_factory=list)


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
        in_flight = {ended.lane: ended.serial for ended in released}
        rows = await self._connection.execute(
            _locking(self._connection.dialect.name),
            [{"key": key, "next_seq": counts[key], "in_flight": in_flight.get(key)} for key in sorted(counts)],
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
            plan = Plan()
            for row in await self._heads(left):
                self._consider(row, plan, taken, taker)
            await self._put_off(plan)
            if taker:
                taker.look_again((*plan.put_off, *plan.idle))
            left = await self._put_aside(plan.aside)
        if taken and taker:
            await self._take(taken, taker)
        return taken

    async def _heads(self, keys: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Lanes with nothing in flight: each with the effect at its head, if there is any, and when one comes later.

        An effect that was begun keeps its turn while it waits to be tried again; one for later does not wait in line.
        The most urgent come first, then what is due the longest: when the limits let few through, it is these.
        """
        found = await self._connection.execute(_HEADS, {"keys": sorted(keys), "now": self._now})
        return sorted(found, key=lambda row: (-(row.priority or 0), row.due_at or self._now))

    def _consider(self, row: Row[*tuple[Any, ...]], plan: Plan, taken: list[Head], taker: Taker | None) -> None:
        """What becomes of an idle lane."""
        head = head_of(row, self._now) if row.serial is not None else None
        if isinstance(head, Aside):
            plan.aside.append(head)
        elif head is None or head.due_at > self._now:
            if row.later or row.next_at:
                plan.idle[row.later].append(row.lane_key)
        elif wait := taker.admit(head, self._now, beside=len(taken)) if taker else head.due_at:
            plan.put_off[wait].append(head.serial)
        else:
            taken.append(head)

    async def _put_off(self, plan: Plan) -> None:
        """Note of the lanes that stay idle when to look again."""
        for moment, heads in plan.put_off.items():
            await self._connection.execute(_PUT_OFF, {"heads": heads, "moment": moment})
        for later, lanes in plan.idle.items():
            await self._connection.execute(_IDLE, {"lanes": lanes, "moment": later})

    async def _take(self, taken: Sequence[Head], taker: Taker) -> None:
        """Write ahead what is about to be done: from now on it may have happened."""
        begun = {"heads": [head.serial for head in taken], "now": self._now, "new_epoch": taker.epoch}
        for statement in _TAKING[self._connection.dialect.name]:
            await self._connection.execute(statement, begun)

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
