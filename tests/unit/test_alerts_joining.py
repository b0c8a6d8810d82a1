"""Alerts that join others are told, quietly where somebody has decided already, and the message is called what is so."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.alert import Alert, Source
from bot.domain.effect import Post
from bot.domain.incident import Severity
from bot.domain.timeline import Happening
from playbooks.alerts import Alerts
from playbooks.declaration import Declaration
from playbooks.reopening import Reopening
from tests.war_room import ANA, WarRoom, example, war_room

SLOW, FULL, GONE = "Answers are slow", "The disk is full", "Nothing answers"


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as opened:
        yield opened


def alerts_of(room: WarRoom) -> Alerts:
    organisation, catalogue = example()
    reopening = Reopening(store=room.store, organisation=organisation, catalogue=catalogue)
    return Alerts(store=room.store, organisation=organisation, incidents=room.incidents, reopening=reopening)


async def hear(room: WarRoom, *titles: str, firing: bool = True) -> None:
    """Alerts of one cause begin or stop."""
    room.clock.advance(60)
    now = room.clock.now()
    await alerts_of(room).hear(
        [
            Alert(
                source=Source.PAGERDUTY, key=title, cause="platform", title=title, firing=firing, at=now, since=now,
                service="control-plane",
            )
            for title in titles
        ]
    )  # fmt: skip
    await room.settle(3)


async def declare(room: WarRoom, *, private: bool = False) -> None:
    declaration = Declaration(title="Slow", severity=Severity.HIGH, private=private)
    await alerts_of(room).declare(1, declaration, by=ANA, delivery=room.delivery())
    await room.settle(3)


def told(room: WarRoom) -> list[str]:
    """What was said in the thread of the alerts' message."""
    posts = [each for each in room.outside.done if isinstance(each, Post) and each.thread == "alert/1"]
    return [each.message.summary for each in posts if each.message]


def heading(room: WarRoom) -> str:
    return room.outside.messages["alert/1"].summary.partition(":")[0]


async def test_what_joins_a_declared_group_is_told_in_its_thread_once(room: WarRoom) -> None:
    await hear(room, SLOW)
    await declare(room)
    assert told(room) == []
    await hear(room, FULL, GONE)
    await hear(room, FULL, GONE)

    assert told(room) == ["🔔 Fires now: The disk is full and Nothing answers. It is on the timeline of INC-1."]
    noted = [each.text for each in await room.incidents.timeline(1) if each.happening is Happening.ALERT]
    assert len(noted) == 3


async def test_what_fires_again_is_told_again(room: WarRoom) -> None:
    await hear(room, SLOW, FULL)
    await declare(room)
    await hear(room, FULL, firing=False)
    await hear(room, FULL)

    assert told(room) == ["🔔 Fires now: The disk is full. It is on the timeline of INC-1."]


async def test_of_a_private_incident_nothing_is_named_there(room: WarRoom) -> None:
    await hear(room, SLOW)
    await declare(room, private=True)
    await hear(room, FULL)

    assert told(room) == ["🔔 Fires now: The disk is full. Somebody takes care of it."]


async def test_the_message_is_called_after_what_fires(room: WarRoom) -> None:
    await hear(room, SLOW)
    await hear(room, FULL, GONE)
    assert heading(room) == f"{SLOW} and 2 more"

    await hear(room, SLOW, firing=False)
    assert heading(room) == f"{FULL} and 1 more"

    await hear(room, FULL, GONE, firing=False)
    assert heading(room) == FULL
