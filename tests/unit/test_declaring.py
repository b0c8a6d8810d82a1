"""Declaring an incident is starting its severity's playbook: everything at once, in one transaction."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.delivery import Delivery
from bot.domain.effect import AddBookmark, FindChannel, Invite, OpenRoom, Pin, Post
from bot.domain.errors import AlreadyDone, Refused
from bot.domain.incident import Severity
from bot.domain.paging import PageOnCall
from bot.domain.run import RunKey, State
from playbooks.declaration import Declaration
from tests.war_room import ANA, BEN, CHO, DEE, WarRoom, war_room

INC_1 = RunKey(incident=1)


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        yield room


async def test_a_critical_incident_is_assembled_at_once(room: WarRoom) -> None:
    await room.declare(by=BEN)

    done = room.outside.done
    assert [effect.name for effect in done if isinstance(effect, OpenRoom)] == ["inc-1-api-is-down"]
    assert [effect.users for effect in done if isinstance(effect, Invite)] == [(BEN, ANA, DEE)]
    assert [effect.slot for effect in done if isinstance(effect, Pin)] == ["incident/1/card"]
    assert [effect.title for effect in done if isinstance(effect, AddBookmark)] == ["Bridge"]
    assert len([effect for effect in done if isinstance(effect, PageOnCall)]) == 1
    assert set(room.outside.messages) == {
        "incident/1/announcement",
        "incident/1/card",
        "incident/1/page",
        "incident/1/phase/declare",
        f"incident/1/inform/{CHO}",
    }
    assert room.outside.topics[1]


async def test_every_step_of_the_bots_is_ticked_when_its_effects_are_done(room: WarRoom) -> None:
    await room.declare()

    run = await room.run()
    states = {step.text: run.progress(step.key).state for step in run.phases[0].steps}
    assert [state for text, state in states.items() if not text.startswith("Take command")] == [State.DONE] * 4


async def test_the_same_delivery_twice_is_one_incident(room: WarRoom) -> None:
    declaration = Declaration(title="API is down", severity=Severity.CRITICAL)
    twice = Delivery(source="slack/command", key="1.2.3")
    await room.incidents.declare(declaration, by=BEN, delivery=twice)

    with pytest.raises(AlreadyDone):
        await room.incidents.declare(declaration, by=BEN, delivery=twice)
    assert [incident.key for incident in await room.incidents.open_ones()] == ["INC-1"]


@pytest.mark.parametrize(
    "title", ["", " \n", "\u200b", "\0", "\u202e\u2066", "\ufeff \u00ad", "\u3164", "\ufe0f\u0301"]
)
async def test_a_title_of_which_nothing_is_seen_is_none(room: WarRoom, title: str) -> None:
    declaration = Declaration(title=title, severity=Severity.LOW)
    with pytest.raises(Refused, match="Say in a few words what is wrong"):
        await room.incidents.declare(declaration, by=BEN, delivery=room.delivery())


async def test_numbers_have_no_gaps_even_when_a_declaration_fails(room: WarRoom) -> None:
    await room.declare()
    with pytest.raises(Refused):
        await room.incidents.declare(Declaration(title=" ", severity=Severity.LOW), by=BEN, delivery=room.delivery())

    assert (await room.declare()).number == 2


async def test_a_medium_incident_wakes_nobody_and_is_not_announced(room: WarRoom) -> None:
    await room.declare(Severity.MEDIUM)

    assert not [effect for effect in room.outside.done if isinstance(effect, PageOnCall)]
    assert "incident/1/announcement" not in room.outside.messages
    assert "incident/1/page" not in room.outside.messages


async def test_a_private_incident_leaks_nowhere(room: WarRoom) -> None:
    await room.declare(private=True)

    done = room.outside.done
    assert all(effect.private for effect in done if isinstance(effect, OpenRoom))
    assert "incident/1/announcement" not in room.outside.messages
    assert {effect.place for effect in done if isinstance(effect, Post)} == {"room/1", f"dm/{DEE}"}
    assert all("API" not in effect.title for effect in done if isinstance(effect, PageOnCall))


async def test_services_and_impact_that_are_known_are_not_asked_again(room: WarRoom) -> None:
    declaration = Declaration(
        title="API", severity=Severity.CRITICAL, services=("control-plane",), impact="Nobody can log in"
    )
    await room.incidents.declare(declaration, by=BEN, delivery=room.delivery())
    await room.runner.next_phase(INC_1, 1, by=BEN, delivery=room.delivery())

    run = await room.run()
    assert [run.progress(f"assess/{number}").state for number in (1, 2)] == [State.DONE, State.DONE]


async def test_a_channel_that_cannot_be_found_fails_its_step_in_sight_and_can_be_tried_again(room: WarRoom) -> None:
    room.break_down(FindChannel, "#critical-incidents was not found")
    await room.declare()

    announcing = (await room.run()).progress("declare/2")
    assert announcing.state is State.FAILED
    assert "not found" in announcing.note
    assert announcing.effect is not None

    room.repair(FindChannel)
    await room.runner.try_again(announcing.effect, by=BEN, delivery=room.delivery())
    await room.settle()
    assert (await room.run()).progress("declare/2").state is State.DONE
    assert "incident/1/announcement" in room.outside.messages


async def test_without_a_room_the_declarer_is_told_where_they_are_and_directly(room: WarRoom) -> None:
    room.break_down(OpenRoom, "the workspace lets nobody create channels")
    await room.declare(by=BEN)

    told = [slot for slot in room.outside.messages if slot.startswith(f"incident/1/inform/{BEN}/")]
    assert len(told) == 1
    failed = (await room.run()).progress("declare/4")
    assert failed.state is State.FAILED
    assert failed.effect

    room.repair(OpenRoom)
    await room.runner.try_again(failed.effect, by=BEN, delivery=room.delivery())
    await room.settle()
    assert (await room.run()).progress("declare/4").state is State.DONE


async def test_trying_again_twice_is_refused(room: WarRoom) -> None:
    room.break_down(OpenRoom, "no")
    await room.declare()
    serial = (await room.run()).progress("declare/4").effect
    assert serial
    await room.runner.try_again(serial, by=BEN, delivery=room.delivery())

    with pytest.raises(Refused):
        await room.runner.try_again(serial, by=ANA, delivery=room.delivery())
