"""A unit of work commits whole or not at all, says so when it cannot, and never waits for itself."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from bot.domain.delivery import Delivery
from bot.domain.errors import AlreadyDone
from bot.domain.paging import PageOnCall
from bot.store.database import WritesWhileLooking, open_database
from bot.store.tables import mark
from bot.store.unit_of_work import DatabaseDown, NestedUnitOfWork, Store
from sandbox.postgres_server import PostgresServer
from tests.clock import ManualClock
from tests.relaying import bench

PAGE = PageOnCall(incident=1, alert="a", title="API is down", severity="critical")
CLICK = Delivery(source="slack/action", key="T1")


async def test_an_exception_takes_everything_back(store_url: str) -> None:
    async with bench(store_url) as it:

        async def change_my_mind() -> None:
            async with it.store.begin() as unit:
                await unit.outbox.put(PAGE)
                assert await unit.marks.claim("once")
                raise ValueError("changed my mind")

        with pytest.raises(ValueError, match="changed my mind"):
            await change_my_mind()

        assert await it.waiting() == []
        async with it.store.begin() as unit:
            assert await unit.marks.claim("once")
            assert not await unit.marks.claim("once")


async def test_looking_changes_nothing(store_url: str) -> None:
    async with bench(store_url) as it:
        async with it.store.look() as unit:
            await unit.outbox.put(PAGE)
        assert await it.waiting() == []


async def test_a_delivery_is_decided_on_once(store_url: str) -> None:
    async with bench(store_url) as it:
        for _ in range(2):
            try:
                async with it.store.decide(CLICK) as unit:
                    await unit.outbox.put(PAGE)
            except AlreadyDone:
                pass

        assert len(await it.waiting()) == 1


async def test_a_delivery_whose_decision_failed_can_come_again(store_url: str) -> None:
    async with bench(store_url) as it:
        with pytest.raises(ValueError, match="broken"):
            async with it.store.decide(CLICK):
                raise ValueError("broken")
        async with it.store.decide(CLICK) as unit:
            await unit.outbox.put(PAGE)

        assert len(await it.waiting()) == 1


async def test_two_copies_of_a_delivery_at_once_are_one_decision(store_url: str) -> None:
    async with bench(store_url) as one, bench(store_url) as other:

        async def decide(store: Store) -> bool:
            try:
                async with store.decide(CLICK) as unit:
                    await unit.outbox.put(PAGE)
                    await asyncio.sleep(0)
            except AlreadyDone:
                return False
            return True

        decided = await asyncio.gather(*(decide(it.store) for it in (one, other, one, other)))

        assert sorted(decided) == [False, False, False, True]
        assert len(await one.waiting()) == 1


@pytest.mark.parametrize("outer", ["begin", "look"])
@pytest.mark.parametrize("inner", ["begin", "look"])
async def test_a_unit_of_work_inside_another_fails_at_once(store_url: str, outer: str, inner: str) -> None:
    async with bench(store_url) as it, asyncio.timeout(2):
        async with getattr(it.store, outer)():
            with pytest.raises(NestedUnitOfWork, match="Hand it to the function"):
                async with getattr(it.store, inner)():
                    pass
        async with it.store.begin():
            pass


async def test_units_of_work_beside_each_other_wait_for_their_turn(store_url: str) -> None:
    async with bench(store_url) as it:

        async def claim(number: int) -> bool:
            async with it.store.begin() as unit:
                return await unit.marks.claim(f"mark {number % 2}")

        assert sum(await asyncio.gather(*map(claim, range(20)))) == 2


async def test_a_cancelled_unit_of_work_leaves_the_database_usable(store_url: str) -> None:
    async with bench(store_url) as it:

        async def forever() -> None:
            async with it.store.begin() as unit:
                await unit.marks.claim("never")
                begun.set()
                await asyncio.Event().wait()

        begun = asyncio.Event()
        task = asyncio.create_task(forever())
        await begun.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        async with asyncio.timeout(2), it.store.begin() as unit:
            assert await unit.marks.claim("never")


async def test_moments_are_aware_and_utc_on_both_databases(store_url: str) -> None:
    there = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
    async with bench(store_url) as it:
        async with it.store.begin() as unit:
            await unit.connection.execute(mark.insert().values(key="there", marked_at=there))
        async with it.store.look() as unit:
            back = await unit.connection.scalar(mark.select().with_only_columns(mark.c.marked_at))
            assert back == there
            assert back.tzinfo is UTC


async def test_a_naive_moment_is_refused(store_url: str) -> None:
    async with bench(store_url) as it:

        async def write(naive: datetime) -> None:
            async with it.store.begin() as unit:
                await unit.connection.execute(mark.insert().values(key="naive", marked_at=naive))

        with pytest.raises(StatementError, match="no time zone"):
            await write(datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001


async def test_sqlite_is_set_up_to_keep_what_it_acknowledged(sqlite_store_url: str) -> None:
    async with bench(sqlite_store_url) as it, it.store.look() as unit:

        async def pragma(name: str) -> object:
            return await unit.connection.scalar(text(f"PRAGMA {name}"))

        assert await pragma("journal_mode") == "wal"
        assert await pragma("synchronous") == 2
        assert await pragma("foreign_keys") == 1
        assert 0 < int(str(await pragma("busy_timeout"))) <= 5000


async def test_a_full_disk_is_told_and_recovered_from(sqlite_store_url: str) -> None:
    async with bench(sqlite_store_url) as it:
        async with it.store.begin() as unit:
            pages = await unit.connection.scalar(text("PRAGMA page_count"))
            await unit.connection.execute(text(f"PRAGMA max_page_count={pages}"))

        async def fill() -> None:
            async with it.store.begin() as unit:
                for number in range(500):
                    await unit.marks.claim(f"{number} {'x' * 100}")

        with pytest.raises(DatabaseDown, match="full"):
            await fill()
        async with it.store.begin() as unit:
            await unit.connection.execute(text("PRAGMA max_page_count=100000"))
        async with it.store.begin() as unit:
            assert await unit.marks.claim("again")


async def test_a_postgres_that_is_down_is_told_and_recovered_from(postgres_server: PostgresServer) -> None:
    server = PostgresServer()
    try:
        store = Store(open_database(server.url("postgres")), ManualClock())
        async with store.look() as unit:
            await unit.connection.execute(text("SELECT 1"))
        server.stop()
        with pytest.raises(DatabaseDown):
            async with store.look() as unit:
                await unit.connection.execute(text("SELECT 1"))
        server.start()
        async with store.look() as unit:
            assert await unit.connection.scalar(text("SELECT 1")) == 1
        await store.close()
    finally:
        server.discard()


def test_sqlite_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a file"):
        open_database("sqlite://")


async def test_a_commit_wakes_whoever_waits_for_news(store_url: str) -> None:
    async with bench(store_url) as it:
        woken: list[str] = []
        it.store.on_commit(lambda: woken.append("now"))
        async with it.store.look():
            pass
        assert woken == []
        async with it.store.begin():
            pass
        assert woken == ["now"]


async def test_who_only_looks_cannot_write(postgres_store_url: str) -> None:
    """There no transaction would take it back."""
    async with bench(postgres_store_url) as it, it.store.look() as unit:
        with pytest.raises(WritesWhileLooking, match="INSERT INTO mark"):
            await unit.marks.claim("once")
