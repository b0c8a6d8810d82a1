"""Each race that the outbox claims to win, step by step: two processes of one PostgreSQL, or a crash in between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context
from datetime import timedelta

import pytest
from sqlalchemy import exc, select

from bot.domain.effect import AddBookmark, Post
from bot.domain.message import sentence
from bot.domain.paging import PageOnCall
from bot.store.housekeeping import prune
from bot.store.lease import Deposed, take_over
from bot.store.tables import lease, outbox
from bot.store.unit_of_work import DatabaseDown, UnitOfWork
from tests.clock import ManualClock
from tests.relaying import Bench, bench
from tests.wire import Wire

PAGE = PageOnCall(incident=1, alert="a", title="API is down", severity="critical")


def post(slot: str) -> Post:
    return Post(place="room/1", slot=slot, message=sentence(slot))


@asynccontextmanager
async def two(url: str) -> AsyncIterator[tuple[Bench, Bench]]:
    """Two processes with one outside world and one time."""
    clock, wire = ManualClock(), Wire()
    async with bench(url, clock=clock, wire=wire) as one, bench(url, clock=clock, wire=wire) as other:
        yield one, other


async def bind_room(it: Bench) -> None:
    async with it.store.begin() as unit:
        await unit.bindings.bind("room/1", {"channel": "C1"})


def elsewhere(work: Coroutine[None, None, object]) -> asyncio.Task[object]:
    """Start what another process does: it knows nothing of the unit of work that is open here."""
    return asyncio.create_task(work, context=Context())


async def waits(task: Awaitable[object]) -> bool:
    """Whether something that was started is held up by another transaction."""
    done, _ = await asyncio.wait({asyncio.ensure_future(task)}, timeout=0.3)
    return not done


async def flushed(it: Bench, unit: UnitOfWork) -> None:
    """Do now what the end of the unit does, short of the commit."""
    await it.store._flush(unit, None, certain=False)


async def test_of_two_who_put_into_one_lane_the_first_to_commit_is_first(postgres_store_url: str) -> None:
    async with two(postgres_store_url) as (one, other):
        await bind_room(one)
        async with one.store.begin() as first:
            await first.outbox.put(post("first"))
            await flushed(one, first)
            second = elsewhere(other.put(post("second")))
            assert await waits(second)
        await second
        await one.relay_dry()

        assert one.wire.applied == [post("first"), post("second")]


async def test_who_puts_while_the_name_is_being_bound_is_not_overlooked(postgres_store_url: str) -> None:
    async with two(postgres_store_url) as (one, other):
        async with one.store.begin() as unit:
            await unit.bindings.bind("room/1", {"channel": "C1"})
            await flushed(one, unit)
            putting = elsewhere(other.put(post("a")))
            assert await waits(putting)
        await putting
        await one.relay_dry()

        assert one.wire.applied == [post("a")]


async def test_who_binds_while_something_is_put_for_the_name_wakes_it(postgres_store_url: str) -> None:
    async with two(postgres_store_url) as (one, other):
        async with one.store.begin() as unit:
            await unit.outbox.put(post("a"))
            await flushed(one, unit)
            binding = elsewhere(bind_room(other))
            assert await waits(binding)
        await binding
        await one.relay_dry()

        assert one.wire.applied == [post("a")]


async def test_an_effect_taken_back_while_it_is_claimed_is_either_done_or_not(postgres_store_url: str) -> None:
    async with two(postgres_store_url) as (one, other):
        await one.put(PAGE, key="page")
        async with one.store.begin() as unit:
            await unit.outbox.withdraw("page")
            await flushed(one, unit)
            relaying = elsewhere(other.relay_dry())
            assert await waits(relaying)
        await relaying

        assert one.wire.applied == []
        assert await one.waiting() == []


async def test_units_that_touch_the_same_lanes_in_any_order_do_not_block_each_other_for_ever(
    postgres_store_url: str,
) -> None:
    async with two(postgres_store_url) as (one, other):
        await bind_room(one)
        marks = [AddBookmark(place="room/1", title=str(number), url="u") for number in range(10)]
        async with asyncio.timeout(60):
            await asyncio.gather(
                *(one.put(*marks) for _ in range(5)),
                *(other.put(*reversed(marks)) for _ in range(5)),
            )
        assert len(await one.waiting()) == 100


async def test_a_lane_that_is_used_again_while_it_is_being_forgotten_keeps_its_order(postgres_store_url: str) -> None:
    async with two(postgres_store_url) as (one, other):
        await bind_room(one)
        await one.put(post("long ago"))
        await one.relay_dry()
        async with one.store.begin() as unit:
            await unit.bindings.forget("room/1")

        async with one.store.begin() as unit:
            await unit.outbox.put(post("a"))
            await flushed(one, unit)
            pruning = elsewhere(prune(other.store, timedelta(days=30)))
            await waits(pruning)
        await pruning
        await one.put(post("b"))
        await bind_room(one)
        await one.relay_dry()

        assert one.wire.applied == [post("long ago"), post("a"), post("b")]


async def test_a_second_effect_in_flight_in_one_lane_is_impossible(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(PAGE, PAGE)

        async def send_both() -> None:
            async with it.store.begin() as unit:
                await unit.connection.execute(outbox.update().values(state="sending"))

        with pytest.raises(exc.IntegrityError):
            await send_both()


async def test_what_was_in_flight_when_the_process_died_is_looked_for(store_url: str) -> None:
    async with bench(store_url) as before:
        await bind_room(before)
        begun = asyncio.Event()

        async def die(effect: object) -> None:
            begun.set()
            await asyncio.Event().wait()

        before.wire.hold = die
        await before.put(post("a"), post("b"))
        relaying = asyncio.create_task(before.relay.run_dry())
        await begun.wait()
        async with before.store.look() as unit:
            states = list(await unit.connection.scalars(select(outbox.c.state).order_by(outbox.c.seq)))
        assert states == ["sending", "pending"]
        before.relay._record.write = nothing  # type: ignore[method-assign]
        before.relay._recover = nothing  # type: ignore[method-assign]
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)
        before.wire.hold = None
    async with bench(store_url, clock=before.clock, wire=before.wire) as it:
        await it.relay_dry()
        assert len(it.wire.attempts) == 1
        await it.after(15)

        assert [attempt.look for _, attempt in it.wire.attempts] == [False, True, False]
        assert it.wire.applied == [post("a"), post("b")]


async def nothing() -> None:
    """A process that is dead writes nothing down."""


async def test_a_leader_that_was_deposed_while_it_sent_writes_nothing(postgres_store_url: str) -> None:
    async with two(postgres_store_url) as (one, other):

        async def depose(effect: object) -> None:
            one.wire.hold = None
            async with other.store.database.engine.begin() as connection:
                await connection.execute(lease.update().values(expires_at=ManualClock().now()))
                assert await take_over(connection, "other", 10) is not None

        one.wire.hold = depose
        await one.put(PAGE)
        await one.relay.run_dry()

        assert one.received == []
        assert [waiting.state for waiting in await one.waiting()] == ["sending"]


async def test_nobody_takes_over_in_the_middle_of_the_leaders_transaction(postgres_store_url: str) -> None:
    async with two(postgres_store_url) as (one, other):
        await one.relay_dry()
        carrier = one.relay._carrier

        async def depose() -> None:
            async with other.store.database.engine.begin() as connection:
                assert await take_over(connection, "other", 10) == carrier.epoch + 1

        async with one.store.lead(carrier, "finish") as unit:
            deposing = elsewhere(depose())
            assert await waits(deposing)
            assert await unit.marks.claim("mine")
        await deposing

        async def finish() -> None:
            async with one.store.lead(carrier, "finish"):
                pass

        with pytest.raises(Deposed):
            await finish()


async def test_only_the_leader_is_handed_what_its_process_puts(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(PAGE)
        running = asyncio.create_task(it.relay.run())
        await it.relay.quiet()
        assert it.wire.applied == [PAGE]
        begun = asyncio.Event()

        async def note(effect: object) -> None:
            begun.set()

        it.wire.hold = note
        async with it.store.begin() as unit:
            await unit.outbox.put(PAGE, key="second")
        assert [waiting.state for waiting in await it.waiting()] == ["sending"]
        await it.relay.quiet()
        it.relay.stop()
        await running
        await it.put(PAGE, key="third")

        assert len(it.wire.applied) == 2
        assert [waiting.state for waiting in await it.waiting()] == ["pending"]


async def test_a_commit_of_another_process_is_heard_at_once(postgres_store_url: str) -> None:
    async with two(postgres_store_url) as (one, other):
        one.relay._poll_seconds = 3600
        running = asyncio.create_task(one.relay.run())
        await one.relay.quiet()
        sent = asyncio.Event()

        async def tell(effect: object) -> None:
            sent.set()

        one.wire.hold = tell
        await other.put(PAGE)
        async with asyncio.timeout(60):
            await sent.wait()
        one.relay.stop()
        await running


async def test_a_commit_of_which_nobody_knows_is_not_applied_twice(store_url: str) -> None:
    lost = iter(["the connection, after the commit and before its answer"])

    def lose_once(point: str) -> None:
        if point == "finish: after commit" and next(lost, None):
            raise DatabaseDown("The database closed the connection.")

    async with bench(store_url, points=lose_once) as it:
        await it.put(PAGE)
        await it.relay_dry()
        assert it.received == [PAGE]
        assert await it.waiting() == []
