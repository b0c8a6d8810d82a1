"""A store with a relay on it, as the tests of the outbox use them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.effect import Effect, Receipt
from bot.store.database import open_database
from bot.store.leadership import leadership_of
from bot.store.points import Points, no_points
from bot.store.unit_of_work import Store, UnitOfWork
from bot.store.waiting import Waiting
from scheduler.carrier import Executor
from scheduler.outcome import Settle
from scheduler.record import Received
from scheduler.relay import Relay
from tests.clock import ManualClock
from tests.wire import Wire


def never(seconds: float) -> None:
    """The deadman of tests that share their process with others."""
    del seconds


@dataclass
class Bench:
    """One process of opsbot, as far as its outbox goes."""

    store: Store
    clock: ManualClock
    wire: Wire
    relay: Relay
    received: list[Effect] = field(default_factory=list)
    buried: list[tuple[Effect, int, str]] = field(default_factory=list)

    async def put(self, *effects: Effect, key: str | None = None, at: datetime | None = None) -> None:
        async with self.store.begin() as unit:
            for effect in effects:
                await unit.outbox.put(effect, key=key, at=at)

    async def relay_dry(self) -> None:
        assert await self.relay.run_dry()

    async def after(self, seconds: float) -> None:
        """Let time pass and the relay do what is due then."""
        self.clock.advance(seconds)
        await self.relay_dry()

    async def waiting(self) -> list[Waiting]:
        async with self.store.look() as unit:
            return await unit.outbox.waiting()


@asynccontextmanager
async def bench(
    url: str,
    *,
    clock: ManualClock | None = None,
    wire: Wire | None = None,
    points: Points = no_points,
    executors: Mapping[type[Effect], Executor] | None = None,
    follow: Received | None = None,
    concurrency: int = 32,
    settle: Settle = Settle(seconds=15, urgent_seconds=5),  # noqa: B008
    lease_seconds: float = 10,
) -> AsyncIterator[Bench]:
    """A process on a database; leaving the block closes it. `follow` is what follows from receipts."""
    clock, wire = clock or ManualClock(), wire or Wire()
    store = Store(open_database(url), clock, points=points)

    async def received(unit: UnitOfWork, effect: Effect, receipt: Receipt) -> None:
        made.received.append(effect)
        if follow:
            await follow(unit, effect, receipt)

    async def buried(unit: UnitOfWork, effect: Effect, serial: int, reason: str) -> None:
        del unit
        made.buried.append((effect, serial, reason))

    relay = Relay(
        store=store,
        leadership=leadership_of(store.database, lease_seconds=lease_seconds, deadman=never),
        executors=wire.executors if executors is None else executors,
        received=received,
        buried=buried,
        settle=settle,
        concurrency=concurrency,
        poll_seconds=0.5,
        shutdown_seconds=1,
    )
    made = Bench(store=store, clock=clock, wire=wire, relay=relay)
    try:
        yield made
    finally:
        await store.close()
