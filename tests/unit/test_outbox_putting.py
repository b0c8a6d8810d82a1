"""What putting promises: once per key, in order, after what it awaits, and not twice what one sending says."""

from datetime import timedelta

from bot.domain.effect import (
    AddBookmark,
    Delete,
    Edit,
    FindChannel,
    Invite,
    OpenDirect,
    OpenRoom,
    Pin,
    Post,
    SetTopic,
    Whisper,
)
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.message import sentence
from bot.domain.paging import PageOnCall
from bot.store.due import begun_since
from bot.store.housekeeping import prune
from bot.store.tables import outbox
from bot.store.waiting import load
from tests.clock import START
from tests.relaying import Bench, bench

ROOM = OpenRoom(incident=1, name="inc-1", private=False)
PAGE = PageOnCall(incident=1, alert="a", title="API is down", severity="critical")


def post(slot: str, place: str = "room/1", thread: str | None = None) -> Post:
    return Post(place=place, slot=slot, message=sentence(slot), thread=thread)


async def bind_room(it: Bench) -> None:
    async with it.store.begin() as unit:
        await unit.bindings.bind("room/1", {"channel": "C1"})


async def test_a_key_is_put_once_for_ever(store_url: str) -> None:
    async with bench(store_url) as it:
        async with it.store.begin() as unit:
            assert await unit.outbox.put(PAGE, key="page") == "page"
            assert await unit.outbox.put(PAGE, key="page") == "page"
        await it.put(PAGE, key="page")
        await it.relay_dry()
        await it.put(PAGE, key="page")
        await it.relay_dry()

        assert it.wire.applied == [PAGE]


