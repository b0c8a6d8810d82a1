"""What is under way is stopped by anybody, once, where its kind can be; and what ends it says why."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.errors import Refused
from bot.domain.freeze import Freeze
from bot.domain.incident import Severity
from bot.domain.plan import Plan, Risk
from playbooks.approvals import Approvals
from playbooks.changes import CHANGES
from playbooks.stopping import why_to_stop
from tests.war_room import ANA, CHO, WarRoom, war_room


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        yield room


async def under_way(
    room: WarRoom, kind: str = "load-test", stage: Stage = Stage.CARRYING_OUT, of: str = "billing"
) -> Change:
    plan = Plan(kind=kind, target=f"{kind}/{of}", title="x", before="a", after="b", risk=Risk.SAFE, because=())
    async with room.store.begin() as unit:
        change = Change(kind=kind, parameters={}, requested_by=ANA, requested_at=unit.now, place="dm/U0ANA")
        change.plan, change.stage = plan, stage
        await unit.changes.add(change)
    return change


async def why(room: WarRoom, change: Change) -> str:
    async with room.store.look() as unit:
        kept = await unit.changes.get(change.number)
        assert kept
        return await why_to_stop(unit, kept, CHANGES["load-test"], room.organisation)


async def test_anybody_stops_it_and_only_once(room: WarRoom) -> None:
    approvals = Approvals(store=room.store, organisation=room.organisation)
    change = await under_way(room)
    assert await why(room, change) == ""
    await approvals.stop(change.number, by=CHO, delivery=room.delivery())
    assert await why(room, change) == "Cho Lin stopped it"
    with pytest.raises(Refused, match="@U0CHO has stopped it already"):
        await approvals.stop(change.number, by=ANA, delivery=room.delivery())


@pytest.mark.parametrize(
    ("kind", "stage"), [("load-test", Stage.WAITING), ("load-test", Stage.VERIFYING), ("restart", Stage.CARRYING_OUT)]
)
async def test_what_cannot_be_stopped_says_how_far_it_is(room: WarRoom, kind: str, stage: Stage) -> None:
    approvals = Approvals(store=room.store, organisation=room.organisation)
    change = await under_way(room, kind, stage)
    with pytest.raises(Refused, match=f"CHG-1 is {stage}; there is nothing to stop"):
        await approvals.stop(change.number, by=ANA, delivery=room.delivery())


async def test_a_freeze_of_the_service_and_a_serious_incident_end_it(room: WarRoom) -> None:
    change = await under_way(room)
    async with room.store.begin() as unit:
        await unit.freezes.begin(Freeze(service="web", by=ANA, at=unit.now))
    assert await why(room, change) == "", "another service is frozen"
    async with room.store.begin() as unit:
        await unit.freezes.begin(Freeze(service="billing", by=ANA, at=unit.now))
    assert await why(room, change) == "changes were frozen"

    other = await under_way(room, of="control-plane")
    await room.declare(Severity.LOW, by=ANA)
    assert await why(room, other) == ""
    await room.declare(Severity.HIGH, by=ANA)
    assert await why(room, other) == "an incident of high severity is open"
