"""Somebody declares an incident: on one line, with the form, by mention, wherever they are."""

import re

import pytest

from sandbox.payload import JsonObject
from tests.as_seen import markup_of
from tests.town import Town

HOSTILE = (
    "<!channel> <!here> @everyone <@U0BEN> \u202egnihtyna\u202c zero\u200bwidth \x07\x1b[31m *bold* `code` "
    "<https://evil.example|bank> &lt;!channel&gt;"
)
"""What people paste, and what they try."""
LOUD = re.compile(r"<!(?!date)|<@U0BEN|<https://evil")


def loud(message: JsonObject) -> bool:
    """Whether a message would notify or link what only somebody's words say."""
    markup = [str(message.get("text", "")), *markup_of(message)]
    return "'broadcast'" in str(message) or any(LOUD.search(text) for text in markup)


async def test_one_line_declares_and_says_what_follows(town: Town) -> None:
    answer = await town.slash("/incident declare critical API is down")

    assert "Declared INC-1 API is down, critical." in answer
    assert "Paging the on-call engineer…" in answer
    assert "you will be invited" in answer
    assert town.room() == "inc-1-api-is-down"


@pytest.mark.parametrize("line", ["", " critical", " API is down", " critical  "])
async def test_what_the_line_leaves_out_is_asked_in_a_form(town: Town, line: str) -> None:
    assert await town.slash(f"/incident declare{line}") == ""

    assert town.form()["title"]["text"] == "Declare an incident"
    begun = town.begun()
    assert begun.get("How bad is it?", "") == ("Critical" if "critical" in line else "")
    assert begun.get("What is wrong?", "") == ("API is down" if "API" in line else "")
    assert not town.rooms()


async def test_the_form_declares_with_services_and_impact(town: Town) -> None:
    await town.slash("/incident declare", by="cho", where="support")
    wrong = await town.fill(
        {
            "What is wrong?": "Payments fail",
            "How bad is it?": "High",
            "Which services are affected?": ("Billing",),
            "Who is affected, and how?": "Everybody who pays",
        },
        by="cho",
    )

    assert wrong == {}
    assert not town.has_form("cho")
    assert "Declared INC-1 Payments fail, high." in town.whispered("cho")
    card = town.read("INC-1 Payments fail")
    assert "Impact: Everybody who pays" in card
    assert "Services: Billing" in card


async def test_a_form_without_its_two_answers_is_not_taken_and_nothing_typed_is_lost(town: Town) -> None:
    await town.slash("/incident declare")
    wrong = await town.fill({"Who is affected, and how?": "Everybody"})

    assert set(wrong) == {"What is wrong?", "How bad is it?"}
    assert town.has_form()

    assert not town.rooms()
    assert await town.fill({"What is wrong?": "Typo on the page", "How bad is it?": "Low"}) == {}
    assert town.room() == "inc-1-typo-on-the-page"


async def test_a_severity_that_is_nearly_one_is_refused_with_the_right_one(town: Town) -> None:
    answer = await town.slash("/incident declare critcal API is down")

    assert "critical" in answer
    assert not town.rooms()
    assert not town.has_form()


async def test_a_mention_in_a_thread_declares_and_is_answered_there_alone(town: Town) -> None:
    thread = await town.say("Is it slow for you too?", by="ben")
    await town.say("@opsbot declare critical API is slow", by="cho", thread=thread)

    assert town.room() == "inc-1-api-is-slow"
    assert "Declared INC-1 API is slow, critical." in town.whispered("cho")
    assert town.texts("general") == []
    assert "cho" in town.members()


async def test_a_mention_that_leaves_out_something_offers_the_form(town: Town) -> None:
    await town.say("@opsbot declare", by="cho")
    await town.press("Declare an incident", by="cho", where="general")

    assert town.form("cho")["title"]["text"] == "Declare an incident"


@pytest.mark.parametrize(
    "words", ["declare high Login fails", "/incident declare high Login fails", "incident declare high Login fails"]
)
async def test_written_to_the_bot_alone_the_same_words_declare(town: Town, words: str) -> None:
    assert "Declared INC-1 Login fails, high." in await town.say_to_bot(words, by="dee")
    assert town.room() == "inc-1-login-fails"


async def test_commands_work_where_the_bot_is_not(town: Town) -> None:
    secret = await town.ground.acting.create_channel("ana", "board", is_private=True)
    direct = await town.ground.acting.open_direct("ana", town.id_of("ben"))

    assert "INC-1" in await town.slash("/incident declare low Typo", where=secret.id)
    assert "INC-2" in await town.slash("/incident declare low Another typo", where=direct.id)


