"""The bridge of a war room: a call of its own where the operator wants that, and the link of all where none could be made."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.bridge import MEETING, URL, EndBridge, OpenBridge
from bot.domain.effect import AddBookmark
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from playbooks.messages.card import bridge_of
from playbooks.reopening import Reopening
from sandbox.clock import SandboxClock
from tests.war_room import ANA, START, WarRoom, example

OWN = "https://zoom.example/j/81?pwd=x"
OF_ALL = "https://meet.example.com/war-room"


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    organisation, catalogue = example()
    organisation = replace(organisation, war_room=replace(organisation.war_room, zoom=True))
    clock = SandboxClock(start=START, ticking=False)
    store = Store(open_database(sqlite_store_url), clock)
    room = WarRoom(store, clock, organisation, catalogue)
    room.outside.facts[OpenBridge] = {MEETING: "81", URL: OWN}
    yield room
    await store.close()


def bookmarks(room: WarRoom) -> list[tuple[str, str]]:
    return [(each.title, each.url) for each in room.outside.done if isinstance(each, AddBookmark)]


async def test_declaring_makes_a_call_and_shows_it_everywhere(room: WarRoom) -> None:
    await room.declare()
    incident = await room.incident()
    assert incident.bridge == OWN
    assert bookmarks(room) == [("Bridge (Zoom)", OWN)]
    assert bridge_of(incident, room.organisation) == OWN
    assert OWN in room.outside.topics[1]
    assert OWN in repr(room.outside.messages["incident/1/card"])
    assert OF_ALL not in repr(room.outside.messages["incident/1/card"])


async def test_where_none_can_be_made_the_link_of_all_is_the_bridge(room: WarRoom) -> None:
    room.break_down(OpenBridge, "Zoom does not let us in")
    await room.declare()
    incident = await room.incident()
    assert bridge_of(incident, room.organisation) == OF_ALL
    assert bookmarks(room) == [("Bridge", OF_ALL)]
    assert "Zoom does not let us in" in repr(await room.run()), "its step says why, and offers to try again"


async def test_its_call_ends_with_the_incident_and_not_before(room: WarRoom) -> None:
    await room.declare()
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.settle(seconds=120)
    assert not [each for each in room.outside.done if isinstance(each, EndBridge)], "people may still talk it over"

    await room.incidents.close(1, by=ANA, delivery=room.delivery(), without_report="")
    await room.settle(seconds=61)
    assert [each.meeting for each in room.outside.done if isinstance(each, EndBridge)] == ["81"]
    assert bridge_of(await room.incident(), room.organisation) == OF_ALL


async def test_whoever_reopens_it_at_once_keeps_the_call(room: WarRoom) -> None:
    await room.declare()
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.incidents.close(1, by=ANA, delivery=room.delivery(), without_report="")
    _, catalogue = example()
    reopening = Reopening(store=room.store, organisation=room.organisation, catalogue=catalogue)
    await reopening.reopen(1, "It is back.", by=ANA, delivery=room.delivery())
    await room.settle(seconds=120)
    assert not [each for each in room.outside.done if isinstance(each, EndBridge)]
    assert (await room.incident()).bridge == OWN
