"""Roles change hands, people come late, people leave: whoever is new knows at once what they need."""

from tests.town import Town


async def test_whoever_takes_over_gets_a_summary(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ben")
    await town.slash("/incident update INC-1 Rolling back", by="ben")

    await town.slash("/incident role commander @eli", where=town.room(), by="ben")

    summary = town.directs("eli")[-1]
    assert "You are the commander of INC-1 API is down after <@U0BEN>; given to you by <@U0BEN>." in summary
    assert "Rolling back" in summary
    assert "since" in summary
    assert "Next update" in summary
    assert "☐" in summary
    assert "eli" in town.members()


async def test_who_takes_what_nobody_had_needs_no_summary(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ana")

    assert town.directs("ana") == []


async def test_whoever_comes_late_is_told_once_and_alone(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ben")
    before = len(town.texts(town.room()))
    await town.pass_time(minutes=10)

    await town.join("fay")
    told = town.whispered("fay")
    assert "🔴 INC-1 API is down" in told
    assert "Commander <@U0BEN>" in told
    assert "Next update" in told
    assert "Only you see this." in told
    assert len(town.texts(town.room())) == before

    await town.ground.acting.leave("fay", town.room())
    await town.join("fay")
    assert len(town.all_whispered("fay")) == 1


async def test_the_first_responders_are_not_told_what_they_see(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.join("fay")

    assert town.whispered("fay") == ""


async def test_a_commander_who_left_the_workspace_leaves_a_vacancy_that_is_told_and_offered(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ben")
    await town.ground.acting.deactivate("gus", "ben")

    await town.pass_time(minutes=16)

    assert "<@U0BEN> has left the workspace, so nobody is the commander any more." in town.read(
        "has left the workspace"
    )
    assert "no commander yet" in town.topic()
    await town.press("Take command", by="ana", near="has left the workspace")
    assert "commander Ana Silva" in town.topic()


async def test_nobody_of_that_name_gets_no_role(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.slash("/incident role scribe <@U0NOBODY>", where=town.room())

    assert "is not a member of this workspace" in town.read("is not a member")
    assert "Mention the person" in await town.slash("/incident role scribe somebody", where=town.room())

    await town.slash("/incident role scribe @hal", where=town.room())
    assert "<@U0HAL> is a guest, and guests do nothing here, so nobody is the scribe any more." in town.read(
        "is a guest"
    )
