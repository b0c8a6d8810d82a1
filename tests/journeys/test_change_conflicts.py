"""Somebody else is at the same target: they deploy in between, they take it away, they press at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.errors import GiveUp, Refused, Superseded
from playbooks.changes import CHANGES
from sandbox.postgres_server import PostgresServer
from sandbox.world.platform import Platform
from tests.change_room import ANA, BEN, DEE, ChangeRoom, change_room
from tests.pinned_shop import OF_SERVICES, pinned_shop
from tests.workshop import Workshop

BAD, GOOD = "control-plane-00042", "control-plane-00041"


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    async with pinned_shop(sqlite_store_url, postgres_server) as shop:
        yield shop


def stands(platform: Platform) -> list[object]:
    """How all services stand."""
    return [platform.service(name) for name in sorted(platform.services)]


async def test_what_somebody_deployed_in_between_is_never_undone_by_accident(shop: Workshop) -> None:
    platform = shop.over.ground.platform
    for name, words in OF_SERVICES.items():
        plan = await shop.plan(CHANGES[name], words)
        assert not plan.nothing_to_do, name
        service = words.split()[0]
        template = platform.service(service).template
        platform.deploy(service, replace(template, labels={"deployed": name}))
        shop.over.pass_minutes(1)
        before = stands(platform)
        with pytest.raises(Superseded, match="changed meanwhile"):
            await shop.carry_out(CHANGES[name], plan)
        assert stands(platform) == before, name


async def test_what_cloud_run_calls_a_conflict_needs_a_new_plan(shop: Workshop) -> None:
    platform = shop.over.ground.platform
    before = stands(platform)
    for name, words in OF_SERVICES.items():
        plan = await shop.plan(CHANGES[name], words)
        shop.loses("error:ABORTED", "Services.UpdateService")
        with pytest.raises(Superseded):
            await shop.carry_out(CHANGES[name], plan)
        assert not list(shop.over.ground.faults), name
    assert stands(platform) == before


async def test_what_was_taken_away_ends_the_change_and_says_so(shop: Workshop) -> None:
    for name, words in OF_SERVICES.items():
        plan = await shop.plan(CHANGES[name], words)
        shop.loses("error:NOT_FOUND", "Services.UpdateService")
        with pytest.raises((GiveUp, Superseded)):
            await shop.carry_out(CHANGES[name], plan)
        shop.over.ground.faults.clear()


@pytest.mark.parametrize("lost", ["drop_after", "drop_before"])
async def test_an_end_of_a_rollback_whose_answer_is_lost_happens_once(shop: Workshop, lost: str) -> None:
    platform = shop.over.ground.platform
    for name in ("finalize", "to-latest", "rollback"):
        words, kind = OF_SERVICES[name], CHANGES[name]
        plan, events = await shop.plan(kind, words), len(platform.chronicle.events)
        shop.loses(lost, "Services.UpdateService", times=2)
        await shop.carry_out(kind, plan)
        happened = [each.kind for each in platform.chronicle.events[events:]]
        assert len(happened) == len(set(happened)), (name, happened)


async def test_a_service_that_the_file_names_no_more_is_not_changed(room: ChangeRoom) -> None:
    await room.agree(await room.ask())
    await room.ends()
    finalize = await room.ask(kind="finalize")
    await room.agree(finalize)
    organisation = replace(room.hands.world.organisation, services={})
    room.changing._hands = replace(room.hands, world=replace(room.hands.world, organisation=organisation))
    ended = await room.ends(2)
    assert ended.stage is Stage.FAILED
    assert "There is no service" in ended.outcome
    assert room.serving() == {GOOD: 100}


async def test_when_two_people_agree_at_the_same_moment_it_is_done_once(
    store_url: str, postgres_server: PostgresServer
) -> None:
    async with change_room(store_url, postgres=postgres_server) as room:
        for number, (words, serves) in enumerate((("00040", "00040"), ("00041", "00041")), start=1):
            change = await room.ask(f"control-plane {words}")
            pressed = await asyncio.gather(
                *(room.agree(change, by=user) for user in (BEN, DEE, BEN, DEE)), return_exceptions=True
            )
            assert [type(each) for each in pressed].count(Change) == 1, pressed
            assert all("agreed to by" in str(each) for each in pressed if isinstance(each, Refused))
            await room.ends(number)
            assert room.serving() == {f"control-plane-{serves}": 100}
            await room.pass_time(minutes=10)
        assert [deed for deed in await room.deeds() if deed in {"agreed", "begun"}] == ["agreed", "begun"] * 2


async def test_agreeing_and_calling_off_at_the_same_moment_ends_one_way(
    store_url: str, postgres_server: PostgresServer
) -> None:
    async with change_room(store_url, postgres=postgres_server) as room:
        change = await room.ask()
        await asyncio.gather(
            room.agree(change, by=BEN),
            room.approvals.cancel(change.number, by=ANA, delivery=room.delivery()),
            return_exceptions=True,
        )
        ended = await room.ends()
        deeds = await room.deeds()
        assert ("begun" in deeds) is (ended.stage is Stage.DONE)
        assert (ended.stage is Stage.CANCELLED) is (room.serving() == {BAD: 100})
