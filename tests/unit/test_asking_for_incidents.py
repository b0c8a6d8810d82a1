"""Who asks for an incident that is not theirs to know learns nothing, not even that there is one."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import Refused
from tests.war_room import BEN, WarRoom, war_room

STRANGER = "U0ZOE"


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as opened:
        yield opened


async def _refused(room: WarRoom, number: int) -> str:
    with pytest.raises(Refused) as refused:
        await room.incidents.find_for(number, STRANGER, channel="CGENERAL")
    return str(refused.value)


async def test_one_that_is_private_is_refused_like_one_that_never_was(room: WarRoom) -> None:
    before = await _refused(room, 1)
    await room.declare(private=True, by=BEN)

    assert await _refused(room, 1) == before
    assert await _refused(room, 2) == before.replace("INC-1", "INC-2")
    assert (await room.incidents.find_for(1, BEN, channel="")).number == 1
