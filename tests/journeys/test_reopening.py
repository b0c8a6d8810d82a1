"""It was not over after all: clocks, page, announcement and playbook go on, in the same room where Slack allows it."""

from tests.as_seen import labels_of
from tests.town import Town


async def _resolved(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ben")
    await town.slash("/incident resolve INC-1 Restarted", by="ben")


async def test_everything_goes_on(town: Town) -> None:
    await _resolved(town)

    await town.press("Reopen", by="ana", near="INC-1 API is down")
    assert await town.fill({"Why?": "Logins fail again"}, by="ana") == {}

    assert "INC-1 is reopened by <@U0ANA>." in town.read("is reopened")
    assert "Critical · reopened" in town.read("🔴 INC-1 API is down")
    assert "Critical · reopened" in town.texts("critical-incidents")[0]
    assert len(town.texts("critical-incidents")) == 1
    assert [alert.status for alert in town.ground.pagerduty.incidents] == ["resolved", "triggered"]
    assert any("Reopened after" in told for told in town.directs("cho"))
    assert town.topic().startswith("critical · reopened · commander Ben Okafor · next update 10:15 EDT")
    assert "[Done] [Skip]" in town.read("Assess")


async def test_its_clocks_run_from_the_reopening(town: Town) -> None:
    await _resolved(town)
    await town.pass_time(minutes=60)
    await town.slash("/incident reopen INC-1")

    await town.pass_time(minutes=14)
    assert town.count("a status update was due") == 0
    await town.pass_time(minutes=2)
    assert "a status update was due" in town.read("a status update was due")
    assert "Nobody has acknowledged it." in town.read("a status update was due")


async def test_it_can_be_resolved_and_reopened_again_and_again(town: Town) -> None:
    await _resolved(town)
    for again in range(1, 4):
        await town.slash("/incident reopen INC-1 Not yet", by="ana")
        await town.press("Acknowledge", by="ben", near="is reopened")
        await town.slash(f"/incident resolve INC-1 Restarted {again}", by="ben")

    assert town.count("Resolved after") == 4
    assert town.count("is reopened") == 3
    assert [alert.status for alert in town.ground.pagerduty.incidents] == ["resolved"] * 4


async def test_closing_archives_the_room_and_says_so_beforehand(town: Town) -> None:
    await _resolved(town)
    assert "close it, which archives this room" in town.read("✅ Resolved")

    await town.slash("/incident report INC-1 now", by="ben")
    await town.press("Close", by="ben")
    room = town.ground.workspace.channel(town.room())
    assert room
    assert not room.is_archived
    assert "This room is archived in a minute" in town.read("INC-1 is closed")

    await town.pass_time(minutes=2)
    assert room.is_archived


async def test_a_closed_incident_gets_a_linked_room_because_slack_cannot_open_the_old_one(town: Town) -> None:
    await _resolved(town)
    await town.slash("/incident close INC-1 without", by="ben")
    await town.pass_time(minutes=2)
    former = town.ground.workspace.channel(town.room())
    assert former

    assert "a new one is being opened" in await town.slash("/incident reopen INC-1 It is back", by="ana")

    assert town.rooms() == ["inc-1-api-is-down", "inc-1-api-is-down-2"]
    assert f"What happened before is in <#{former.id}>" in town.read("goes on here")
    assert {"ana", "ben", "dee"} <= town.members()
    assert {"Acknowledge", "Resolve"} <= set(labels_of(town.find("🔴 INC-1 API is down")))
    assert "Logins" not in town.topic()
    await town.slash("/incident update Working on it", where=town.room(), by="ben")
    assert "Working on it" in town.read("Update by")


async def test_reopening_within_the_minute_keeps_the_room(town: Town) -> None:
    await _resolved(town)
    await town.slash("/incident close INC-1 without", by="ben")
    await town.slash("/incident reopen INC-1")
    await town.pass_time(minutes=5)

    room = town.ground.workspace.channel(town.room())
    assert room
    assert not room.is_archived
    assert len(town.rooms()) == 1


async def test_an_open_one_is_not_reopened(town: Town) -> None:
    await town.slash("/incident declare critical API is down")

    assert await town.slash("/incident reopen INC-1") == "INC-1 is open: it is declared."


async def test_resolving_twice_says_what_to_do_instead(town: Town) -> None:
    await _resolved(town)

    again = await town.slash("/incident resolve INC-1 Restarted again")
    assert again.startswith("INC-1 was resolved by <@U0BEN>, ")
    assert again.endswith("; reopen it before resolving it again: /incident reopen.")
