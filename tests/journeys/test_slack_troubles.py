"""Slack fails on the way: one room, one card, one announcement all the same, and everything arrives."""

import pytest

from sandbox.slack.speaking import take_away
from tests.town import Town

CALLS = ("conversations.create", "chat.postMessage", "pins.add", "bookmarks.add", "conversations.invite", "chat.update")
KINDS = (
    "ratelimited",
    "http_500",
    "internal_error_not_applied",
    "internal_error_applied",
    "drop_before",
    "drop_after",
    "garbage_json",
)


async def seen_whole(town: Town) -> None:
    """Everything of a declared critical incident is there, once, and what was to go wrong did."""
    for _ in range(4):
        await town.pass_time(seconds=5)
    assert town.ground.faults.shown() == []
    assert town.rooms() == ["inc-1-api-is-down"]
    room = town.ground.workspace.channel(town.room())
    assert room
    assert town.count("🔴 INC-1 API is down") == 1
    assert town.count("Declare · within") == 1
    assert len(town.texts("critical-incidents")) == 1
    assert len(town.directs("cho")) == 1
    assert len(room.pins) == 1
    assert len(room.bookmarks) == 1
    assert town.members() == {"ana", "dee"}
    assert town.topic().startswith("critical · declared")
    assert "4 of 5 done" in town.read("Declare · within")
    assert len(town.ground.pagerduty.alerts) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_everything_fails_once_in_the_same_way(town: Town, kind: str) -> None:
    for call in CALLS:
        town.breaks(kind, call)
    await town.slash("/incident declare critical API is down")

    await seen_whole(town)


@pytest.mark.parametrize("kind", ["drop_after", "internal_error_applied", "http_500"])
async def test_the_announcement_channel_is_found_and_written_to_though_every_call_fails_twice(
    town: Town, kind: str
) -> None:
    for call in ("users.conversations", "chat.postMessage", "conversations.open"):
        town.breaks(kind, call, times=2)
    await town.slash("/incident declare critical API is down")

    await seen_whole(town)


async def test_an_hour_without_slack_delays_and_loses_nothing(town: Town) -> None:
    town.breaks("drop_before", "*", times=None)
    outcome = await town.ground.acting.command("ana", "general", "/incident declare critical API is down")
    assert outcome.ok
    for _ in range(6):
        await town.pass_time(minutes=10)
    town.heals()
    for _ in range(6):
        await town.pass_time(seconds=60)

    assert town.rooms() == ["inc-1-api-is-down"]
    assert town.count("🔴 INC-1 API is down") == 1
    assert len(town.texts("critical-incidents")) == 1
    assert len(town.ground.pagerduty.incidents) == 3
    assert town.count("tatus update was due") == 1


async def test_sockets_that_slack_wants_renewed_are_and_the_bot_goes_on_hearing(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    town.breaks("disconnect", target="socket")
    await town.until_heard_anew()
    await town.press("Take command", by="ana")

    assert "Commander <@U0ANA>" in town.texts()[0]


async def test_deaf_sockets_are_replaced(town: Town) -> None:
    town.breaks("deaf_socket", target="socket")
    await town.until_heard_anew()
    await town.slash("/incident declare critical API is down")

    assert town.room()


async def test_an_acknowledgement_that_is_lost_declares_once_though_the_person_tries_again(town: Town) -> None:
    town.breaks("drop_after", target="socket")
    outcome = await town.ground.acting.command("ana", "general", "/incident declare critical API is down")
    assert outcome.error == "operation_timeout"
    await town.settle()

    assert town.rooms() == ["inc-1-api-is-down"]


async def test_a_message_somebody_deleted_comes_back_when_it_changes(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    card = town.find("🔴 INC-1 API is down")
    channel = town.ground.workspace.channel(town.room())
    assert channel
    message = town.ground.workspace.message(channel.id, card["ts"])
    assert message
    take_away(town.ground.desk, message)
    await town.press("Take command", by="ana")

    assert town.count("🔴 INC-1 API is down") == 1
    assert "Commander <@U0ANA>" in town.read("🔴 INC-1 API is down")


async def test_an_archived_war_room_stops_nothing_else(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.ground.acting.archive("ana", town.room())
    await town.slash("/incident resolve INC-1 It was the cable")

    assert "resolved" in town.texts("critical-incidents")[0]
    assert "It was the cable" in town.directs("cho")[-1]
