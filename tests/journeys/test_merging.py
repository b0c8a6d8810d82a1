"""Two incidents that are the same become one; the other one answers where it went."""

from tests.as_seen import labels_of
from tests.town import Town


async def _two(town: Town) -> None:
    """Ana and Ben each declare what they see; Ben's is the later one."""
    await town.slash("/incident declare critical Checkout is failing", by="ana")
    await town.slash("/incident declare critical Checkout fails", by="ben")


async def test_what_looks_the_same_is_declared_all_the_same_and_merging_is_offered_in_both_rooms(town: Town) -> None:
    await _two(town)

    for room, other in ((town.room(1), "INC-2 Checkout fails"), (town.room(2), "INC-1 Checkout is failing")):
        assert labels_of(town.find(f"This looks like {other}", room)) == ["Merge"]


async def test_nothing_is_offered_for_what_is_different(town: Town) -> None:
    await town.slash("/incident declare critical Checkout is failing")
    await town.slash("/incident declare high Search returns nothing")

    assert town.count("This looks like", town.room(1)) == town.count("This looks like", town.room(2)) == 0


async def test_one_room_one_page_one_timeline_are_left(town: Town) -> None:
    await _two(town)
    await town.slash("/incident note Only in Europe", where=town.room(2), by="ben")

    await town.press("Merge", where=town.room(2), by="ben")
    assert await town.fill({}, by="ben") == {}

    assert "INC-2 was merged into INC-1 by <@U0BEN>. Go on there:" in town.read("was merged into", town.room(2))
    assert "INC-2 Checkout fails was merged into this by <@U0BEN>" in town.read("was merged into this", town.room(1))
    assert "ben" in town.members(town.room(1))
    assert sorted(alert.status for alert in town.ground.pagerduty.incidents) == ["resolved", "triggered"]
    assert "merged into INC-1" in town.read("INC-2", "critical-incidents")
    assert town.topic(town.room(2)) == "critical · merged into INC-1"
    timeline = await town.slash("/incident timeline INC-1")
    assert "INC-2: Only in Europe" in timeline
    assert "INC-2 was merged into this: Checkout fails" in timeline
    assert "INC-2" not in await town.slash("/incident list")
    assert town.count("This looks like", town.room(1)) == town.count("This looks like", town.room(2)) == 0
    assert "INC-2 was merged into INC-1." in town.read("Page the on-call engineer", town.room(2))


async def test_the_room_that_was_left_is_put_away_with_the_one_that_goes_on(town: Town) -> None:
    await _two(town)
    await town.slash("/incident merge INC-2 into INC-1")
    await town.slash("/incident resolve INC-1 Restarted")
    await town.slash("/incident close INC-1 without")
    await town.pass_time(minutes=2)

    rooms = [each for each in town.ground.workspace.channels if each.name.startswith("inc-")]
    assert [each.is_archived for each in rooms] == [True, True]


async def test_a_late_button_in_the_merged_room_answers_where_it_went(town: Town) -> None:
    await _two(town)
    card = town.find("INC-2 Checkout fails", town.room(2))
    assert (await town.slash("/incident merge INC-2 into INC-1")).startswith("INC-2 is merged into INC-1.")

    await town.press_old("Acknowledge", on=card, by="ben")

    assert town.whispered("ben") == "INC-2 was merged into INC-1; go on there."
    assert await town.slash("/incident update We look into it", where=town.room(2)) == (
        "INC-2 was merged into INC-1; go on there."
    )
    assert await town.slash("/incident reopen INC-2") == "INC-2 was merged into INC-1; go on there."


async def test_open_tasks_go_along(town: Town) -> None:
    await _two(town)
    await town.slash("/incident task Tell the shops", where=town.room(2), by="ben")
    await town.slash("/incident task Warm the cache", where=town.room(1), by="ana")
    await town.slash("/incident merge INC-2 into INC-1")

    tasks = await town.slash("/incident tasks INC-1")
    assert "Warm the cache" in tasks
    assert "Tell the shops" in tasks


async def test_the_room_it_is_typed_in_goes_on(town: Town) -> None:
    await _two(town)

    assert "INC-1 is merged into INC-2." in await town.slash("/incident merge INC-1", where=town.room(2))


async def test_what_cannot_be_merged_is_refused_in_a_sentence(town: Town) -> None:
    await _two(town)
    await town.slash("/incident declare high Search returns nothing")
    await town.slash("/incident resolve INC-3 Restarted")

    assert await town.slash("/incident merge INC-1 into INC-1") == (
        "INC-1 cannot be merged into itself; name the other one."
    )
    assert "; reopen it first" in await town.slash("/incident merge INC-1 into INC-3")
    assert "There is no INC-9" in await town.slash("/incident merge INC-1 into INC-9")
    await town.slash("/incident merge INC-2 into INC-1")
    assert await town.slash("/incident merge INC-2 into INC-1") == "INC-2 was merged into INC-1 already."
    assert await town.slash("/incident merge INC-1 into INC-2") == "INC-2 was merged into INC-1 already."
    assert "Say which two" in await town.slash("/incident merge those two")


async def test_the_only_page_goes_along(town: Town) -> None:
    await town.slash("/incident declare low Checkout is failing", by="ana")
    await town.slash("/incident declare critical Checkout fails", by="ben")
    await town.slash("/incident merge INC-2 into INC-1")

    assert [alert.status for alert in town.ground.pagerduty.incidents] == ["triggered"]
    await town.slash("/incident resolve INC-1 Restarted")
    assert [alert.status for alert in town.ground.pagerduty.incidents] == ["resolved"]
