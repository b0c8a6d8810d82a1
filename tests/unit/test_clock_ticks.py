"""The clock looks at what is due when it is due, after a commit, and after a jump; one bad incident silences no other."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.incident import Severity
from bot.store.incidents import incident as incident_table
from bot.store.unit_of_work import DatabaseDown
from scheduler.clock import Ticking
from tests.war_room import WarRoom, war_room


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        yield room


async def nothing() -> None:
    pass


def ticking(room: WarRoom, *, leads: bool = True) -> Ticking:
    """A clock that looks only when it has a reason to: the net below it is wider than any test is long."""
    return Ticking(
        due=room.due,
        store=room.store,
        clock=room.clock,
        leads=lambda: leads,
        prune=nothing,
        watch=nothing,
        net=timedelta(days=1),
    )


async def committed(room: WarRoom, number: int = 1) -> None:
    """Returns once the clock has asked for an update."""
    news = asyncio.Event()
    room.store.on_commit(news.set)
    async with asyncio.timeout(60):
        while not (await room.incident(number)).update_asked:
            await news.wait()
            news.clear()


async def test_a_jump_of_time_is_noticed_at_once(room: WarRoom) -> None:
    await room.declare()
    clock = ticking(room)
    clock.start()
    await clock._tick()
    room.clock.advance(16 * 60)

    await committed(room)
    await clock.stop()


async def test_what_is_due_when_it_starts_is_done_when_it_starts(room: WarRoom) -> None:
    await room.declare()
    room.clock.advance(16 * 60)
    clock = ticking(room)
    clock.start()

    await committed(room)
    await clock.stop()


async def test_whoever_stands_by_does_nothing(room: WarRoom) -> None:
    await room.declare()
    room.clock.advance(16 * 60)
    await ticking(room, leads=False)._tick()
    assert (await room.incident()).update_asked is None

    leading = ticking(room)
    leading.start()
    await committed(room)
    await leading.stop()


async def test_what_is_due_while_the_database_is_down_is_done_as_soon_as_it_answers(
    room: WarRoom, caplog: pytest.LogCaptureFixture
) -> None:
    await room.declare()
    room.clock.advance(16 * 60)
    async with room.store.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE incident RENAME TO elsewhere")
    clock = ticking(room)
    clock.start()
    await clock._tick()
    async with room.store.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO incident")

    await committed(room)
    await clock.stop()
    assert not caplog.records


async def test_an_incident_that_cannot_be_read_silences_no_other(room: WarRoom) -> None:
    await room.declare(Severity.CRITICAL)
    await room.declare(Severity.CRITICAL)
    async with room.store.begin() as unit:
        await unit.connection.execute(incident_table.update().where(incident_table.c.number == 1).values(state="{}"))
    room.clock.advance(16 * 60)

    following = await room.due.tick()
    assert (await room.incident(2)).update_asked is not None
    assert following
    assert following > room.clock.now()


async def test_stopping_lets_the_tick_under_way_end(room: WarRoom, caplog: pytest.LogCaptureFixture) -> None:
    """A cut tick would leave a trace in the log, and its work to the next process."""
    begun = asyncio.Event()
    ended: list[bool] = []

    async def prune() -> None:
        begun.set()
        await asyncio.sleep(0)
        ended.append(True)

    clock = Ticking(due=room.due, store=room.store, clock=room.clock, leads=lambda: True, prune=prune, watch=nothing)
    clock.start()
    keeping = asyncio.create_task(clock._keep_house())
    await begun.wait()
    await clock.stop()

    assert ended == [True]
    assert not caplog.records
    await keeping


async def test_the_housekeeping_waits_for_a_database_that_is_down(
    room: WarRoom, caplog: pytest.LogCaptureFixture
) -> None:
    tries = 0
    kept = asyncio.Event()

    async def prune() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise DatabaseDown("connection refused")
        kept.set()

    soon = timedelta(milliseconds=20)
    clock = Ticking(
        due=room.due,
        store=room.store,
        clock=room.clock,
        leads=lambda: True,
        prune=prune,
        watch=nothing,
        house_pause=soon,
    )
    clock.start()
    await clock._keep_house()
    async with asyncio.timeout(60):
        await kept.wait()
    await clock.stop()

    assert not caplog.records
