"""Who looks back at what: a change, an incident with all of its changes, oneself, and others for those who may."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.audit import Record
from bot.domain.change import Change
from bot.domain.change_policy import ChangePolicy
from bot.domain.errors import Refused
from bot.domain.incident import Severity
from playbooks.looking_back import MOST, LookingBack
from tests.war_room import ANA, BEN, CHO, WarRoom, war_room

POLICY = ChangePolicy(ask=("ana",), agree=("ben",))


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        yield room


async def asked(room: WarRoom, incident: int | None, *, by: str) -> str:
    """Somebody asked for a change, and it is in the audit."""
    async with room.store.begin() as unit:
        change = Change(
            kind="restart", parameters={}, requested_by=by, requested_at=unit.now, place="x", incident=incident
        )
        await unit.changes.add(change)
        await unit.audit.append(Record(deed="asked for", by=by, about=change.key))
    return change.key


def looking_back(room: WarRoom) -> LookingBack:
    return LookingBack(store=room.store, organisation=replace(room.organisation, changes=POLICY))


async def about(room: WarRoom, subject: str, *, by: str) -> list[tuple[str, str]]:
    return [(each.record.about, each.record.by) for each in await looking_back(room).entries(subject, by=by)]


async def test_of_an_incident_everything_about_its_changes(room: WarRoom) -> None:
    await room.declare(Severity.HIGH, by=ANA)
    await asked(room, None, by=BEN)
    await asked(room, 1, by=ANA)
    await asked(room, 1, by=BEN)
    assert await about(room, "INC-1", by=CHO) == [("CHG-2", ANA), ("CHG-3", BEN)]
    assert await about(room, "CHG-1", by=CHO) == [("CHG-1", BEN)]
    assert len(await about(room, "", by=CHO)) == 3
    with pytest.raises(Refused, match="There is no INC-9"):
        await about(room, "INC-9", by=CHO)
    with pytest.raises(Refused, match="Say about what: /ops audit CHG-12"):
        await about(room, "EVERYTHING", by=CHO)


async def test_what_others_did_is_for_those_who_change_production(room: WarRoom) -> None:
    await asked(room, None, by=ANA)
    await asked(room, None, by=CHO)
    assert await about(room, ANA, by=BEN) == [("CHG-1", ANA)]
    assert await about(room, CHO, by=CHO) == [("CHG-2", CHO)]
    with pytest.raises(Refused, match="What others did: @U0ANA, @U0BEN"):
        await about(room, ANA, by=CHO)


async def test_what_is_private_is_shown_to_those_who_know_of_it(room: WarRoom) -> None:
    await room.declare(Severity.HIGH, by=ANA, private=True)
    await asked(room, 1, by=ANA)
    assert await about(room, ANA, by=ANA) == [("CHG-1", ANA)]
    assert await about(room, ANA, by=BEN) == []
    assert await about(room, "", by=BEN) == []
    with pytest.raises(Refused, match="There is no INC-1"):
        await about(room, "INC-1", by=BEN)


async def test_the_latest_are_shown(room: WarRoom) -> None:
    keys = [await asked(room, None, by=ANA) for _ in range(MOST + 5)]
    assert [key for key, _ in await about(room, "", by=ANA)] == keys[5:]
