"""Changes of an incident that reach people: customers read what was agreed to, and the room gets a call of its own."""

from dataclasses import replace

import pytest

from bot.domain.change_stage import Stage
from bot.domain.effect import AddBookmark
from bot.domain.errors import Refused
from bot.domain.plan import Risk
from bot.domain.status_page import Health, PublishNotice
from playbooks.changes.kind import Lacking
from playbooks.messages.card import bridge_of
from tests.change_room import ANA, ChangeRoom
from tests.telling import zoom_client


@pytest.fixture
async def room(room: ChangeRoom) -> ChangeRoom:
    """There is an incident."""
    await room.outage()
    return room


def published(room: ChangeRoom) -> list[PublishNotice]:
    return [each for each in room.outside.done if isinstance(each, PublishNotice)]


async def test_customers_read_what_was_agreed_to_and_the_audit_has_it(room: ChangeRoom) -> None:
    change = await room.ask("control-plane degraded Starting agents takes longer.", kind="status-page")
    assert change.plan
    assert (change.plan.risk, change.plan.before, change.plan.after) == (
        Risk.SAFE,
        "operational",
        "degraded performance",
    )
    assert change.plan.quoted == "Starting agents takes longer."
    assert not published(room), "nothing goes to customers by itself"

    await room.agree(change, by=ANA)
    assert (await room.ends()).stage is Stage.DONE
    [notice] = published(room)
    assert (notice.text, notice.components) == ("Starting agents takes longer.", {"control-plane": Health.DEGRADED})
    assert {"told customers", "published", "verified"} <= set(await room.deeds())

    again = await room.ask("control-plane slow", kind="status-page")
    assert again.plan
    assert again.plan.nothing_to_do == "Customers are told so already: degraded performance."

    back = await room.requests.undo(1, by=ANA, delivery=room.delivery())
    await room.settle()
    back = await room.change(back.number)
    assert back.plan
    assert (back.plan.before, back.plan.after) == ("degraded performance", "operational")


async def test_what_may_not_be_told_any_more_is_not_and_the_record_says_why(room: ChangeRoom) -> None:
    change = await room.ask("control-plane down", kind="status-page")
    async with room.incidents._deciding.about(1, room.delivery()) as decision:
        decision.incident.private = True
    await room.agree(change, by=ANA)
    ended = await room.ends()
    assert ended.stage is Stage.UNCONFIRMED
    assert not published(room)
    assert "not published" in await room.deeds()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("contrl-plane down", "There is no service that customers see `contrl-plane`; did you mean `control-plane`?"),
        ("control-plane dead", "There is no state `dead`"),
        ("control-plane degarded", "did you mean `degraded`?"),
        ("control-plane down See INC-1", "Customers would read an incident's number"),
    ],
)
async def test_bad_input_is_refused_with_the_nearest_choice(room: ChangeRoom, words: str, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        await room.ask(words, kind="status-page")
    assert sentence in str(caught.value)
    with pytest.raises(Lacking):
        await room.ask("control-plane", kind="status-page")


async def test_a_call_of_its_own_stands_in_the_room_and_goes_away_again(room: ChangeRoom) -> None:
    ground = room.over.ground
    meetings = zoom_client(ground.environment()["OPSBOT_ZOOM_URL"], ground.clock)
    room.changing._hands = replace(room.hands, world=replace(room.hands.world, meetings=meetings), meetings=meetings)
    change = await room.ask("", kind="bridge")
    await room.agree(change, by=ANA)
    assert (await room.ends()).stage is Stage.DONE
    incident = await room.incident()
    assert incident.bridge.startswith("https://zoom.example/j/")
    assert any(isinstance(each, AddBookmark) and each.url == incident.bridge for each in room.outside.done)
    assert incident.bridge in repr(room.outside.messages["incident/1/card"])

    end = await room.requests.undo(1, by=ANA, delivery=room.delivery())
    await room.settle()
    await room.agree(await room.change(end.number), by=ANA)
    assert (await room.ends(end.number)).stage is Stage.DONE
    incident = await room.incident()
    assert (incident.bridge, ground.neighbours.zoom.meetings) == ("", [])
    await room.settle(5)
    card = repr(room.outside.messages["incident/1/card"])
    assert f"Link(url='{bridge_of(incident, room.organisation)}', label='Bridge')" in card
    await meetings.close()


async def test_that_no_test_letter_could_be_sent_stands_on_the_card(room: ChangeRoom) -> None:
    await room.ask("customers Maintenance on Sunday | We are away from 02:00 to 04:00 UTC.", kind="mail")
    await room.settle(3)
    assert (await room.change(1)).proof == (
        "No test was sent: Mail is not configured; set OPSBOT_SMTP_URL, and `mail: from` in opsbot.yaml."
    )
