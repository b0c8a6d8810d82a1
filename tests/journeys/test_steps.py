"""The steps of a playbook: done, skipped, given to somebody, tried again; by one person or two at once."""

import json

import pytest

from sandbox.slack.gathering import leave
from tests.as_seen import labels_of
from tests.town import Town


@pytest.fixture
async def assessing(town: Town) -> Town:
    """A critical incident in its second phase."""
    await town.slash("/incident declare critical API is down")
    await town.join("ben")
    await town.press("Next: Assess")
    return town


@pytest.fixture
async def declared(town: Town) -> Town:
    """A critical incident that nobody commands."""
    await town.slash("/incident declare critical API is down")
    await town.join("ben")
    return town


async def test_skip_is_one_press_and_the_reason_can_follow(assessing: Town) -> None:
    town = assessing
    await town.press("Skip", by="ben", near="Look at the logs")
    assert "– 4. Look at the logs and metrics around the time it began. — skipped by <@U0BEN> 14:00" in town.read(
        "Assess · "
    )
    assert "Skipped: Look at the logs" in town.whispered("ben")

    await town.press("Say why", by="ben")
    assert await town.fill({"Why is it skipped?": "Logging is down too."}, by="ben") == {}
    assert "Logging is down too" in town.read("Assess · ")


async def test_a_step_is_given_to_somebody_and_to_somebody_else(assessing: Town) -> None:
    town = assessing
    await town.choose("dee", by="ana", near="Find out what changed")
    assert "☐ 3. Find out what changed last: deployments and configuration. — <@U0DEE>" in town.read("Assess · ")

    await town.choose("ben", by="dee", near="Find out what changed")
    assert "deployments and configuration. — <@U0BEN>" in town.read("Assess · ")


async def test_a_second_click_is_refused_and_says_who_was_first(assessing: Town) -> None:
    town = assessing
    shown = town.find("Assess · ")
    await town.press("Done", by="ana", near="Find out what changed")
    outcome = await town.press_old("Done", on=shown, by="ben", near="Find out what changed")

    assert outcome.ok
    assert town.whispered("ben") == "Nothing to do: <@U0ANA> has done that step already."
    assert "— <@U0ANA> 14:00" in town.read("Assess · ")


async def test_of_two_people_at_once_one_does_it_and_the_other_sees_who(assessing: Town) -> None:
    town = assessing
    await town.together(
        town.pressing("Done", by="ana", near="Find out what changed"),
        town.pressing("Done", by="ben", near="Find out what changed"),
    )

    told = [town.whispered("ana"), town.whispered("ben")]
    assert sum("has done that step already" in each for each in told) == 1
    assert town.read("Assess · ").count("✓") == 1


async def test_of_two_people_who_open_the_next_phase_at_once_one_does(assessing: Town) -> None:
    town = assessing
    await town.together(
        town.pressing("Next: Mitigate", by="ana"),
        town.pressing("Next: Mitigate", by="ben"),
    )

    assert town.count("Mitigate · ") == 1
    assert town.count("Resolve · ") == 0
    assert sum("out of date" in town.whispered(each) for each in ("ana", "ben")) == 1


async def test_a_next_from_an_older_message_is_superseded(assessing: Town) -> None:
    town = assessing
    shown = town.find("Assess · ")
    await town.press("Next: Mitigate")
    await town.press_old("Next: Mitigate", on=shown, by="ben")

    assert "out of date" in town.whispered("ben")
    assert town.count("Resolve · ") == 0


async def test_a_role_from_an_older_message_is_superseded(declared: Town) -> None:
    town = declared
    shown = town.find("INC-1 API is down")
    await town.press("Take command", by="ana")
    await town.press_old("Take command", on=shown, by="ben")

    assert (
        town.whispered("ben")
        == "That button is out of date: <@U0ANA> is commander now. Press again on the latest message."
    )
    assert "Commander <@U0ANA>" in town.texts()[0]


async def test_of_two_people_who_take_command_at_once_one_has_it(declared: Town) -> None:
    town = declared
    await town.together(town.pressing("Take command", by="ana"), town.pressing("Take command", by="ben"))

    assert sum("out of date" in town.whispered(each) for each in ("ana", "ben")) == 1


async def test_a_button_of_a_step_that_was_never_open_does_nothing(assessing: Town) -> None:
    town = assessing
    text = json.dumps(town.find("Assess · ")).replace("1/assess/3", "1/resolve/1")
    outcome = await town.press_old("Done", on=json.loads(text), by="ben", near="Find out what changed")

    assert outcome.ok
    assert "not open" in town.whispered("ben")


async def test_a_step_of_the_bots_that_failed_can_be_tried_again(town: Town) -> None:
    town.breaks("error:too_many_bookmarks", "bookmarks.add", times=1)
    await town.slash("/incident declare critical API is down")
    phase = town.find("Declare · within 5 min")
    assert "✗ 4. Open the war room and its bridge. — failed" in town.read("Declare · within 5 min")
    assert {"Try again", "Done", "Skip"} <= set(labels_of(phase))

    await town.press("Try again", near="Open the war room")
    assert "✓ 4. Open the war room and its bridge." in town.read("Declare · within 5 min")


async def test_an_announcement_waits_until_opsbot_is_invited_and_status_says_so(town: Town) -> None:
    channel = town.ground.workspace.channel("critical-incidents")
    assert channel
    leave(town.ground.desk, channel, town.ground.app.bot_user)
    await town.slash("/incident declare critical API is down")
    assert "3 of 5 done" in town.read("Declare · within")
    assert "find #critical-incidents; invite opsbot to it" in await town.slash("/incident status", where=town.room())

    await town.ground.acting.invite("ana", "critical-incidents", town.ground.app.bot_user)
    await town.pass_time(seconds=61)
    assert "4 of 5 done" in town.read("Declare · within")
    assert town.count("INC-1 API is down", "critical-incidents") == 1


async def test_an_announcement_that_could_not_be_made_is_tried_again_once_opsbot_is_back(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    channel = town.ground.workspace.channel("critical-incidents")
    assert channel
    leave(town.ground.desk, channel, town.ground.app.bot_user)
    await town.slash("/incident declare critical Login is down")
    room = town.room(2)
    assert "✗ 2. Announce it in #critical-incidents. — failed" in town.read("Declare · within", room)
    assert "invite it again" in town.read("Declare · within", room)

    await town.ground.acting.invite("ana", "critical-incidents", town.ground.app.bot_user)
    await town.press("Try again", where=room)
    assert "✓ 2. Announce it in #critical-incidents." in town.read("Declare · within", room)
    assert town.count("INC-2 Login is down", "critical-incidents") == 1
