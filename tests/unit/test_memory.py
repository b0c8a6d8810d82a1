"""What opsbot remembers of incidents and alerts is told to evidence, as far as everybody may know of it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.incident import Severity
from playbooks.declaration import Declaration
from playbooks.memory import Remembered
from tests.war_room import ANA, BEN, WarRoom, war_room


@pytest.fixture
async def room(store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(store_url) as room:
        yield room


async def test_public_real_incidents_are_remembered_with_what_was_done(room: WarRoom) -> None:
    began = room.clock.now()
    await room.declare()
    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.settle(3)

    (known,) = await Remembered(room.store).incidents(since=began)

    assert (known.key, known.title, known.severity, known.status) == ("INC-1", "API is down", "critical", "resolved")
    assert known.acknowledged_at == began
    assert any("Rolled back." in deed for deed in known.done)


async def test_private_ones_and_drills_are_nobodys_business(room: WarRoom) -> None:
    await room.declare(private=True)
    drill = Declaration(title="Practice", severity=Severity.LOW, drill=True, channel="C1")
    await room.incidents.declare(drill, by=BEN, delivery=room.delivery())
    await room.settle()

    assert await Remembered(room.store).incidents(since=room.clock.now() - timedelta(days=1)) == []


async def test_what_was_over_before_is_not_told(room: WarRoom) -> None:
    await room.declare()
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.settle()

    after = room.clock.now() + timedelta(minutes=1)
    assert await Remembered(room.store).incidents(since=after) == []
