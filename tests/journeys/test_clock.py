"""The clock prompts: updates that are due, people who do not answer, steps that are late; each once, whatever happens."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.as_seen import labels_of
from tests.town import Plan, Town, opened

DUE = "a status update was due"


@pytest.fixture
async def answered(town: Town) -> Town:
    """A high incident that Ana commands, so that nothing escalates; an update is due every half hour."""
    await town.slash("/incident declare high API is down")
    await town.press("Take command", by="ana")
    return town


async def test_an_update_of_a_critical_incident_is_asked_of_its_commander_after_15_minutes(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ana")
    await town.pass_time(minutes=14)
    assert town.count(DUE) == 0

    await town.pass_time(minutes=1)
    assert "<@U0ANA>, a status update was due at 14:15." in town.read(DUE)
    assert {"Post update", "No change", "Snooze 15", "Snooze 30"} <= set(labels_of(town.find(DUE)))
    assert "update due since 10:15 EDT" in town.topic()


async def test_the_update_is_counted_from_the_last_real_one(answered: Town) -> None:
    town = answered
    await town.pass_time(minutes=10)
    await town.slash("/incident update It is the database", where=town.room())
    assert "next update 10:40 EDT" in town.topic()

    await town.pass_time(minutes=29)
    assert town.count(DUE) == 0
    await town.pass_time(minutes=1)
    assert town.count(DUE) == 1

    await town.slash("/incident note Nothing new", where=town.room())
    assert town.count(DUE) == 1


async def test_it_is_asked_of_communications_before_the_commander_and_of_the_room_without_either(town: Town) -> None:
    await town.slash("/incident declare high API is down")
    await town.press("Acknowledge", by="ana")
    await town.slash("/incident role communications @cho", where=town.room())
    await town.pass_time(minutes=30)
    assert "<@U0CHO>, a status update was due" in town.read(DUE)

    await town.slash("/incident declare high Login is down", by="ben")
    await town.pass_time(minutes=30)
    assert "A status update was due" in town.read("tatus update was due", town.room(2))


async def test_posting_the_update_takes_the_prompt_away_and_promises_the_next(answered: Town) -> None:
    town = answered
    await town.slash("/incident note The pool is exhausted", where=town.room())
    await town.pass_time(minutes=30)
    await town.press("Post update", near=DUE)
    assert "The pool is exhausted" in town.begun()["What do you know, what is being done?"]

    assert await town.fill({"What do you know, what is being done?": "We restarted it."}) == {}
    assert town.count(DUE) == 0
    assert "We restarted it." in town.read("Update by")
    assert "We restarted it." in town.texts("critical-incidents")[0]
    assert "We restarted it." in town.directs("cho")[-1]
    assert "next update 11:00 EDT" in town.topic()


async def test_an_update_goes_only_where_it_is_ticked(answered: Town) -> None:
    town = answered
    await town.pass_time(minutes=30)
    await town.press("Post update", near=DUE)
    form = str(town.form()["blocks"])
    assert "The announcement in #critical-incidents" in form
    assert (
        await town.fill({"What do you know, what is being done?": "Between us.", "Who reads it?": ("This war room",)})
        == {}
    )

    assert town.count("Between us.") >= 1
    assert "Between us." not in "".join([*town.texts("critical-incidents"), *town.directs("cho")])


async def test_no_change_asks_again_after_the_usual_time(answered: Town) -> None:
    town = answered
    await town.pass_time(minutes=31)
    await town.press("No change")
    assert town.count(DUE) == 0
    assert "The next update is due" in town.whispered("ana")

    await town.pass_time(minutes=29)
    assert town.count(DUE) == 0
    await town.pass_time(minutes=1)
    assert town.count(DUE) == 1


@pytest.mark.parametrize("minutes", [15, 30])
async def test_snooze_asks_again_when_it_says(answered: Town, minutes: int) -> None:
    town = answered
    await town.pass_time(minutes=30)
    await town.press(f"Snooze {minutes}")
    assert town.count(DUE) == 0

    await town.pass_time(minutes=minutes - 1)
    assert town.count(DUE) == 0
    await town.pass_time(minutes=1)
    assert town.count(DUE) == 1


async def test_several_missed_updates_are_one_message(answered: Town) -> None:
    town = answered
    before = len(town.texts())
    await town.pass_time(minutes=121)

    assert town.count(DUE) == 1
    assert "was due at 14:30" in town.read(DUE)
    assert len(town.texts()) == before + 1


async def test_the_prompt_survives_a_restart_and_comes_once(answered: Town) -> None:
    town = answered
    await town.stop()
    town.ground.clock.advance(40 * 60)
    await town.start()
    await town.settle()
    assert town.count(DUE) == 1

    await town.stop()
    await town.start()
    await town.settle()
    assert town.count(DUE) == 1


async def test_nobody_answers_and_the_escalation_climbs_once(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.pass_time(minutes=14)
    assert len(town.ground.pagerduty.incidents) == 1

    await town.pass_time(minutes=1)
    assert town.count("Paging VP Engineering and CTO. Telling CEO.") == 1
    assert len(town.ground.pagerduty.incidents) == 3
    assert "Nobody has acknowledged it." in town.directs("gus")[0]

    await town.pass_time(minutes=30)
    assert len(town.ground.pagerduty.incidents) == 3
    assert len(town.directs("gus")) == 1


async def test_an_acknowledged_incident_with_a_commander_does_not_escalate(answered: Town) -> None:
    town = answered
    await town.pass_time(minutes=90)

    assert len(town.ground.pagerduty.incidents) == 1
    assert town.directs("gus") == []


async def test_an_acknowledged_incident_that_nobody_commands_escalates(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.pass_time(minutes=1)
    town.ground.pagerduty.acknowledge(town.ground.pagerduty.incidents[0].id, "PBOT001")
    await town.pass_time(seconds=10)
    await town.pass_time(minutes=14)

    assert "Nobody is in command." in town.directs("gus")[0]
    assert len(town.ground.pagerduty.incidents) == 3


async def test_a_high_incident_escalates_after_an_hour_and_as_its_own_ladder_says(town: Town) -> None:
    await town.slash("/incident declare high API is slow")
    await town.pass_time(minutes=59)
    assert town.directs("eli") == []

    await town.pass_time(minutes=1)
    assert town.count("Paging On-call lead. Telling VP Engineering.") == 1
    assert "Nobody has acknowledged it." in town.directs("eli")[0]


async def test_acknowledging_from_the_executives_message_ends_the_escalation(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.pass_time(minutes=15)
    await town.press("Acknowledge", by="gus", where=town.direct("gus"))

    assert "Commander <@U0GUS>" in town.texts()[0]
    assert {each.status for each in town.ground.pagerduty.incidents} == {"acknowledged"}
    assert town.count("An answer was due") == 0


async def test_late_steps_are_told_in_the_one_message_about_what_is_due(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ana")
    await town.pass_time(minutes=16)
    assert "5 steps late" in town.read(DUE)

    for step in ("Find out what changed", "Look at the logs"):
        await town.press("Done", near=step)
    for step in ("How many users", "Which services", "What is the likely cause"):
        await town.press("Skip", near=step)
    assert "late" not in town.read(DUE)
    assert len([text for text in town.texts() if DUE in text]) == 1


async def test_the_bot_posts_by_itself_at_most_once_in_five_minutes(answered: Town) -> None:
    town = answered
    await town.pass_time(minutes=2)
    await town.press("Mitigated")
    await town.pass_time(minutes=28)
    assert town.count(DUE) == 1
    await town.press("No change")

    await town.pass_time(minutes=2)
    assert town.count("The watch ended") == 0
    await town.pass_time(minutes=3)
    assert town.count("The watch ended") == 1


async def test_a_fix_is_watched_for_30_minutes_and_then_somebody_is_asked_to_resolve(answered: Town) -> None:
    town = answered
    await town.press("Mitigated")
    assert "Mitigated" in town.read("The fix is watched until 14:30")
    await town.pass_time(minutes=29)
    assert town.count("The watch ended") == 0

    await town.pass_time(minutes=1)
    assert "If the fix has held, resolve it." in town.read("The watch ended")
    assert "Resolve" in labels_of(town.find("The watch ended"))


@pytest.mark.parametrize(("severity", "minutes"), [("critical", 15), ("high", 30), ("medium", 120)])
async def test_each_severity_has_its_own_rhythm(town: Town, severity: str, minutes: int) -> None:
    await town.slash(f"/incident declare {severity} API is slow")
    await town.press("Take command", by="ana")
    await town.pass_time(minutes=minutes - 1)
    assert town.count(DUE) == 0

    await town.pass_time(minutes=1)
    assert town.count(DUE) == 1


async def test_what_can_wait_waits_for_business_hours(plan: Plan) -> None:
    friday = datetime(2026, 3, 13, 20, 30, tzinfo=UTC)
    async with opened(replace(plan, start=friday)) as town:
        await town.slash("/incident declare medium Search is slow")
        await town.press("Take command", by="ana")
        assert "next update Mon 16 Mar 10:30 EDT" in town.topic()

        await town.pass_time(minutes=60 * 24 * 2)
        assert town.count(DUE) == 0
        await town.pass_time(minutes=60 * 18 + 30)
        assert town.count(DUE) == 1


async def test_after_resolving_nothing_is_asked_but_the_work_that_is_left(answered: Town) -> None:
    town = answered
    await town.slash("/incident resolve It was the cable", where=town.room())
    await town.pass_time(minutes=120)
    assert town.count(DUE) == 0

    await town.pass_time(minutes=60 * 24)
    assert town.count("3 steps late") == 1
    await town.slash("/incident close without", where=town.room())
    assert town.count("3 steps late") == 0
