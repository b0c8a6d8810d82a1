"""What the clock has looked at is told of revenue only in a channel that the operator calls private."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.looking import LookAt
from playbooks.starting import Group, Starting
from playbooks.timetable import Timetable
from tests.war_room import WarRoom, example, war_room

LEADS = "#leads"


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        yield room


@pytest.mark.parametrize(("named", "private"), [((LEADS,), True), ((), False)])
async def test_revenue_is_looked_at_for_a_channel_that_is_called_private(
    room: WarRoom, named: tuple[str, ...], *, private: bool
) -> None:
    organisation = replace(room.organisation, channels=replace(room.organisation.channels, private=named))
    timetable = Timetable(organisation, example()[1])
    starting = Starting(store=room.store, organisation=organisation, timetable=timetable)
    await starting.expect()
    planned = timetable.planned["end-of-day"]
    slot = next(planned.slots(room.clock.now()))
    room.clock.advance((slot.at - room.clock.now()).total_seconds())

    await starting.start(Group(at=slot.at, channel=LEADS, planned=(planned,)))
    await room.settle(3)

    looks = [each for each in room.outside.done if isinstance(each, LookAt)]
    assert {each.private for each in looks} == {private}
    assert "revenue" in {each.name for each in looks}
