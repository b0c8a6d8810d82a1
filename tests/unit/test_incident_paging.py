"""The room always knows whether somebody was woken, and the first to acknowledge commands."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.effect import Delete
from bot.domain.errors import GiveUp, Refused, Retry
from bot.domain.incident import Duty, Severity, Status
from bot.domain.page import Paging
from bot.domain.paging import AcknowledgePage, PageOnCall, PageTarget, ResolvePage
from bot.domain.run import State
from tests.as_text import message_text
from tests.war_room import ANA, BEN, DEE, WarRoom, war_room

PAGE = "incident/1/page"


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as room:
        yield room


async def test_the_first_acknowledger_in_pagerduty_becomes_commander(room: WarRoom) -> None:
    incident = await room.declare()
    room.say(incident.alert, state="notified", who="Ana Silva")
    room.say(incident.alert, state="acknowledged", who="Ana Silva", pagerduty="PANA001")
    await room.settle(20)

    incident = await room.incident()
    assert (incident.commander, incident.acknowledged_by, incident.status) == (ANA, ANA, Status.INVESTIGATING)
    assert incident.page.state is Paging.ACKNOWLEDGED
    assert (await room.run()).progress("declare/3").state is State.DONE


async def test_an_address_in_capitals_is_the_same_person(room: WarRoom) -> None:
    incident = await room.declare()
    room.say(incident.alert, state="acknowledged", who="Dee", pagerduty="PNEW", email="DEE@example.com")
    await room.settle(10)

    assert (await room.incident()).commander == DEE


async def test_somebody_whom_nobody_here_knows_acknowledges_and_does_not_command(room: WarRoom) -> None:
    incident = await room.declare()
    room.say(incident.alert, state="acknowledged", who="Ana Silva", pagerduty="PELSE", email="ana@elsewhere.example")
    await room.settle(10)

    incident = await room.incident()
    assert (incident.commander, incident.acknowledged_by, incident.page.who) == (None, "", "Ana Silva")
    assert incident.response_due is not None


async def test_acknowledging_here_stands_pagerduty_down(room: WarRoom) -> None:
    await room.declare()
    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    await room.settle()

    assert [effect for effect in room.outside.done if isinstance(effect, AcknowledgePage)]
    with pytest.raises(Refused, match="already"):
        await room.incidents.acknowledge(1, by=BEN, delivery=room.delivery())


async def test_what_is_over_is_not_acknowledged_any_more(room: WarRoom) -> None:
    await room.declare()
    await room.incidents.resolve(1, "It came back.", by=BEN, delivery=room.delivery())
    with pytest.raises(Refused, match="INC-1 is resolved; there is nothing to acknowledge any more"):
        await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())

    await room.incidents.close(1, by=BEN, delivery=room.delivery(), without_report="")
    with pytest.raises(Refused, match="INC-1 is closed; there is nothing to acknowledge any more"):
        await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    incident = await room.incident()
    assert (incident.acknowledged_at, incident.commander) == (None, None)


async def test_taking_command_acknowledges(room: WarRoom) -> None:
    await room.declare()
    await room.incidents.take_role(1, Duty.COMMANDER, user=BEN, by=BEN, held_by=None, delivery=room.delivery())
    await room.settle()

    assert (await room.incident()).acknowledged_by == BEN
    assert [effect for effect in room.outside.done if isinstance(effect, AcknowledgePage)]


async def test_a_button_drawn_when_nobody_commanded_takes_nothing_from_the_commander(room: WarRoom) -> None:
    await room.declare()
    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())

    with pytest.raises(Refused, match="out of date"):
        await room.incidents.take_role(1, Duty.COMMANDER, user=BEN, by=BEN, held_by=None, delivery=room.delivery())
    assert (await room.incident()).commander == ANA


async def test_a_page_that_cannot_be_sent_says_why_and_whom_to_call(room: WarRoom) -> None:
    room.break_down(PageOnCall, "PagerDuty refuses the routing key")
    await room.declare()

    told = message_text(room.outside.messages[PAGE])
    assert "NOT paged" in told
    assert "refuses the routing key" in told
    assert "+1 555 0101" in told
    assert (await room.run()).progress("declare/1").state is State.FAILED


async def test_the_room_is_told_when_paging_takes_too_long_and_again_when_it_got_through(room: WarRoom) -> None:
    room.outside.broken[PageOnCall] = Retry("PagerDuty answers 502", after=10)
    await room.declare()
    assert PAGE not in room.outside.messages

    await room.pass_time(seconds=30)
    assert "502" in message_text(room.outside.messages[PAGE])

    room.repair(PageOnCall)
    await room.settle(15)
    assert (await room.incident()).page.state is Paging.SENT
    assert "502" not in message_text(room.outside.messages[PAGE])


async def test_a_page_that_finds_nobody_on_call_is_sent_again(room: WarRoom) -> None:
    incident = await room.declare()
    room.say(incident.alert, state="unnoticed", why="nobody is on call")
    await room.settle(10)

    assert (await room.incident()).page.state is Paging.UNNOTICED
    assert len([effect for effect in room.outside.done if isinstance(effect, PageOnCall)]) == 2
    assert "+1 555 0101" in message_text(room.outside.messages[PAGE])


async def test_everybody_who_was_paged_is_stood_down_at_the_end(room: WarRoom) -> None:
    await room.declare()
    await room.pass_time(minutes=16)
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.settle(5)

    paged = {effect.alert for effect in room.outside.done if isinstance(effect, PageOnCall | PageTarget)}
    resolved = {effect.alert for effect in room.outside.done if isinstance(effect, ResolvePage)}
    assert len(paged) == 3
    assert paged == resolved


async def test_the_escalation_climbs_only_while_nobody_answers(room: WarRoom) -> None:
    await room.declare()
    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    await room.pass_time(hours=1)

    assert not [effect for effect in room.outside.done if isinstance(effect, PageTarget)]


async def test_a_failure_that_belongs_to_no_step_is_told_with_what_is_due(room: WarRoom) -> None:
    await room.declare()
    room.outside.broken[ResolvePage] = GiveUp("the key was revoked")
    room.outside.broken[AcknowledgePage] = GiveUp("the key was revoked")
    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    await room.settle(3)

    (due,) = await room.due_messages()
    assert "the key was revoked" in message_text(room.outside.messages[due])
    (trouble,) = (await room.incident()).troubles

    room.repair(AcknowledgePage)
    await room.runner.try_again(trouble.serial, by=ANA, delivery=room.delivery())
    await room.settle(3)
    assert await room.due_messages() == []
    assert [effect for effect in room.outside.done if isinstance(effect, Delete)]


async def test_who_was_not_paged_is_when_it_gets_worse(room: WarRoom) -> None:
    room.break_down(PageOnCall, "the key is refused")
    await room.declare(Severity.HIGH)
    assert "Try again" in message_text(room.outside.messages[PAGE])

    await room.incidents.change_severity(1, Severity.CRITICAL, by=BEN, reason="", delivery=room.delivery())
    await room.settle()
    assert "Try again" in message_text(room.outside.messages[PAGE]), "the new playbook could not page either"

    room.repair(PageOnCall)
    await room.incidents.change_severity(1, Severity.HIGH, by=BEN, reason="", delivery=room.delivery())
    await room.settle()
    assert (await room.incident()).page.state is Paging.SENT


async def test_a_page_that_nobody_needs_any_more_offers_no_other_try(room: WarRoom) -> None:
    room.break_down(PageOnCall, "PagerDuty is down")
    await room.declare()
    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    await room.settle(10)
    assert "Try again" in message_text(room.outside.messages[PAGE])

    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.settle(10)

    assert room.outside.messages[PAGE] == await room.rendering.message_of(PAGE)
    assert "Try again" not in message_text(room.outside.messages[PAGE])