async def test_without_a_key_every_put_is_its_own(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(PAGE, PAGE)
        await it.relay_dry()

        assert it.wire.applied == [PAGE, PAGE]


async def test_edits_of_one_message_that_wait_are_one(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        edit = Edit(place="room/1", slot="card")
        await it.put(edit, edit)
        await it.put(edit)
        await it.put(post("card"), edit)
        await it.relay_dry()

        assert it.wire.applied == [post("card"), edit]


async def test_an_edit_put_while_another_is_being_sent_is_sent_after_it(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        edit = Edit(place="room/1", slot="card")
        await it.put(post("card"))
        await it.relay_dry()

        async def put_another(effect: object) -> None:
            it.wire.hold = None
            await it.put(edit)
            await it.put(edit)

        it.wire.hold = put_another
        await it.put(edit)
        await it.relay_dry()

        assert it.wire.applied == [post("card"), edit, edit]


async def test_an_edit_that_was_begun_does_not_stand_for_a_new_one(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        it.wire.fail(SetTopic, Unsure("timeout"), applied=True)
        await it.put(SetTopic(incident=1))
        await it.relay_dry()
        await it.put(SetTopic(incident=1))
        await it.after(15)

        assert it.wire.applied == [SetTopic(incident=1), SetTopic(incident=1)]
        assert [attempt.look for _, attempt in it.wire.attempts] == [False, True, False]


async def test_an_edit_for_now_moves_one_for_later_up(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        await it.put(SetTopic(incident=1), at=START + timedelta(hours=1))
        await it.put(SetTopic(incident=1))
        await it.relay_dry()

        assert it.wire.applied == [SetTopic(incident=1)]
        assert await it.waiting() == []


async def test_a_topic_for_later_does_not_put_off_one_for_now(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        await it.put(SetTopic(incident=1))
        await it.put(SetTopic(incident=1), at=START + timedelta(hours=1))
        await it.relay_dry()

        assert it.wire.applied == [SetTopic(incident=1)]


async def test_a_channel_that_is_not_known_is_looked_for_once(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(post("a", "channel/#alerts"), post("b", "channel/#alerts"))
        await it.put(post("c", "channel/#alerts"))
        await it.relay_dry()
        await it.put(post("d", "channel/#alerts"))
        await it.relay_dry()

        assert it.wire.applied[0] == FindChannel(name="#alerts")
        assert [effect.slot for effect in it.wire.applied[1:] if isinstance(effect, Post)] == ["a", "b", "c", "d"]


async def test_a_conversation_with_somebody_is_opened_once(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(post("a", "dm/U1"), post("b", "dm/U1"))
        await it.relay_dry()

        assert it.wire.applied == [OpenDirect(user="U1"), post("a", "dm/U1"), post("b", "dm/U1")]


async def test_a_channel_that_was_not_found_is_looked_for_again_when_it_is_needed_again(store_url: str) -> None:
    async with bench(store_url) as it:
        it.wire.fail(FindChannel, GiveUp("The bot is not in #alerts: invite it."))
        await it.put(post("a", "channel/#alerts"))
        await it.relay_dry()
        assert it.wire.applied == []
        await it.put(post("b", "channel/#alerts"))
        await it.relay_dry()

        assert it.wire.applied == [
            FindChannel(name="#alerts"),
            post("a", "channel/#alerts"),
            post("b", "channel/#alerts"),
        ]
        assert len(it.buried) == 1


async def test_replies_wait_for_the_message_they_answer(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(post("reply", thread="card"), Pin(slot="card"), post("card"))
        await it.relay_dry()
        assert it.wire.applied == []
        await bind_room(it)
        await it.relay_dry()

        assert it.wire.applied[0] == post("card")
        assert {type(effect) for effect in it.wire.applied} == {Post, Pin}
        assert len(it.wire.applied) == 3


async def test_what_awaits_a_message_that_was_given_up_holds_up_nobody(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        it.wire.fail(Post, GiveUp("No."))
        await it.put(post("card"), Edit(place="room/1", slot="card"), post("next"))
        await it.relay_dry()

        assert it.wire.applied == [post("next")]
        assert {one.state for one in await it.waiting()} == {"buried", "pending"}


async def test_the_lifetime_of_what_awaits_something_begins_when_that_is_there(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(Invite(place="room/1", users=("U1",)), Pin(slot="card"))
        async with it.store.begin() as unit:
            await unit.connection.execute(outbox.update().values(lifetime=60.0))
        await it.after(3600)
        await bind_room(it)
        async with it.store.begin() as unit:
            await unit.bindings.bind("card", {"channel": "C1", "ts": "1.2"})
        await it.relay_dry()
        assert len(it.wire.applied) == 2

        await it.put(Pin(slot="other"))
        async with it.store.begin() as unit:
            await unit.connection.execute(outbox.update().values(lifetime=60.0))
            await unit.bindings.bind("other", {"channel": "C1", "ts": "1.3"})
        await it.after(60)
        assert len(it.wire.applied) == 2


async def test_what_is_too_late_is_not_done_and_holds_up_nobody(store_url: str) -> None:
    async with bench(store_url) as it:
        whisper = Whisper(channel="C1", user="U1", message=sentence("old"))
        await it.put(whisper)
        it.clock.advance(300)
        fresh = Whisper(channel="C1", user="U1", message=sentence("new"))
        await it.put(fresh)
        await it.relay_dry()

        assert it.wire.applied == [fresh]
        assert await it.waiting() == []


async def test_what_was_not_begun_can_be_taken_back(store_url: str) -> None:
    async with bench(store_url) as it:
        async with it.store.begin() as unit:
            await unit.outbox.put(PAGE, key="same unit")
            await unit.outbox.withdraw("same unit")
        await it.put(PAGE, key="earlier unit")
        async with it.store.begin() as unit:
            await unit.outbox.withdraw("earlier unit")
            await unit.outbox.withdraw("never put")
        await it.relay_dry()

        assert it.wire.attempts == []
        assert await it.waiting() == []


async def test_what_awaits_a_name_that_will_never_be_is_taken_back(store_url: str) -> None:
    due, card = (Edit(place="room/1", slot=f"incident/1/{name}") for name in ("due", "card"))
    async with bench(store_url) as it:
        await it.put(due, Delete(place="room/1", slot=due.slot), card)
        async with it.store.begin() as unit:
            await unit.outbox.put(Delete(place="room/1", slot=due.slot))
            unit.outbox.never(due.slot)

        assert [each.effect for each in await it.waiting()] == [card]


async def test_what_was_begun_is_not_taken_back(store_url: str) -> None:
    async with bench(store_url) as it:
        it.wire.fail(PageOnCall, Retry("later", after=5))
        await it.put(PAGE, key="page")
        await it.relay_dry()
        async with it.store.begin() as unit:
            await unit.outbox.withdraw("page")
        await it.after(5)

        assert it.wire.applied == [PAGE]


async def test_what_waits_can_be_asked_for_by_incident_and_by_age(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(post("incident/1/card"), AddBookmark(place="room/1", title="t", url="u"))
        await it.put(PageOnCall(incident=2, alert="b", title="t", severity="high"))
        it.clock.advance(60)
        await it.put(post("elsewhere", "channel/#alerts"))
        async with it.store.look() as unit:
            first = await unit.outbox.waiting(about="room/1")
            alerts = await unit.outbox.waiting(about="channel/#alerts")
            old = await unit.outbox.waiting(since=START + timedelta(seconds=30))
            numbers = await load(unit.connection, unit.now)

        assert {one.kind for one in first} == {"effect.Post", "effect.AddBookmark"}
        assert {one.awaits for one in first} == {"room/1"}
        assert {one.kind for one in alerts} == {"effect.Post", "effect.FindChannel"}
        assert {one.about for one in old} == {"room/1", "room/2"}
        assert (numbers.pending, numbers.sending, numbers.buried) == (5, 0, 0)
        assert numbers.lag == timedelta(seconds=60)


async def test_housekeeping_forgets_what_ended_long_ago_and_nothing_else(store_url: str) -> None:
    async with bench(store_url) as it:
        await bind_room(it)
        await it.put(PAGE, key="done")
        await it.relay_dry()
        await it.put(post("reply", thread="card"), key="awaits")
        await it.put(PAGE, key="later", at=START + timedelta(days=90))
        it.clock.advance(timedelta(days=31).total_seconds())
        await prune(it.store, timedelta(days=30))
        await it.put(PAGE, key="done")
        await it.put(post("card"))
        await it.relay_dry()

        assert [effect for effect in it.wire.applied if effect == PAGE] == [PAGE, PAGE]
        assert [effect for effect in it.wire.applied if effect != PAGE] == [post("card"), post("reply", thread="card")]
        async with it.store.look() as unit:
            assert len(await begun_since(unit.connection, START + timedelta(days=30))) == 3
