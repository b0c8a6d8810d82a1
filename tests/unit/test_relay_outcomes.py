"""How the relay answers each way in which an attempt can end."""

from datetime import timedelta

import pytest

from bot.domain.effect import AddBookmark, Edit, Effect, Invite, Post, Priority, Receipt, Whisper
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.message import sentence
from bot.domain.paging import FollowPage, PageOnCall
from bot.store.unit_of_work import UnitOfWork
from tests.clock import START
from tests.relaying import Bench, bench

PAGE = PageOnCall(incident=1, alert="a", title="API is down", severity="critical")
FOLLOW = FollowPage(incident=1, alert="a", since=START)


def bookmark(title: str) -> AddBookmark:
    return AddBookmark(place="room/1", title=title, url="https://example.com")


def post(slot: str, urgency: Priority = Priority.UPDATE) -> Post:
    return Post(place="room/1", slot=slot, message=sentence(slot), urgency=urgency)


async def bind_room(it: Bench) -> None:
    async with it.store.begin() as unit:
        await unit.bindings.bind("room/1", {"channel": "C1"})


async def test_a_definite_failure_is_tried_again_later_and_later(store_url: str) -> None:
    async with bench(store_url) as it:
        it.wire.fail(PageOnCall, *(Retry("PagerDuty is down") for _ in range(4)))
        await it.put(PAGE)
        await it.relay_dry()
        for wait in (0.7, 1.4, 2.9, 5.9):
            await it.after(wait)
            tried = len(it.wire.attempts)
            await it.after(wait * 2)
            assert len(it.wire.attempts) == tried + 1

        assert it.wire.applied == [PAGE]
        assert not any(attempt.look for _, attempt in it.wire.attempts)


async def test_retry_after_is_kept_to_and_hands_its_note_on(store_url: str) -> None:
    async with bench(store_url) as it:
        it.wire.fail(FollowPage, Retry("nothing new", after=5, note={"cursor": "7"}), Retry("nothing new", after=5))
        await it.put(FOLLOW)
        await it.relay_dry()
        await it.after(4.9)
        assert len(it.wire.attempts) == 1
        await it.after(0.1)
        await it.after(5)

        assert [dict(attempt.note) for _, attempt in it.wire.attempts] == [{}, {"cursor": "7"}, {"cursor": "7"}]
        assert it.wire.applied == [FOLLOW]


async def test_only_its_deadline_ends_what_keeps_asking_to_be_retried(store_url: str) -> None:
    async with bench(store_url) as it:
        it.wire.fail(Whisper, *(Retry("not yet", after=100) for _ in range(10)))
        await it.put(Whisper(channel="C1", user="U1", message=sentence("hello")))
        for _ in range(5):
            await it.after(100)

        assert len(it.wire.attempts) == 2
        assert await it.waiting() == []


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("error", [Unsure("timeout"), RuntimeError("what?"), TimeoutError()], ids=repr)
async def test_an_unknown_outcome_is_looked_at_after_it_settled(
    store_url: str, error: Exception, *, applied: bool
) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        it.wire.fail(Post, error, applied=applied)
        await it.put(post("a"))
        await it.relay_dry()
        await it.after(14.9)
        assert len(it.wire.attempts) == 1
        await it.after(0.1)

        assert [attempt.look for _, attempt in it.wire.attempts] == [False, True]
        assert it.wire.applied == [post("a")]
        assert it.wire.attempts[0][1].key == it.wire.attempts[1][1].key
        assert it.wire.attempts[1][1].first_at == START


async def test_what_is_urgent_settles_sooner(store_url: str) -> None:
    async with bench(store_url) as it:
        it.wire.fail(PageOnCall, Unsure("timeout"))
        await it.put(PAGE)
        await it.relay_dry()
        await it.after(4.9)
        assert len(it.wire.attempts) == 1
        await it.after(0.1)
        assert len(it.wire.attempts) == 2


async def test_a_definite_failure_after_an_unknown_outcome_still_has_to_look(store_url: str) -> None:
    async with bench(store_url) as it:
        it.wire.fail(PageOnCall, Unsure("timeout"), Retry("refused", after=1))
        await it.put(PAGE)
        await it.after(5)
        await it.after(5)
        await it.after(1)

        assert [attempt.look for _, attempt in it.wire.attempts] == [False, True, True]


