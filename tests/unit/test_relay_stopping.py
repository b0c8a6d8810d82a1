"""A relay that is told to stop finishes what it has begun, as long as it is given time, and begins nothing more."""

import asyncio

from sqlalchemy import select

from bot.domain.paging import PageOnCall
from bot.store.tables import lane, outbox
from tests.relaying import bench

PAGE = PageOnCall(incident=1, alert="a", title="API is down", severity="critical")


async def test_stopping_finishes_what_is_in_flight(store_url: str) -> None:
    async with bench(store_url) as it:
        begun, finish = asyncio.Event(), asyncio.Event()

        async def slowly(effect: object) -> None:
            begun.set()
            await finish.wait()

        it.wire.hold = slowly
        await it.put(PAGE, PAGE)
        running = asyncio.create_task(it.relay.run())
        await begun.wait()
        it.relay.stop()
        finish.set()
        await running

        assert it.received == [PAGE]
        assert [waiting.state for waiting in await it.waiting()] == ["pending"]


async def test_stopping_does_not_wait_for_ever_and_leaves_nothing_in_flight(store_url: str) -> None:
    async with bench(store_url) as it:
        begun = asyncio.Event()

        async def never(effect: object) -> None:
            begun.set()
            await asyncio.Event().wait()

        it.wire.hold = never
        await it.put(PAGE)
        running = asyncio.create_task(it.relay.run())
        await begun.wait()
        it.relay.stop()
        async with asyncio.timeout(60):
            await running
        it.wire.hold = None
        [waiting] = await it.waiting()
        assert (waiting.state, waiting.reason) == ("pending", "It was interrupted.")
        async with it.store.look() as unit:
            assert await unit.connection.scalar(select(outbox.c.look))
            assert await unit.connection.scalar(select(lane.c.in_flight)) is None
        assert len(it.wire.attempts) == 1
