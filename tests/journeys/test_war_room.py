"""The war room: what is there when somebody arrives, and who was told."""

import pytest

from tests.as_seen import labels_of
from tests.town import Town

DECLARED = {"critical": True, "high": True, "medium": False, "low": False}


async def test_everything_is_there_when_the_first_responder_arrives(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    room = town.ground.workspace.channel("inc-1-api-is-down")
    assert room

    card = town.find("🔴 INC-1 API is down")
    assert list(room.pins) == [card["ts"]]
    assert {"Acknowledge", "Take command", "Post update", "Mitigated", "Resolve", "Severity"} <= set(labels_of(card))
    assert [(each["title"], each["link"]) for each in room.bookmarks] == [
        ("Bridge", "https://meet.example.com/war-room")
    ]
    assert (
        town.topic()
        == "critical · declared · no commander yet · next update 10:15 EDT · bridge https://meet.example.com/war-room"
    )
    assert town.members() == {"ana", "dee"}
    assert "4 of 5 done" in town.read("Declare · within 5 min")


async def test_the_announcement_is_one_message_that_follows_the_incident(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    room = town.ground.workspace.channel(town.room())
    assert room
    announced = town.find("INC-1 API is down", "critical-incidents")
    assert f"<#{room.id}>" in town.read("INC-1 API is down", "critical-incidents")
    assert labels_of(announced) == []

    await town.press("Take command", by="ben")
    await town.slash("/incident update INC-1 We are restarting it", by="ben")
    await town.slash("/incident resolve INC-1 Restarted", by="ben")

    assert len(town.texts("critical-incidents")) == 1
    assert town.find("INC-1 API is down", "critical-incidents")["ts"] == announced["ts"]
    text = town.texts("critical-incidents")[0]
    assert "resolved" in text
    assert "Restarted" in text


@pytest.mark.parametrize(("severity", "public"), DECLARED.items())
async def test_only_the_two_worst_severities_wake_announce_and_inform(
    town: Town, severity: str, *, public: bool
) -> None:
    await town.slash(f"/incident declare {severity} API is slow", by="gus")

    assert town.room() == "inc-1-api-is-slow"
    assert len(town.texts("critical-incidents")) == public
    assert len(town.ground.pagerduty.alerts) == public
    assert len(town.directs("cho")) == public
    assert town.members() == ({"gus", "ana", "dee"} if public else {"gus", "ana"})
    assert town.topic().startswith(f"{severity} · declared")
    assert town.count("INC-1 API is slow") >= 1


async def test_a_stakeholder_is_told_in_one_message_with_a_way_to_the_room(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    room = town.ground.workspace.channel(town.room())
    assert room
    (told,) = town.directs("cho")

    assert "Service down, data loss" in told
    assert "You need not do anything" in told
    assert f"<#{room.id}>" in told


async def test_a_stakeholder_hears_of_updates_and_of_the_end(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.slash("/incident update INC-1 Half of it is back")
    await town.slash("/incident resolve INC-1 All of it is back")

    first, second, third = town.directs("cho")
    assert "Service down" in first
    assert "Half of it is back" in second
    assert "All of it is back" in third


async def test_a_room_whose_name_is_taken_gets_the_next_name(town: Town) -> None:
    await town.ground.acting.create_channel("ben", "inc-1-api-is-down")
    await town.slash("/incident declare critical API is down")

    assert town.room() == "inc-1-api-is-down-2"
    assert town.count("INC-1 API is down") >= 1


async def test_people_whom_slack_knows_not_do_not_keep_the_others_out(town: Town) -> None:
    town.ground.workspace.users.remove(town.id_of("dee"))
    await town.slash("/incident declare critical API is down", by="ben")

    assert town.members() == {"ana", "ben"}
    assert "4 of 5 done" in town.read("Declare · within 5 min")


async def test_a_room_that_cannot_be_opened_is_told_to_its_declarer_who_tries_again(town: Town) -> None:
    town.breaks("error:restricted_action", "conversations.create", times=None)
    await town.slash("/incident declare critical API is down", by="ben")

    assert not town.rooms()
    told = town.directs("ben")[-1]
    assert "its war room could not be opened" in told
    assert "allow apps to create channels" in told
    assert "Paged " in told
    await town.slash("/incident ack INC-1", by="ana")
    assert "acknowledged" in town.directs("ben")[-1], "it follows the page"

    town.heals()
    await town.press("Try again", by="ben", where=town.direct("ben"))
    assert town.room() == "inc-1-api-is-down"
    assert "The war room of INC-1 API is down is open: " in town.directs("ben")[-1]
    assert "done" in town.read("Declare · within 5 min")
