"""The bot watches itself: what did not start or end in time is told once, and a heartbeat only beats while it gets on."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.condition import Condition
from bot.domain.effect import Post, channel, direct
from bot.domain.errors import Retry
from bot.domain.looking import LookAt
from bot.domain.message import sentence
from bot.domain.run import Run
from bot.domain.start import Sheet, Start
from bot.heartbeat import Heartbeat
from bot.progress import Progress
from bot.store.lane_load import lane_loads
from bot.store.slots import Next
from bot.store.unit_of_work import UnitOfWork
from playbooks.deciding import Deciding
from playbooks.timetable import Timetable
from scheduler.watch import Watch
from tests.as_text import message_text
from tests.war_room import ANA, START, WarRoom, example, war_room

ALERTS = channel("#alerts")
SOON = timedelta(seconds=1)
LONG = timedelta(minutes=5)


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        yield room


def watch(room: WarRoom) -> Watch:
    timetable = Timetable(room.organisation, example()[1])
    return Watch(store=room.store, organisation=room.organisation, timetable=timetable)


def progress(room: WarRoom, *, leads: bool = True, turned: timedelta = SOON, ticked: timedelta = SOON) -> Progress:
    return Progress(store=room.store, leads=lambda: leads, turned=lambda: turned, ticked=lambda: ticked)


async def expected(unit: UnitOfWork, name: str, ago: timedelta) -> None:
    """A playbook that was to start some time ago."""
    await unit.slots.expect(name, Next(said="weekdays 09:00", at=START - ago))


def told(room: WarRoom) -> list[str]:
    return [message_text(room.outside.messages[slot]) for slot in room.outside.posts if slot.startswith("watch/")]


async def test_a_check_that_has_not_started_is_told_once_in_alerts_and_to_the_on_call(room: WarRoom) -> None:
    async with room.store.begin() as unit:
        await expected(unit, "morning-checklist", timedelta(minutes=6))
        await expected(unit, "end-of-day", timedelta(minutes=4))
    await watch(room).look()
    await watch(room).look()
    await room.settle(3)

    assert sorted(slot.split("/", 3)[3] for slot in room.outside.posts) == [ALERTS, direct(ANA)]
    assert all("Morning checklist" in each and "/ops check morning-checklist" in each for each in told(room))


async def test_a_check_that_does_not_end_is_told(room: WarRoom) -> None:
    room.outside.broken[LookAt] = Retry("nothing comes back", after=60)
    playbook = example()[1].find("hourly-check")
    start = Start(by="", place=ALERTS, sheet=Sheet(due=START, since=START - timedelta(hours=1)))
    async with room.store.begin() as unit:
        deciding = Deciding(store=room.store, organisation=room.organisation)
        await deciding.begin(unit, Run(id=7, incident=0, playbook=playbook, started_at=START, start=start))
    await room.settle(3)
    await watch(room).look()
    await room.settle(3)
    assert told(room) == []

    room.clock.advance(16 * 60)
    await watch(room).look()
    await room.settle(3)
    assert "not been looked at yet" in told(room)[0]
    assert "/runbook stop 7" in told(room)[0]


async def test_lanes_are_counted_by_their_kind(room: WarRoom) -> None:
    async with room.store.begin() as unit:
        for number in range(3):
            post = Post(place=f"channel/#{number}", slot=f"s{number}", message=sentence("Hello"))
            await unit.outbox.put(post, key=f"s{number}")
    room.clock.advance(60)
    async with room.store.look() as unit:
        loads = await lane_loads(unit.connection, unit.now)
    waiting = {kind: load for kind, load in loads.items() if load.states}
    assert sum(load.states["pending"] for load in waiting.values()) >= 3
    assert all(load.age >= timedelta(seconds=60) for load in waiting.values())

    figures = await Condition(room.store, progress=progress(room), hears=lambda: True, refused=lambda: 0).figures()
    assert set(waiting) <= set(figures["lane_pending"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"turned": LONG}, "The relay has stopped"), ({"ticked": LONG}, "The clock has stopped")],
)
async def test_it_is_not_ready_while_it_does_not_get_on(room: WarRoom, wrong: dict[str, timedelta], says: str) -> None:
    (trouble,) = await progress(room, **wrong).troubles()  # type: ignore[arg-type]
    assert says in trouble
    assert await progress(room).troubles() == []


async def test_whoever_stands_by_is_ready_though_it_does_nothing(room: WarRoom) -> None:
    assert await progress(room, leads=False, turned=LONG, ticked=LONG).troubles() == []


async def test_what_is_due_and_not_sent_is_no_progress(room: WarRoom) -> None:
    async with room.store.begin() as unit:
        await unit.outbox.put(LookAt(run=1, name="latency", since=START), key="late")
    room.clock.advance(11 * 60)
    (trouble,) = await progress(room).troubles()
    assert "waiting for 11 minutes" in trouble


async def test_a_database_that_is_down_is_no_progress(room: WarRoom) -> None:
    async with room.store.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE outbox RENAME TO elsewhere")
    assert await progress(room).troubles() == ["The database does not answer."]


async def test_the_heartbeat_beats_only_where_the_bot_acts_and_gets_on(room: WarRoom) -> None:
    pings: list[str] = []

    async def ping() -> None:
        pings.append("ping")

    def heart(of: Progress) -> Heartbeat:
        return Heartbeat(ping=ping, troubles=of.troubles, leads=of.leads)

    assert await heart(progress(room)).beat()
    assert not await heart(progress(room, turned=LONG)).beat()
    assert not await heart(progress(room, leads=False)).beat()
    assert pings == ["ping"]


async def test_a_heartbeat_that_is_not_heard_goes_on(room: WarRoom) -> None:
    async def ping() -> None:
        raise Retry("OPSBOT_HEARTBEAT_URL does not answer.")

    of = progress(room)
    assert not await Heartbeat(ping=ping, troubles=of.troubles, leads=of.leads).beat()
