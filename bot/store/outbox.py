"""The outbox: effects that are decided and still have to be carried out; the only queue there is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.effect import Attempt, Effect, FindChannel, OpenDirect
from bot.store.bindings import Bindings
from bot.store.head import Ended, Head, Taken, Taker
from bot.store.lanes import Lanes
from bot.store.names import SHARED, hold_names, share_names
from bot.store.outbox_rows import Put, Rows
from bot.store.waiting import Waiting, waiting


class Outbox:
    """The outbox as one unit of work sees it. What it is told is written when the unit commits."""

    def __init__(self, connection: AsyncConnection, now: datetime, bindings: Bindings) -> None:
        self._connection = connection
        self._now = now
        self._bindings = bindings
        self._rows = Rows(connection, now)
        self._lanes = Lanes(connection, now)
        self._puts: dict[str, Put] = {}
        self._withdrawn: set[str] = set()
        self._never: set[str] = set()
        self._revived: dict[int, str] = {}
        self._ended: dict[int, Ended] = {}
        self._keys: set[str] = set()
        self._shares_names = False

    async def put(self, effect: Effect, *, key: str | None = None, at: datetime | None = None) -> str:
        """Have an effect carried out, not before `at`; answers its key.

        The same key twice is once, for ever; without one every put is its own. An effect that `replaces` what is
        pending and not begun is not put: the pending one is moved up instead. Finding the channel, or opening the
        conversation, that an effect awaits is put by itself.
        """
        put = _put(effect, key or uuid4().hex, max(at, self._now) if at else self._now)
        twin = self._twin(effect)
        if twin:
            self._puts[twin.key] = twin.moved_up(put)
            return twin.key
        self._puts.setdefault(put.key, put)
        return put.key

    def _twin(self, effect: Effect) -> Put | None:
        if effect.replaces is None:
            return None
        return next((put for put in self._puts.values() if put.effect.replaces == effect.replaces), None)

    async def withdraw(self, key: str) -> None:
        """Take back an effect that was not begun; what was begun or is done stays so."""
        if self._puts.pop(key, None) is None:
            self._withdrawn.add(key)

    def never(self, name: str) -> None:
        """This name will not be bound any more: take back all that awaits it."""
        self._never.add(name)
        self._puts = {key: put for key, put in self._puts.items() if put.awaits != name}

    async def revive(self, serial: int) -> bool:
        """Try a buried effect again; False when it is not buried (any more)."""
        lane = await self._rows.lane_of_buried(serial)
        if lane is not None:
            self._revived[serial] = lane
        return lane is not None

    async def waiting(self, *, about: str | None = None, since: datetime | None = None) -> list[Waiting]:
        """What is put and not done, oldest first: all, or what is about one incident or place ("room/42").

        With `since`, only what was put before then and is due: what is really late.
        """
        return await waiting(self._connection, about=about, since=since)

    def end(self, ended: Ended) -> None:
        """An attempt ended; the relay says so."""
        self._ended[ended.serial] = ended

    def look_at(self, lanes: Iterable[str]) -> None:
        """Find out whose turn it is in these lanes; the relay asks for it when they are due."""
        self._keys.update(lanes)

    @property
    def touched(self) -> bool:
        named = self._withdrawn or self._never or self._bindings.bound
        return bool(named or self._puts or self._revived or self._ended or self._keys)

    def sharing_names(self) -> Sequence[ColumnElement[object]]:
        """What to ask for just before the flush, so that nobody binds a name for which something is being put."""
        self._shares_names = not self._bindings.bound and not self._bindings.knows(self._awaited)
        return [SHARED] if self._shares_names else []

    async def flush(self, taker: Taker | None) -> list[Taken]:
        """Write everything, lanes held last; answers what `taker` may carry out as soon as this is committed."""
        if not self.touched:
            return []
        await self._bindings.write()
        awoken = await self._awoken()
        puts = await self._ready_puts()
        withdrawn = [*await self._rows.pending_under(self._withdrawn), *await self._rows.awaiting(self._never)]
        lanes = Counter(put.effect.lane for put in puts)
        for key in self._other_lanes(awoken, withdrawn):
            lanes[key] += 0
        if not lanes:
            return []
        first = await self._lanes.lock(lanes, self._ended.values())
        await self._rows.end(self._ended.values())
        await self._rows.wake(awoken)
        await self._rows.withdraw([row.serial for row in withdrawn])
        await self._rows.revive(list(self._revived))
        await self._rows.insert(await self._rows.new_among(puts), first)
        return await self._taken(await self._lanes.settle(lanes, taker))

    def _other_lanes(
        self, awoken: Sequence[Row[*tuple[Any, ...]]], withdrawn: Sequence[Row[*tuple[Any, ...]]]
    ) -> set[str]:
        ended = {ended.lane for ended in self._ended.values()}
        return ended | {row.lane for row in (*awoken, *withdrawn)} | set(self._revived.values()) | self._keys

    async def _awoken(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """What awaits a name that was bound here."""
        if not self._bindings.bound:
            return ()
        await hold_names(self._connection)
        return await self._rows.awaiting(self._bindings.bound)

    async def _ready_puts(self) -> list[Put]:
        """The puts, each with what it really awaits, and what finds the places they await."""
        unbound = await self._unbound(self._awaited)
        finders = [
            _put(effect, uuid4().hex, self._now, finds=place) for place in sorted(unbound) if (effect := _finder(place))
        ]
        ready = [replace(put, awaits=put.awaits if put.awaits in unbound else None) for put in self._puts.values()]
        return finders + ready

    @property
    def _awaited(self) -> set[str]:
        return {put.awaits for put in self._puts.values() if put.awaits}

    async def _unbound(self, names: set[str]) -> set[str]:
        """Those that are not bound; for certain, since nobody can be binding them."""
        unbound = names - (await self._bindings.all_of(names)).keys()
        if unbound and not self._bindings.bound and not self._shares_names:
            await share_names(self._connection)
            unbound -= (await self._bindings.all_of(unbound)).keys()
        return unbound

    async def _taken(self, heads: Sequence[Head]) -> list[Taken]:
        known = await self._bindings.all_of(name for head in heads for name in head.effect.names)
        return [
            Taken(
                head=head,
                attempt=Attempt(
                    key=head.key,
                    serial=head.serial,
                    first_at=head.first_at or self._now,
                    look=head.look,
                    note=head.note,
                    bound={name: known[name] for name in head.effect.names if name in known},
                ),
            )
            for head in heads
        ]


def _put(effect: Effect, key: str, due_at: datetime, *, finds: str | None = None) -> Put:
    return Put(effect=effect, key=key, due_at=due_at, priority=int(effect.priority), awaits=effect.awaits, finds=finds)


def _finder(place: str) -> Effect | None:
    """What binds a place that can be found: a channel of the operator's, or a conversation with somebody."""
    kind, _, name = place.partition("/")
    match kind:
        case "channel":
            return FindChannel(name=name)
        case "dm":
            return OpenDirect(user=name)
        case _:
            return None