async def test_while_an_outcome_settles_the_lane_waits_for_it(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        it.wire.fail(Post, Unsure("timeout"))
        await it.put(post("a"), post("b"), bookmark("elsewhere"))
        await it.relay_dry()
        assert it.wire.applied == [bookmark("elsewhere")]
        await it.after(15)

        assert it.wire.applied == [bookmark("elsewhere"), post("a"), post("b")]


async def test_what_is_given_up_is_buried_and_holds_up_nobody(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        it.wire.fail(Post, GiveUp("The channel is archived."))
        await it.put(post("a"), post("b"))
        await it.relay_dry()

        assert it.wire.applied == [post("b")]
        [(effect, serial, reason)] = it.buried
        assert (effect, reason) == (post("a"), "The channel is archived.")
        [buried] = await it.waiting()
        assert (buried.serial, buried.state, buried.reason) == (serial, "buried", reason)


async def test_a_buried_effect_can_be_tried_again_once(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        it.wire.fail(Post, GiveUp("The channel is archived."))
        await it.put(post("a"))
        await it.relay_dry()
        serial = it.buried[0][1]

        async with it.store.begin() as unit:
            assert await unit.outbox.revive(serial)
        async with it.store.begin() as unit:
            assert not await unit.outbox.revive(serial)
        await it.relay_dry()

        assert it.wire.applied == [post("a")]
        assert await it.waiting() == []


async def test_an_error_nobody_thought_of_is_buried_after_five_times(store_url: str) -> None:
    async with bench(store_url) as it:
        it.wire.fail(PageOnCall, *(RuntimeError("what?") for _ in range(9)))
        await it.put(PAGE)
        for _ in range(12):
            await it.after(120)

        assert len(it.wire.attempts) == 5
        assert [reason for *_, reason in it.buried] == ["RuntimeError: what?"]


async def test_an_effect_nobody_carries_out_is_buried(store_url: str) -> None:
    async with bench(store_url, executors={}) as it:
        await it.put(PAGE)
        await it.relay_dry()

        assert [reason for *_, reason in it.buried] == ["Nothing here carries out PageOnCall."]


async def test_a_throttled_method_is_left_alone_and_others_go_on(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        it.wire.fail(AddBookmark, Retry("rate limited", after=30, throttled=True))
        await it.put(bookmark("a"))
        await it.relay_dry()
        await it.put(bookmark("b"), Invite(place="room/1", users=("U1",)))
        await it.relay_dry()
        assert it.wire.applied == [Invite(place="room/1", users=("U1",))]
        await it.after(29)
        assert len(it.wire.applied) == 1
        await it.after(1)

        assert sorted(effect.title for effect in it.wire.applied if isinstance(effect, AddBookmark)) == ["a", "b"]
        assert not any(attempt.look for _, attempt in it.wire.attempts)


async def test_a_throttled_method_is_left_alone_over_a_restart(store_url: str) -> None:
    async with bench(store_url) as before:
        await bind_room(before)
        before.wire.fail(AddBookmark, Retry("rate limited", after=30, throttled=True))
        await before.put(bookmark("a"))
        await before.relay_dry()
    async with bench(store_url, clock=before.clock) as it:
        await it.put(bookmark("b"))
        await it.after(29)
        assert it.wire.applied == []
        await it.after(1)
        assert len(it.wire.applied) == 2


async def test_no_outside_system_can_ask_to_be_left_alone_for_ever(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        it.wire.fail(AddBookmark, Retry("rate limited", after=1e9, throttled=True))
        await it.put(bookmark("a"))
        await it.relay_dry()
        await it.after(300)

        assert it.wire.applied == [bookmark("a")]


async def test_a_receipt_that_cannot_be_applied_is_buried_and_others_are_not(store_url: str) -> None:
    async def follow(unit: UnitOfWork, effect: Effect, receipt: Receipt) -> None:
        if effect == bookmark("bad"):
            raise ValueError("no such step")

    async with bench(store_url, follow=follow) as it:
        await bind_room(it)
        await it.put(bookmark("good"), bookmark("bad"))
        await it.relay_dry()

        assert [reason for *_, reason in it.buried] == [
            "It was done, but what follows from it failed: ValueError: no such step"
        ]
        assert [one.state for one in await it.waiting()] == ["buried"]


async def test_what_somebody_changed_meanwhile_is_decided_anew(store_url: str) -> None:
    stale = [RuntimeError("stale"), RuntimeError("stale")]

    async def follow(unit: UnitOfWork, effect: Effect, receipt: Receipt) -> None:
        if stale:
            raise stale.pop()

    async with bench(store_url, follow=follow) as it:
        await it.put(PAGE)
        await it.relay_dry()

        assert it.received == [PAGE, PAGE, PAGE]
        assert (it.buried, await it.waiting()) == ([], [])


async def test_an_edit_is_sent_with_the_bindings_it_needs(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        await it.put(post("incident/1/card"), Edit(place="room/1", slot="incident/1/card"))
        await it.relay_dry()

        assert it.wire.attempts[1][1].bound == {"incident/1/card": {"channel": "room/1", "ts": "incident/1/card"}}


async def test_an_effect_for_later_is_not_early_and_holds_up_nobody(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        await it.put(post("later"), at=START + timedelta(minutes=5))
        await it.put(post("now"))
        await it.relay_dry()
        assert it.wire.applied == [post("now")]
        await it.after(299)
        assert it.wire.applied == [post("now")]
        await it.after(1)
        assert it.wire.applied == [post("now"), post("later")]
