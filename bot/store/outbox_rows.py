"""The rows of the outbox: writing down what a unit of work decided. Whoever changes a row's state holds its lane."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Executable, Row, bindparam, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.effect import Effect
from bot.store.codec import kind_of, write
from bot.store.head import Ended
from bot.store.moment import UtcDateTime
from bot.store.subject import subject_of
from bot.store.tables import BURIED, PENDING, SENDING, outbox
from bot.store.upsert import insert_for


def _new(*columns: str) -> dict[str, BindParameter[Any]]:
    return {name: bindparam(f"new_{name}") for name in columns}


_THESE = outbox.c.serial.in_(bindparam("rows", expanding=True))
_WAKE = (
    update(outbox)
    .where(_THESE, outbox.c.state == PENDING)
    .values(awaits=None, deadline=case((outbox.c.lifetime.is_not(None), bindparam("woken_until", type_=UtcDateTime))))
)
_MOVING = ("new_payload", "new_due_at", "new_priority")
_MOVE_UP = update(outbox).where(outbox.c.serial == bindparam("row")).values(_new("payload", "due_at", "priority"))
_END = (
    update(outbox)
    .where(_THESE, outbox.c.state == SENDING)
    .values(_new("state", "look", "due_at", "failures", "note", "reason", "ended_at"))
)
_WITHDRAW = (
    update(outbox)
    .where(_THESE, outbox.c.state == PENDING, outbox.c.attempts == 0)
    .values(state="withdrawn", ended_at=bindparam("now", type_=UtcDateTime))
)
_REVIVE = (
    update(outbox)
    .where(_THESE, outbox.c.state == BURIED)
    .values(state="pending", due_at=bindparam("now", type_=UtcDateTime), deadline=None, failures=0, ended_at=None)
)
_AWAITING = select(outbox.c.serial, outbox.c.lane, outbox.c.due_at, outbox.c.lifetime).where(
    outbox.c.state == PENDING, outbox.c.awaits.in_(bindparam("names", expanding=True))
)
_TWINS = select(outbox.c.serial, outbox.c.replaces, outbox.c.due_at, outbox.c.priority, outbox.c.payload).where(
    outbox.c.state == PENDING, outbox.c.attempts == 0, outbox.c.replaces.in_(bindparam("subjects", expanding=True))
)


@cache
def _inserting(dialect: str) -> Executable:
    # Asked for what it gave, the database is told all rows in one statement.
    return insert_for(dialect, outbox).on_conflict_do_nothing().returning(outbox.c.serial)


@dataclass(frozen=True, kw_only=True)
class Put:
    """An effect on its way into the outbox. `finds` is the place it finds, when it was put for that alone."""

    effect: Effect
    key: str
    due_at: datetime
    priority: int
    awaits: str | None
    finds: str | None = None

    def moved_up(self, later: "Put") -> "Put":
        """This one, standing for a later one that says the same."""
        due_at, priority = min(self.due_at, later.due_at), max(self.priority, later.priority)
        return replace(self, effect=later.effect, due_at=due_at, priority=priority)

    def row(self, now: datetime, seq: int) -> dict[str, object]:
        """What is stored of it, at its place in its lane."""
        effect = self.effect
        return {
            "key": self.key,
            "lane": effect.lane,
            "priority": self.priority,
            "seq": seq,
            "kind": kind_of(effect),
            "about": subject_of(effect),
            "method": effect.method,
            "payload": write(effect),
            "replaces": effect.replaces,
            "awaits": self.awaits,
            "state": "pending",
            "look": False,
            "put_at": now,
            "due_at": self.due_at,
            "lifetime": effect.lifetime.total_seconds() if effect.lifetime else None,
            "deadline": None if self.awaits else _deadline(self.due_at, effect.lifetime),
            "attempts": 0,
            "failures": 0,
            "note": "{}",
            "reason": "",
        }


class Rows:
    """The rows, as one transaction sees them."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def lane_of_buried(self, serial: int) -> str | None:
        found = select(outbox.c.lane).where(outbox.c.serial == serial, outbox.c.state == BURIED)
        return (await self._connection.scalars(found)).first()

    async def pending_under(self, keys: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Serial and lane of what is pending under these keys."""
        if not keys:
            return ()
        found = select(outbox.c.serial, outbox.c.lane).where(outbox.c.key.in_(sorted(keys)), outbox.c.state == PENDING)
        return (await self._connection.execute(found)).all()

    async def awaiting(self, names: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Serial, lane, due time and lifetime of what awaits these names."""
        if not names:
            return ()
        return (await self._connection.execute(_AWAITING, {"names": sorted(names)})).all()

    async def wake(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> None:
        """What these await is there; their lifetime begins."""
        waking: dict[datetime, list[int]] = defaultdict(list)
        until = self._now
        for row in sorted(rows, key=lambda row: row.lifetime is None):
            lifetime = None if row.lifetime is None else timedelta(seconds=row.lifetime)
            # What is worth doing for ever has no deadline, whatever it is woken with.
            until = _deadline(max(row.due_at, self._now), lifetime) or until
            waking[until].append(row.serial)
        for deadline, serials in waking.items():
            await self._connection.execute(_WAKE, {"rows": serials, "woken_until": deadline})

    async def withdraw(self, serials: Sequence[int]) -> None:
        if serials:
            await self._connection.execute(_WITHDRAW, {"rows": serials, "now": self._now})

    async def revive(self, serials: Sequence[int]) -> None:
        """Begin again with what was given up; a person wants it now, so its lifetime no longer counts."""
        if serials:
            await self._connection.execute(_REVIVE, {"rows": serials, "now": self._now})

    async def end(self, ended: Iterable[Ended]) -> None:
        """Note how attempts ended; most end alike."""
        alike: dict[tuple[tuple[str, object], ...], list[int]] = defaultdict(list)
        for one in ended:
            alike[tuple(self._ending(one).items())].append(one.serial)
        for ending, serials in alike.items():
            await self._connection.execute(_END, {"rows": serials, **dict(ending)})

    def _ending(self, one: Ended) -> dict[str, object]:
        again = one.state == "pending"
        return {
            "new_state": one.state,
            "new_look": one.look,
            "new_due_at": one.due_at if again else self._now,
            "new_failures": one.failures,
            "new_note": json.dumps(dict(one.note)),
            "new_reason": one.reason,
            "new_ended_at": None if again else self._now,
        }

    async def insert(self, puts: Iterable[Put], first: Mapping[str, int]) -> None:
        """Put effects at the end of their lanes; `first` says which place was reserved in each."""
        places: dict[str, Iterator[int]] = {}
        rows = []
        for put in puts:
            seq = places.setdefault(put.effect.lane, iter(range(first[put.effect.lane], 1 << 62)))
            rows.append(put.row(self._now, next(seq)))
        if rows:
            await self._connection.execute(_inserting(self._connection.dialect.name), rows)

    async def new_among(self, puts: Sequence[Put]) -> list[Put]:
        """The puts that nothing pending stands for already; what does is moved up."""
        twins = await self._twins(puts)
        found = await self._finders(puts)
        return [put for put in puts if put.effect.replaces not in twins and put.effect.lane not in found]

    async def _twins(self, puts: Sequence[Put]) -> Collection[str | None]:
        replacing = {put.effect.replaces: put for put in puts if put.effect.replaces}
        if not replacing:
            return ()
        twins = (await self._connection.execute(_TWINS, {"subjects": sorted(filter(None, replacing))})).all()
        for row in twins:
            moved = _moved(row, replacing[row.replaces])
            if moved != (row.payload, row.due_at, row.priority):
                await self._connection.execute(_MOVE_UP, {"row": row.serial, **dict(zip(_MOVING, moved, strict=True))})
        return {row.replaces for row in twins}

    async def _finders(self, puts: Sequence[Put]) -> Collection[str]:
        """Lanes in which a place is being looked for already; a search that was given up is taken up again."""
        places = [put.finds for put in puts if put.finds]
        if not places:
            return ()
        found = select(outbox.c.serial, outbox.c.lane, outbox.c.state).where(
            outbox.c.about.in_(places), outbox.c.state.in_([PENDING, SENDING, BURIED])
        )
        lanes = {put.effect.lane for put in puts if put.finds}
        rows = [row for row in (await self._connection.execute(found)).all() if row.lane in lanes]
        await self.revive([row.serial for row in rows if row.state == "buried"])
        return {row.lane for row in rows}


def _moved(row: Row[*tuple[Any, ...]], put: Put) -> tuple[str, datetime, int]:
    """Payload, due time and priority of what is pending, once it stands for a later put too."""
    return write(put.effect), min(row.due_at, put.due_at), max(row.priority, put.priority)


def _deadline(due_at: datetime, lifetime: timedelta | None) -> datetime | None:
    return due_at + lifetime if lifetime is not None else None
