"""What responders say and change while they work: updates, roles, severity, notes; and what they can look up."""

import re

import pytest

from tests.as_seen import words_of
from tests.town import Town


@pytest.fixture
async def declared(town: Town) -> Town:
    """A high incident, with Ben in its room."""
    await town.slash("/incident declare high API is down")
    await town.join("ben")
    return town


async def test_an_update_is_said_in_the_room_in_the_announcement_and_to_stakeholders(declared: Town) -> None:
    town = declared
    answer = await town.slash("/incident update Half of the nodes are back", by="ben", where=town.room())

    assert answer.startswith("Posted. The next update is due")
    assert "Update by <@U0BEN>" in town.read("Half of the nodes are back")
    assert "Last update" in town.texts()[0]
    assert "Half of the nodes are back" in town.texts("critical-incidents")[0]
    assert "Half of the nodes are back" in town.directs("cho")[-1]


async def test_an_update_without_words_opens_a_form_with_a_draft(declared: Town) -> None:
    town = declared
    await town.pass_time(minutes=1)
    await town.slash("/incident note The pool is exhausted", by="ben", where=town.room())
    await town.slash("/incident update", by="ben", where=town.room())

    draft = town.begun("ben")["What do you know, what is being done?"]
    assert "The pool is exhausted" in draft


async def test_a_mention_in_a_thread_of_the_room_understands_the_same_words(declared: Town) -> None:
    town = declared
    thread = await town.say("I see errors in billing", by="ben", where=town.room())
    await town.say("@opsbot update Billing fails too", by="ben", where=town.room(), thread=thread)

    assert "Update by <@U0BEN>" in town.read("Billing fails too\nTo")


async def test_outside_the_room_the_incident_is_named(declared: Town) -> None:
    town = declared
    assert "INC-1" in await town.slash("/incident status", by="ben", where="general")
    refused = await town.slash("/incident update Nothing yet", by="ben", where="general")
    assert "Say which incident" in refused
    told = await town.slash("/incident report now INC-1", by="dee")
    assert told == "Put INC-1 right after the verb, as in /incident status INC-1."
    assert "INC-1" in refused

    for name in ("INC-1", "inc-1", "#1", "1"):
        assert (await town.slash(f"/incident update {name} Nothing yet", by="ben")).startswith("Posted.")
    assert "There is no INC-7" in await town.slash("/incident update INC-7 Nothing yet", by="ben")


async def test_a_number_in_the_room_is_part_of_the_sentence(declared: Town) -> None:
    town = declared
    await town.slash("/incident update 42 users cannot log in", where=town.room())
    assert town.count("42 users cannot log in") >= 1


async def test_without_an_incident_the_bot_says_how_to_begin(town: Town) -> None:
    assert "No incident is open" in await town.slash("/incident update Nothing")
    assert "No incident is open" in await town.slash("/incident list")


@pytest.mark.parametrize("duty", ["commander", "communications", "scribe"])
async def test_roles_are_taken_given_and_given_on(declared: Town, duty: str) -> None:
    town = declared
    await town.slash(f"/incident role {duty}", by="ben", where=town.room())
    assert f"{duty.capitalize()} <@U0BEN>" in town.texts()[0] or f"{duty} <@U0BEN>" in town.texts()[0]

    await town.slash(f"/incident role {duty} @cho", by="ben", where=town.room())
    assert "instead of <@U0BEN>" in town.read("<@U0CHO> is")


async def test_a_role_that_is_nearly_one_is_refused_with_the_right_one(declared: Town) -> None:
    town = declared
    assert "commander" in await town.slash("/incident role comander", where=town.room())
    assert "Mention the person" in await town.slash("/incident role scribe somebody", where=town.room())
    assert town.count("is the scribe") == 0


async def test_the_role_form_gives_a_role(declared: Town) -> None:
    town = declared
    await town.slash("/incident role", where=town.room())
    assert await town.fill({"Which role?": "Scribe", "Who takes it?": ("ben",)}) == {}
    assert "cribe <@U0BEN>" in town.texts()[0]


