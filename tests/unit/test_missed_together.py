"""After a long outage everybody who should know reads in one message what did not run, and what is soon enough starts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.domain.effect import channel, direct
from playbooks.timetable import Timetable
from scheduler.due import Due
from tests.as_text import message_text
from tests.war_room import ANA, WarRoom, example, war_room

WEDNESDAY = datetime(2026, 3, 11, 11, tzinfo=UTC)
"""07:00 in New York."""


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url, start=WEDNESDAY) as room:
        organisation, catalogue = example()
        room.due = Due(store=room.store, organisation=organisation, timetable=Timetable(organisation, catalogue))
        await room.due.expect()
        yield room


async def test_what_was_missed_in_days_is_one_message_in_each_place(room: WarRoom) -> None:
    room.clock.advance(5 * 24 * 3600 + 3600 + 35 * 60)  # Monday, 08:35
    await room.tick()
    await room.settle(3)

    told = [slot for slot in room.outside.posts if slot.startswith("missed/")]
    for place in (channel("#alerts"), channel("#on-call"), direct(ANA)):
        (slot,) = [each for each in told if each.endswith(place)]
        assert "On-call coverage" in message_text(room.outside.messages[slot])
    (alerts,) = [message_text(room.outside.messages[each]) for each in told if each.endswith(channel("#alerts"))]
    assert "9 playbooks did not run" in alerts
    assert "*Hourly check*: 21 times" in alerts
    sheets = [message_text(room.outside.messages[each]) for each in room.outside.posts if each.endswith("/sheet")]
    assert ["Backup verification" in each for each in sheets] == [True], "it was due five minutes ago"

    await room.tick()
    assert told == [slot for slot in room.outside.posts if slot.startswith("missed/")]