async def test_help_lists_what_there_is(town: Town) -> None:
    for words in ("/incident", "/incident help", "/incident HELP"):
        answer = await town.slash(words)
        assert "/incident declare [critical|high|medium|low] [title]" in answer
        assert "/incident close" in answer


async def test_an_unknown_word_is_answered_with_the_nearest(town: Town) -> None:
    answer = await town.slash("/incident declair critical API is down")

    assert "declare" in answer
    assert "/incident help" in answer
    assert not town.rooms()


async def test_words_that_arrive_long_after_they_were_said_do_nothing(town: Town) -> None:
    await town.stop()
    await town.ground.acting.message("ben", "general", f"<@{town.ground.app.bot_user}> declare critical API is down")
    await town.ground.idle()
    await town.start()
    await town.pass_time(minutes=11)

    assert not town.rooms()
    assert "it reached me only now" in town.whispered("ben")


async def test_a_delivery_that_comes_twice_declares_once(town: Town) -> None:
    town.breaks("duplicate_delivery", target="socket", times=None)
    await town.slash("/incident declare critical API is down")
    await town.say("@opsbot declare critical Login fails", by="ben")
    await town.slash("/incident declare")
    await town.fill({"What is wrong?": "Payments fail", "How bad is it?": "High"})

    names = sorted(each.name for each in town.ground.workspace.channels if each.name.startswith("inc-"))
    assert names == ["inc-1-api-is-down", "inc-2-login-fails", "inc-3-payments-fail"]
    assert len(town.ground.pagerduty.alerts) == 3


async def test_two_incidents_have_two_rooms_and_two_announcements(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.slash("/incident declare critical API is down", by="ben")

    assert town.room(1) == "inc-1-api-is-down"
    assert town.room(2) == "inc-2-api-is-down"
    assert town.count("API is down", "critical-incidents") == 2


async def test_a_private_incident_leaks_nowhere(town: Town) -> None:
    await town.slash("/incident declare", where="general")
    await town.fill(
        {
            "What is wrong?": "Keys were stolen",
            "How bad is it?": "Critical",
            "Is it confidential?": ("Private: only those who are invited see it",),
        }
    )

    channel = town.ground.workspace.channel(town.room())
    assert channel
    assert channel.kind == "private"
    assert town.texts("critical-incidents") == []
    assert town.directs("cho") == []
    assert "Keys were stolen" in "".join(town.directs("dee"))
    assert "stolen" not in town.ground.pagerduty.incidents[0].title
    assert "stolen" not in await town.slash("/incident list", by="ben")
    assert "stolen" in await town.slash("/incident list", where=channel.id)


async def test_a_hostile_title_mentions_nobody_and_links_nowhere(town: Town) -> None:
    await town.slash(f"/incident declare critical {HOSTILE}")

    for where in (town.room(), "critical-incidents", town.direct("cho")):
        for message in town.messages(where):
            assert not loud(message)
    assert "<!channel> <!here> @everyone" in town.texts()[0]
    assert "\x07" not in town.texts()[0]
    assert town.ground.log.calls("chat.postMessage")


async def test_hostile_words_in_every_field_are_shown_as_they_are(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    room = town.room()
    await town.slash(f"/incident update {HOSTILE}", where=room)
    await town.slash(f"/incident note {HOSTILE}", where=room)
    await town.slash(f"/incident severity high {HOSTILE}", where=room)
    await town.slash(f"/incident resolve {HOSTILE}", where=room)

    for where in (room, "critical-incidents", town.direct("cho")):
        for message in town.messages(where):
            assert not loud(message)
    assert "Timeline of INC-1" in await town.slash("/incident timeline", where=room)


async def test_a_title_of_100_kb_is_cut_where_it_is_shown_and_kept_whole(town: Town) -> None:
    title = "It is broken. " * 7000
    await town.slash(f"/incident declare critical {title}")

    assert len(town.room()) <= 80
    assert "INC-1 It is broken." in town.texts()[0]
    assert len(town.texts()[0]) < 3000
    async with town.bot.store.look() as unit:
        incident = await unit.incidents.get(1)
    assert incident
    assert incident.title == title.strip()


async def test_an_update_of_100_kb_is_cut_with_notice_and_kept_whole(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    words = "It is still broken. " * 5000
    await town.slash(f"/incident update {words}", where=town.room())

    assert "(cut here; the record keeps all of it)" in town.read("Update by")
    async with town.bot.store.look() as unit:
        incident = await unit.incidents.get(1)
    assert incident
    assert incident.last_update
    assert incident.last_update.text == words.strip()
