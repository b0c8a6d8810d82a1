"""Somebody escalates or pages on their own word, and the room sees what comes of it."""

from tests.town import Town


async def test_each_press_climbs_the_next_rung(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    old = town.find("🔴 INC-1 API is down")

    await town.press("Escalate", by="ana")
    assert "<@U0ANA> escalates. Paging VP Engineering." in town.read("escalates")
    assert len(town.ground.pagerduty.incidents) == 2

    await town.press_old("Escalate", on=old, by="dee")
    assert "the escalation went further already" in town.whispered("dee")

    assert "Paging CTO." in await town.slash("/incident escalate", where=town.room())
    assert "Telling CEO." in await town.slash("/incident escalate", where=town.room())
    assert len(town.directs("gus")) == 1
    assert "Everybody on the escalation list has been reached" in await town.slash(
        "/incident escalate", where=town.room()
    )


async def test_what_was_climbed_by_hand_is_not_climbed_by_the_clock_again(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    for _ in range(3):
        await town.slash("/incident escalate INC-1")
    await town.pass_time(minutes=20)

    assert len(town.directs("gus")) == 1
    assert len(town.ground.pagerduty.incidents) == 3


async def test_an_answered_incident_can_be_escalated(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ben")

    assert "Paging VP Engineering." in await town.slash("/incident escalate INC-1")


async def test_a_person_a_role_and_a_policy_are_paged(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    room = town.room()

    assert "Paging Eli Stern." in await town.slash("/incident page @eli We need a decision", where=room)
    assert "Asked for by <@U0ANA>: We need a decision" in town.read("Eli Stern")
    assert "Paging CTO." in await town.slash("/incident page cto", where=room)
    assert "Paging On-call engineer." in await town.slash("/incident page PONCALL1", where=room)
    assert len(town.ground.pagerduty.incidents) == 4


async def test_it_is_asked_in_a_form_and_never_twice(town: Town) -> None:
    await town.slash("/incident declare critical API is down")

    await town.press("Page", by="ana")
    assert await town.fill({"Whom?": "CTO", "Why?": "Data may be lost"}, by="ana") == {}
    assert "Data may be lost" in town.read("Asked for by")
    assert "CTO was paged already; PagerDuty has it, and has notified nobody yet. Call " in await town.slash(
        "/incident page cto", where=town.room()
    )


async def test_what_cannot_be_paged_is_refused_with_the_nearest(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    room = town.room()

    assert "cto" in await town.slash("/incident page ctoo now", where=room)
    assert await town.slash("/incident page @gus now", where=room) == (
        "Gus Reyes has no PagerDuty id in opsbot.yaml; call +1 555 0107."
    )
    assert town.count("Gus Reyes", room) == 0
    assert "opsbot.yaml does not know this person" in await town.slash("/incident page <@U0NOBODY> now", where=room)


async def test_severity_up_and_down_moves_everything_with_it(town: Town) -> None:
    await town.slash("/incident declare medium API is slow", by="gus")
    room = town.room()
    assert town.texts("critical-incidents") == []

    await town.slash("/incident severity critical Nobody can log in", where=room, by="gus")
    assert "🔴 INC-1 API is slow" in town.texts("critical-incidents")[0]
    assert len(town.ground.pagerduty.incidents) == 1
    assert len(town.directs("cho")) == 1
    assert town.topic().startswith("critical · declared · no commander yet · next update 10:15 EDT")

    await town.slash("/incident severity low Only a typo", where=room, by="gus")
    assert "🔵 INC-1 API is slow" in town.texts("critical-incidents")[0]
    assert town.topic().startswith("low")
    await town.pass_time(minutes=30)
    assert town.directs("eli") == []
