"""A slot is rendered from what the store says when it is asked; what has nothing to say is taken away."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.incident import Duty, Severity
from bot.domain.message import Message
from bot.domain.paging import PageOnCall
from bot.domain.run import RunKey
from tests.as_text import message_text
from tests.golden_file import assert_golden
from tests.war_room import ANA, BEN, CHO, WarRoom, war_room

INC_1 = RunKey(incident=1)


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(sqlite_store_url) as opened:
        yield opened


async def said(room: WarRoom, name: str) -> str:
    message = await room.rendering.message_of(f"incident/1/{name}")
    return message_text(message) if message else ""


async def test_every_message_of_a_new_incident_is_rendered_from_the_store(room: WarRoom) -> None:
    await room.declare()

    for name, words in {
        "card": "No commander yet",
        "announcement": "War room #C1",
        "phase/declare": "Take command",
        "page": "Paged the on-call engineer",
        f"inform/{CHO}": "You need not do anything",
    }.items():
        assert words in await said(room, name), name
    assert "no commander yet" in await room.rendering.topic_of(1)


async def test_a_message_says_what_is_so_when_it_is_sent(room: WarRoom) -> None:
    await room.declare()
    assert "Commander @Ana" not in await said(room, "card")

    await room.incidents.take_role(1, Duty.COMMANDER, user=ANA, by=ANA, held_by=None, delivery=room.delivery())
    assert "Commander @Ana" in await said(room, "card")
    assert "commander Ana Silva" in await room.rendering.topic_of(1)


async def test_a_private_incident_is_never_announced(room: WarRoom) -> None:
    await room.declare(private=True)

    assert await room.rendering.message_of("incident/1/announcement") is None
    assert "private" in await said(room, "card")


NO_SLOTS = (
    "",
    "card",
    "incident/1",
    "incident/x/card",
    "incident/99/card",
    "incident/1/card\n",
    "incident/1/phase/no-such",
    "incident/1/due/7",
    "incident/1/post/update-1",
    f"incident/1/inform/{BEN}/severity",
)


async def test_a_slot_without_a_message_of_its_own_is_taken_away(room: WarRoom) -> None:
    await room.declare()

    assert [slot for slot in NO_SLOTS if await room.rendering.message_of(slot)] == []


async def test_an_unknown_incident_has_no_topic(room: WarRoom) -> None:
    assert await room.rendering.topic_of(99) == ""


async def test_a_page_that_could_not_be_sent_can_be_tried_again(room: WarRoom) -> None:
    room.break_down(PageOnCall, "PagerDuty refuses: Invalid routing key")
    await room.declare()

    page = await said(room, "page")
    assert "NOT paged*, because PagerDuty refuses: Invalid routing key" in page
    assert "[Try again]" in page
    assert "✗ 1. Page the on-call engineer. — failed" in await said(room, "phase/declare")


async def test_what_is_due_goes_when_it_is_not_due_any_more(room: WarRoom) -> None:
    await room.declare()
    await room.pass_time(minutes=16)
    number = (await room.incident()).due_message
    assert "A status update was due" in await said(room, f"due/{number}")
    assert await said(room, f"due/{number - 1}") == ""

    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    assert await said(room, f"due/{number}") == ""


async def test_the_phases_of_a_playbook_that_was_given_up_keep_no_buttons(room: WarRoom) -> None:
    """Critical has a phase that medium has not; after the change it is history."""
    await room.declare()
    assert "[Take command]" in await said(room, "phase/declare")

    await room.incidents.change_severity(1, Severity.MEDIUM, by=ANA, reason="", delivery=room.delivery())
    former = await said(room, "phase/declare")
    assert "Another playbook has taken over" in former
    assert "[" not in former


async def test_a_night_reads_well_from_beginning_to_end(room: WarRoom) -> None:
    """Everything that stands in the room and in direct messages, in the order it was posted."""
    await room.declare()
    room.say((await room.incident()).alert, state="notified", who="Ana Silva", at=room.clock.now().isoformat())
    await room.settle(10)
    await room.pass_time(minutes=16)
    unanswered = _everything(room)
    await room.incidents.acknowledge(1, by=ANA, delivery=room.delivery())
    await room.runner.answer(INC_1, "assess/1", "All users.", by=ANA, delivery=room.delivery())
    await room.incidents.mitigate(1, by=ANA, delivery=room.delivery())
    await room.settle()
    await room.pass_time(minutes=31)
    watched = _everything(room)
    await room.incidents.resolve(1, "Rolled control-plane back.", by=ANA, delivery=room.delivery())
    await room.settle()
    night = {"nobody answered": unanswered, "watched": watched, "resolved": _everything(room)}

    assert_golden("messages/a-night.txt", "\n".join(f"##### {title} #####\n\n{text}" for title, text in night.items()))


def _everything(room: WarRoom) -> str:
    return "\n".join(f"=== {slot}\n{_shown(message)}" for slot, message in room.outside.messages.items())


def _shown(message: Message) -> str:
    """Without what the buttons tell their handlers."""
    return "\n---\n".join(message_text(message).rstrip("\n").split("\n---\n")[:2]) + "\n"
