"""Tasks and follow-ups: made by a line or a form, listed with buttons, asked for when they are due, kept after the end."""

import pytest

from tests.journeys.test_working_through import answer
from tests.town import Town


@pytest.fixture
async def declared(town: Town) -> Town:
    await town.slash("/incident declare critical API is down")
    await town.join("ben")
    return town


async def test_a_task_on_the_line_has_an_owner_and_a_day(declared: Town) -> None:
    town = declared
    ben = town.id_of("ben")
    said = await town.slash(f"/incident task Check the backups <@{ben}|ben> by Friday", where=town.room())
    assert f"Task 1 of INC-1 · <@{ben}> · by Fri 13 Mar" in said
    assert "☐ Check the backups" in said

    listed = town.read("Tasks · ")
    assert f"☐ 1. Check the backups — <@{ben}> · by Fri 13 Mar" in listed
    assert "[Done] [Due] [Reassign …]" in listed
    assert "Task: Check the backups (Ben Okafor" not in listed


async def test_a_form_asks_for_what_is_not_on_the_line(declared: Town) -> None:
    town = declared
    await town.slash("/incident task", where=town.room())
    wrong = {"What is to be done?": "Alert on slow queries", "Until when?": "someday"}
    assert "is no day. Write it like Friday" in (await town.fill(wrong))["Until when?"]
    late = {"What is to be done?": "Alert on slow queries", "Until when?": "2026-03-01"}
    assert "has passed" in (await town.fill(late))["Until when?"]
    assert (
        await town.fill(
            {
                "What is to be done?": "Alert on slow queries",
                "Who does it?": "cho",
                "Until when?": "13 Mar",
                "Is it for later?": "A follow-up: it keeps this from happening again",
            }
        )
        == {}
    )
    assert f"☐ 1. Alert on slow queries — <@{town.id_of('cho')}> · by Fri 13 Mar · follow-up" in town.read("Tasks · ")


async def test_one_list_is_edited_in_place_as_people_press(declared: Town) -> None:
    town = declared
    await town.slash("/incident task Look at the logs", where=town.room())
    await town.slash("/incident task Tell the partners", where=town.room())
    await town.choose("cho", near="1. Look at the logs")
    assert f"☐ 1. Look at the logs — <@{town.id_of('cho')}>" in town.read("Tasks · ")

    await town.press("Due", near="2. Tell the partners")
    assert await town.fill({"Until when?": "tomorrow"}) == {}
    assert "☐ 2. Tell the partners — by Tue 10 Mar" in town.read("Tasks · ")

    await town.press("Done", near="1. Look at the logs", by="ben")
    assert "Tasks · 1 open, 1 done" in town.read("Tasks · ")
    assert f"✓ 1. Look at the logs — <@{town.id_of('cho')}>" in town.read("Tasks · ")
    assert town.count("Tasks · ") == 1
    assert "has done task 1 already" in await town.slash("/incident task 1 done", where=town.room())


async def test_a_task_is_dealt_with_on_the_line_too(declared: Town) -> None:
    town = declared
    await town.slash("/incident follow-up Add an index check", where=town.room())
    assert "is with" in await town.slash("/incident task 1 @ben", where=town.room())
    assert "is due Wed 11 Mar" in await town.slash("/incident task 1 by Wednesday", where=town.room())
    assert "mention the person" in await town.slash("/incident task 1 @nobody", where=town.room())
    assert "There is no task 7 here" in await town.slash("/incident task 7 done", where=town.room())
    assert "is done" in await town.slash("/incident task 1 done", by="ben", where=town.room())
    assert "0 open, 1 done" in await town.slash("/incident tasks", where=town.room())


async def test_its_owner_is_asked_on_the_day_once_and_then_by_the_daily_list(declared: Town) -> None:
    town = declared
    await town.slash("/incident resolve It was the cable", where=town.room())
    await town.slash("/incident follow-up Check the cables @ben by tomorrow", where=town.room())
    assert asked(town) == []

    await town.pass_time(minutes=60 * 23)
    assert asked(town) == ["Task 1 of INC-1 API is down is due today."]
    for _ in range(10):
        await town.pass_time(minutes=60 * 24)
    assert len(asked(town)) == 1


async def test_a_reminder_survives_a_restart_and_closing_and_is_settled_from_the_message(declared: Town) -> None:
    town = declared
    await town.slash("/incident follow-up Check the cables @ben by Wednesday", where=town.room())
    await town.slash("/incident resolve It was the cable", where=town.room())
    await town.slash("/incident close without", where=town.room())
    await town.stop()
    await town.start()
    await town.pass_time(minutes=60 * 24 * 2)

    assert len(asked(town)) == 1
    await town.press("Done", by="ben", where=town.direct("ben"))
    assert "Task 1 of INC-1 is done." in town.whispered("ben")
    await town.pass_time(minutes=60 * 24 * 3)
    assert len(asked(town)) == 1


async def test_the_list_in_the_room_follows_until_the_room_is_put_away(declared: Town) -> None:
    town = declared
    for what in ("Check the cables", "Check the plugs"):
        await town.slash(f"/incident follow-up {what} @ben by Friday", where=town.room())
    await town.slash("/incident resolve It was the cable", where=town.room())
    await town.slash("/incident close without", where=town.room())

    await town.slash("/incident task INC-1 1 done", by="ben")
    assert "✓ 1. Check the cables" in town.read("Tasks · ")
    await town.pass_time(minutes=2)

    said = await town.slash("/incident task INC-1 2 done", by="ben")
    assert said == "Task 2 of INC-1 is done.\nIts room is put away; the list is kept here: `/incident tasks INC-1`."
    assert "0 open, 2 done" in await town.slash("/incident tasks INC-1")
    assert "Could not" not in await town.slash("/incident timeline INC-1")


async def test_what_is_put_right_after_closing_troubles_no_room_that_is_put_away(declared: Town) -> None:
    town = declared
    await town.pass_time(minutes=10)
    await town.slash("/incident resolve It was the cable", where=town.room())
    await town.slash("/incident close without", where=town.room())
    await town.pass_time(minutes=2)

    await town.slash("/incident times INC-1 mitigated 10:05 because it was over before")
    assert "it was over before" in await town.slash("/incident timeline INC-1")
    assert "Could not" not in await town.slash("/incident timeline INC-1")


async def test_measures_that_name_somebody_or_a_day_become_follow_ups_once(declared: Town) -> None:
    town = declared
    await town.slash("/incident resolve It was the cable", where=town.room())
    measures = "Ana adds an index check by Friday\n- Alert on slow queries, Ben Okafor, 20 Mar\nThink more"
    await answer(town, "Agree on preventive measures", measures, by="ben")

    listed = town.read("Tasks · ")
    assert f"1. Ana adds an index check by Friday — <@{town.id_of('ana')}> · by Fri 13 Mar · follow-up" in listed
    assert f"2. Alert on slow queries, Ben Okafor, 20 Mar — <@{town.id_of('ben')}> · by Fri 20 Mar" in listed
    assert "Think more" not in listed
    await town.slash("/incident report", where=town.room())
    assert await town.fill({"Preventive measures": f"{measures}\nCho writes docs"}) == {}
    assert "Tasks · 3 open" in town.read("Tasks · ")


def asked(town: Town) -> list[str]:
    """What Ben was asked for, by its first line."""
    return [text.splitlines()[0] for text in town.directs("ben") if text.startswith("Task ")]