async def test_making_it_worse_brings_what_the_worse_severity_does(town: Town) -> None:
    await town.slash("/incident declare medium Search is slow")
    assert town.texts("critical-incidents") == []
    await town.slash("/incident severity critical Payments fail too", where=town.room())

    assert "Payments fail too" in town.read("Critical now, was medium")
    assert len(town.texts("critical-incidents")) == 1
    assert len(town.ground.pagerduty.alerts) == 1
    assert len(town.directs("cho")) == 1
    assert town.topic().startswith("critical")
    assert "dee" in town.members()
    assert town.rooms() == ["inc-1-search-is-slow"]


async def test_making_it_better_changes_the_rhythm_and_wakes_nobody(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command")
    await town.press("Severity")
    assert await town.fill({"How bad is it?": "High", "Why?": "Only billing"}) == {}

    assert "next update 10:30 EDT" in town.topic()
    assert len(town.ground.pagerduty.incidents) == 1
    assert "is high already" in await town.slash("/incident severity high", where=town.room())
    assert "high" in await town.slash("/incident severity hihg", where=town.room())


async def test_the_controls_of_an_older_playbook_do_nothing_any_more(town: Town) -> None:
    await town.slash("/incident declare medium Search is slow")
    shown = town.find("Assess · ")
    await town.slash("/incident severity critical", where=town.room())
    await town.press_old("Skip", on=shown, near="Look at recent changes")

    assert town.whispered("ana")


async def test_a_note_is_on_the_timeline(declared: Town) -> None:
    town = declared
    await town.press("Note", by="ben")
    assert await town.fill({"What should be remembered?": "Restarted two nodes."}, by="ben") == {}

    timeline = await town.slash("/incident timeline", by="ben", where=town.room())
    assert re.search(r"Restarted two nodes\. \(note \d+\) — <@U0BEN>", timeline)
    assert "high: API is down — <@U0ANA>" in timeline


async def test_status_and_list_tell_how_things_stand(declared: Town) -> None:
    town = declared
    await town.slash("/incident declare low Typo", by="cho")
    status = await town.slash("/incident status", by="ben", where=town.room())
    assert "INC-1 API is down" in status
    assert "Take command" in status

    listed = await town.slash("/incident list", by="ben")
    assert listed.index("INC-1") < listed.index("INC-2")


async def test_resolving_is_asked_for_words_and_closing_needs_resolving(declared: Town) -> None:
    town = declared
    assert "is not resolved; resolve it first" in await town.slash("/incident close", where=town.room())
    await town.press("Resolve", by="ben")
    form = words_of(town.form("ben"))
    assert "It was not marked as mitigated" in form
    assert await town.fill({"What solved it?": "The cable is in again."}, by="ben") == {}
    assert "The cable is in again." in town.read("✅ Resolved")

    assert "INC-1 was resolved by <@U0BEN>, " in await town.slash("/incident update More", where=town.room())
    assert "INC-1 was resolved by <@U0BEN>, " in await town.slash("/incident resolve Again", where=town.room())
    assert "INC-1 is closed." in await town.slash("/incident close without", where=town.room())
    assert "INC-1 was closed by <@U0ANA>, " in await town.slash("/incident close", where=town.room())
    assert "reopen it first" in await town.slash("/incident role scribe", where=town.room())


async def test_acknowledging_twice_says_who_was_first(declared: Town) -> None:
    town = declared
    assert "in command" in await town.slash("/incident ack", by="ben", where=town.room())
    assert "<@U0BEN> has acknowledged INC-1 already." in await town.slash("/incident ack", where=town.room())


async def test_people_channels_and_links_in_what_is_typed_are_read_as_they_were_typed(declared: Town) -> None:
    town = declared
    await town.slash("/incident update Asked @ben in #support", where=town.room())
    assert "Asked @Ben Okafor in #support" in town.read("Update by")

    await town.say("@opsbot note See <https://status.example.com|status.example.com>", where=town.room())
    assert "See https://status.example.com" in await town.slash("/incident timeline", where=town.room())
