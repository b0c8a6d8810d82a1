"""The relay calls as fast as the outside bears, keeps something for what is urgent, and forgets no debt."""

import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.effect import AddBookmark, Effect, Invite, Post, Priority
from bot.domain.limit import LIMITS, POSTS_OF_A_CHANNEL, Limit
from bot.domain.message import sentence
from scheduler.pace import Bucket, Pace
from tests.clock import START
from tests.relaying import Bench, bench

BURST = POSTS_OF_A_CHANNEL.burst


def post(number: int, urgency: Priority = Priority.UPDATE) -> Post:
    return Post(place="room/1", slot=f"slot {number}", message=sentence("x"), urgency=urgency)


def bookmark(number: int) -> AddBookmark:
    return AddBookmark(place="room/1", title=str(number), url="u")


async def bind_room(it: Bench) -> None:
    async with it.store.begin() as unit:
        await unit.bindings.bind("room/1", {"channel": "C1"})


async def test_a_channel_takes_a_burst_and_then_one_post_a_second(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        await it.put(*map(post, range(BURST + 3)))
        await it.relay_dry()
        assert len(it.wire.applied) == BURST
        for more in (1, 2, 3):
            await it.after(0.5)
            assert len(it.wire.applied) == BURST + more - 1
            await it.after(0.5)
            assert len(it.wire.applied) == BURST + more


async def test_what_a_channel_was_sent_is_remembered_over_a_restart(store_url: str) -> None:
    async with bench(store_url) as before:
        await bind_room(before)
        await before.put(*map(post, range(BURST)))
        await before.relay_dry()
    async with bench(store_url, clock=before.clock) as it:
        await it.put(post(BURST))
        await it.relay_dry()
        assert it.wire.applied == []
        await it.after(1)
        assert it.wire.applied == [post(BURST)]


async def test_a_method_takes_its_minute_and_others_go_on(store_url: str) -> None:
    limit = LIMITS["bookmarks.add"]
    async with bench(store_url) as it:
        await bind_room(it)
        await it.put(*map(bookmark, range(limit.burst + 5)))
        await it.relay_dry()
        begun = len(it.wire.applied)
        assert begun == limit.burst
        await it.put(Invite(place="room/1", users=("U1",)))
        await it.relay_dry()
        assert len(it.wire.applied) == begun + 1
        await it.after(60 / limit.per_minute)
        assert len(it.wire.applied) == begun + 2
        await it.after(60)
        assert len(it.wire.applied) == limit.burst + 5 + 1


async def test_what_is_urgent_may_use_the_reserve_of_a_method(store_url: str) -> None:
    def told(number: int, urgency: Priority) -> Post:
        return Post(place=f"room/{number}", slot=f"slot {number}", message=sentence("x"), urgency=urgency)

    burst = LIMITS["chat.postMessage"].burst
    async with bench(store_url) as it:
        async with it.store.begin() as unit:
            await unit.bindings.bind_all({f"room/{number}": {"channel": f"C{number}"} for number in range(300)})
        await it.put(*(told(number, Priority.UPDATE) for number in range(burst)))
        await it.relay_dry()
        assert len(it.wire.applied) == round(burst * 0.7)
        await it.put(told(250, Priority.ANSWER))
        await it.relay_dry()

        assert it.wire.applied[-1] == told(250, Priority.ANSWER)


async def test_no_more_than_so_many_are_carried_out_at_once_and_some_places_are_for_urgent_ones(
    store_url: str,
) -> None:
    async with bench(store_url, concurrency=8) as it:
        await bind_room(it)
        at_once: list[int] = []
        seven, urgent, go = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def wait(effect: Effect) -> None:
            at_once.append(len(it.relay._carrier._tasks))
            if len(at_once) == 7:
                seven.set()
            if effect.priority >= Priority.ANSWER:
                urgent.set()
            await go.wait()

        it.wire.hold = wait
        await it.put(*map(bookmark, range(10)))
        relaying = asyncio.create_task(it.relay_dry())
        await seven.wait()
        await it.put(post(1, Priority.ANSWER))
        await urgent.wait()
        assert len(at_once) == 8
        go.set()
        await relaying

        assert max(at_once) == 8
        assert len(it.wire.applied) == 11


@given(st.lists(st.floats(0, 30), min_size=1, max_size=60), st.floats(1, 600), st.integers(1, 20))
def test_a_bucket_never_lets_more_through_than_its_limit(waits: list[float], per_minute: float, burst: int) -> None:
    bucket = Bucket(limit=Limit(per_minute=per_minute, burst=burst), full_at=START)
    now, calls = START, []
    for wait in waits:
        now += timedelta(seconds=wait)
        if bucket.ready_at(now) <= now:
            bucket.count(now)
            calls.append(now)
    for first, since in enumerate(calls):
        for last in range(first, len(calls)):
            trickled = (calls[last] - since).total_seconds() * per_minute / 60
            assert last - first + 1 <= burst + trickled + 0.001


@given(st.integers(1, 50), st.floats(1, 600))
def test_a_bucket_says_when_it_lets_the_next_one_through(calls: int, per_minute: float) -> None:
    bucket = Bucket(limit=Limit(per_minute=per_minute, burst=3), full_at=START)
    for _ in range(calls):
        bucket.count(START)
    ready = bucket.ready_at(START)

    assert bucket.ready_at(ready) <= ready
    if ready > START:
        assert bucket.ready_at(ready - timedelta(milliseconds=1)) > ready - timedelta(milliseconds=1)


def test_a_clock_that_was_set_back_leaves_no_debt_of_hours() -> None:
    pace = Pace()
    for number in range(10):
        pace.count(post(number), START + timedelta(hours=8))
    pace.block("chat.postMessage", START + timedelta(hours=9))

    assert pace.lane_ready_at(post(1), START) <= START + timedelta(seconds=10)
    assert pace.method_ready_at("chat.postMessage", Priority.UPDATE, START) <= START + timedelta(minutes=5)


def test_buckets_that_are_full_are_forgotten() -> None:
    pace = Pace()
    pace.count(post(1), START)
    pace.forget_idle(START + timedelta(minutes=1))

    assert not pace._lanes


async def test_when_the_limits_let_one_through_it_is_the_most_urgent(store_url: str) -> None:
    """Whatever the lanes are called: summaries wait in many channels, and an incident says something in its room."""
    limit = LIMITS["chat.postMessage"]
    places = [f"channel/#{number}" for number in range(limit.burst)]
    async with bench(store_url) as it:
        async with it.store.begin() as unit:
            await unit.bindings.bind_all({place: {"channel": place} for place in ("room/1", *places)})
        for turn in range(2):
            said = [
                Post(place=place, slot=f"{place}/{turn}", message=sentence("x"), urgency=Priority.REMINDER)
                for place in places
            ]
            await it.put(*said)
        await it.relay_dry()
        await it.put(post(1))
        await it.relay_dry()
        assert post(1) not in it.wire.applied

        before = len(it.wire.applied)
        await it.after(60 / limit.per_minute)
        assert it.wire.applied[before:] == [post(1)]
