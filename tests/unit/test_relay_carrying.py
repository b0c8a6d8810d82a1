"""What the relay does with what was put."""

from bot.domain.effect import OpenRoom, Post, Priority
from bot.domain.message import sentence
from tests.relaying import bench


def post(slot: str, place: str = "room/1", urgency: Priority = Priority.UPDATE) -> Post:
    return Post(place=place, slot=slot, message=sentence(slot), urgency=urgency)


ROOM = OpenRoom(incident=1, name="inc-1", private=False)


async def test_what_was_put_is_carried_out_once(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(ROOM, key="open")
        await it.put(ROOM, key="open")
        await it.relay_dry()
        await it.put(ROOM, key="open")
        await it.relay_dry()

        assert it.wire.applied == [ROOM]
        assert it.received == [ROOM]
        assert await it.waiting() == []


async def test_messages_wait_for_their_room_and_keep_their_order(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(post("a"), post("b"), ROOM, post("c"))
        await it.relay_dry()

        assert it.wire.applied == [ROOM, post("a"), post("b"), post("c")]


async def test_what_is_more_urgent_goes_first(store_url: str) -> None:
    async with bench(store_url) as it:
        await it.put(ROOM)
        await it.put(post("late"), post("page", urgency=Priority.DECLARE), post("answer", urgency=Priority.ANSWER))
        await it.relay_dry()

        assert it.wire.applied[1:] == [
            post("page", urgency=Priority.DECLARE),
            post("answer", urgency=Priority.ANSWER),
            post("late"),
        ]
