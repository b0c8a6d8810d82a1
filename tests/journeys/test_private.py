"""A private incident leaks nowhere: not by asking, not by what is sent, not by what is logged."""

import json
import logging
import re
from collections.abc import Awaitable, Callable

import pytest

from tests.as_seen import words_of
from tests.town import Town

TITLE = "Credentials exfiltrated from vault"
SECRETS = re.compile(r"credentials|exfiltrat\w*|vault", re.IGNORECASE)
ENTITLED = {"ana", "dee"}
"""Who declared it, and the security team; dee is also the on-call lead."""


async def _declare(town: Town) -> None:
    await town.slash("/incident declare", by="ana")
    answers = {"What is wrong?": TITLE, "How bad is it?": "Critical"}
    await town.fill({**answers, "Is it confidential?": ("Private: only those who are invited see it",)}, by="ana")


def _leaks(town: Town) -> list[str]:
    """Every text that left the bot with a word of the title in it, but to the room and to entitled people."""
    return [*_said_in_slack(town), *_said_to_pagerduty(town)]


def _said_to_pagerduty(town: Town) -> list[str]:
    pages = (*town.ground.pagerduty.incidents, *town.ground.pagerduty.alerts)
    return [str(page) for page in pages if SECRETS.search(str(page))]


def _said_in_slack(town: Town) -> list[str]:
    workspace = town.ground.workspace
    ids = {town.id_of(name) for name in ENTITLED} | {town.ground.app.bot_user}
    found = []
    for channel in workspace.channels:
        if channel.kind == "private" or (channel.is_direct and set(channel.members) <= ids):
            continue
        for message in workspace.timeline(channel.id).messages.values():
            if message.subtype == "channel_name":
                continue  # Slack's own words about the name that the room had
            shown = json.dumps(message.shown(team=workspace.team, app=town.ground.app.id))
            found += [f"{channel.name}: {shown}"] if SECRETS.search(shown) else []
        found += [f"name of {channel.name}"] if SECRETS.search(channel.name) else []
        found += [f"topic of {channel.name}"] if SECRETS.search(str(channel.topic["value"])) else []
    for user in workspace.users:
        if user.id not in ids:
            found += [f"to {user.name}: {text}" for text in town.all_whispered(user.name) if SECRETS.search(text)]
    return found


async def _life(town: Town) -> None:
    """Everything that can happen to it, with every word of the title said again on the way."""
    room = town.room()
    await town.slash(f"/incident update {TITLE}: we rotate them", where=room)
    await town.slash("/incident severity high Fewer than we thought", where=room)
    await town.slash("/incident severity critical More than we thought", where=room)
    await town.slash("/incident page cto The vault is open", where=room)
    await town.slash("/incident note The vault was open since noon", where=room)
    await town.slash("/incident task Change the locks of the vault @dee by tomorrow", where=room)
    await town.pass_time(minutes=70)
    await town.slash("/incident escalate", where=room)
    await town.slash("/incident mitigated", where=room)
    await town.slash("/incident resolve The vault is shut", where=room)
    await town.slash("/incident reopen The vault is open again", where=room)
    await town.slash("/incident resolve The vault is shut for good", where=room)
    await town.slash("/incident report now", where=room)
    await town.pass_time(minutes=60 * 30)
    await town.slash("/incident close", where=room)
    await town.pass_time(minutes=5)


async def test_no_word_of_it_is_said_to_anybody_who_is_not_entitled(
    town: Town, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    await _declare(town)
    await _life(town)

    assert _leaks(town) == []
    assert not SECRETS.search(caplog.text)
    out, err = capfd.readouterr()
    assert not SECRETS.search(out + err)
    assert town.texts("critical-incidents") == []
    assert any(TITLE in text for text in town.directs("dee"))


ASKED: dict[str, Callable[[Town], Awaitable[str]]] = {
    "status": lambda town: town.slash("/incident status INC-1", by="gus"),
    "timeline": lambda town: town.slash("/incident timeline INC-1", by="gus"),
    "update": lambda town: town.slash("/incident update INC-1 hello", by="gus"),
    "role": lambda town: town.slash("/incident role INC-1 scribe", by="gus"),
    "merge": lambda town: town.slash("/incident merge INC-1 into INC-2", by="gus"),
    "reopen": lambda town: town.slash("/incident reopen INC-1", by="gus"),
    "invite": lambda town: town.slash("/incident invite INC-1 @gus", by="gus"),
}


@pytest.mark.parametrize("verb", ASKED)
async def test_who_is_not_entitled_learns_nothing_by_asking(town: Town, verb: str) -> None:
    await _declare(town)

    assert "There is no INC-1" in await ASKED[verb](town)
    assert "No incident is open" in await town.slash("/incident list", by="gus")
    assert "No incident is open" in await town.slash("/incident update", by="gus")
    assert TITLE in await town.slash("/incident status INC-1", by="ana")


async def test_something_like_it_can_be_declared_without_learning_of_it(town: Town) -> None:
    await _declare(town)
    await town.slash(f"/incident declare critical {TITLE}", by="gus")

    assert town.count("This looks like", town.room(2)) == 0


async def test_whoever_it_escalates_to_learns_that_there_is_one_and_can_take_it(town: Town) -> None:
    await _declare(town)
    await town.pass_time(minutes=16)

    told = town.directs("gus")[-1]
    assert "INC-1, a private incident" in told
    assert not SECRETS.search(told)

    await town.press("Take command", by="gus", where=town.direct("gus"))
    assert "gus" in town.members()
    assert TITLE in await town.slash("/incident status INC-1", by="gus")


async def test_members_are_managed(town: Town) -> None:
    await _declare(town)
    room = town.room()

    assert "<@U0ELI>" in await town.slash("/incident invite @eli", where=room)
    assert "eli" in town.members()
    assert TITLE in await town.slash("/incident status INC-1", by="eli")

    assert "Removed." in await town.slash("/incident remove @eli", where=room)
    assert "eli" not in town.members()
    assert "There is no INC-1" in await town.slash("/incident status INC-1", by="eli")
    assert "They are not with INC-1" in await town.slash("/incident remove @eli", where=room)


async def test_a_task_goes_only_to_who_knows_of_it_and_its_reminder_too(town: Town) -> None:
    await _declare(town)
    room = town.room()
    assert "let them in first" in await town.slash("/incident task Change the locks @eli by tomorrow", where=room)

    await town.slash("/incident invite @eli", where=room)
    await town.slash("/incident task Change the locks @eli by tomorrow", where=room)
    await town.slash("/incident remove @eli", where=room)
    before = town.directs("eli")
    await town.pass_time(minutes=60 * 30)

    assert town.directs("eli") == before
    assert any("Change the locks" in text for text in town.directs("ana"))


async def test_who_has_a_role_is_not_removed(town: Town) -> None:
    await _declare(town)
    await town.press("Take command", by="dee")

    assert "They are commander of INC-1" in await town.slash("/incident remove @dee", where=town.room())


async def test_where_it_was_said_to_look_like_another_that_was_reopened_nothing_is_left(town: Town) -> None:
    await town.slash("/incident declare critical Checkout is failing", by="ana")
    await town.slash("/incident resolve INC-1 Restarted", by="ana")
    await town.slash("/incident reopen INC-1", by="ana")
    await town.slash("/incident declare critical Checkout fails", by="ana")
    assert town.count("Checkout fails", town.room(1)) == 1

    await town.slash("/incident private INC-2 now", by="ana")
    assert town.count("Checkout fails", town.room(1)) == 0


async def test_a_public_incident_becomes_private_after_a_question(town: Town) -> None:
    await town.slash(f"/incident declare critical {TITLE}", by="ana")
    await town.press("Take command", by="ana")
    await town.slash(f"/incident update INC-1 {TITLE}", by="ana")
    former = town.ground.workspace.channel(town.room())
    assert former
    assert TITLE in town.texts("critical-incidents")[0]
    assert TITLE in town.directs("cho")[0]
    await town.slash("/incident meeting tomorrow at 10:00 INC-1", where=former.id, by="ana")
    assert [file for file in town.ground.workspace.files if former.id in file.channels]

    await town.slash("/incident private INC-1", by="ana")
    assert "only those who are invited see it" in words_of(town.form("ana"))
    assert await town.fill({}, by="ana") == {}
    await town.pass_time(minutes=2)

    assert town.texts("critical-incidents") == ["INC-1 is being handled in private."]
    assert town.directs("cho") == []
    assert any(TITLE in text for text in town.directs("dee"))
    room = town.ground.workspace.channel(town.room())
    assert room
    assert room.kind == "private"
    assert room.id != former.id
    assert town.members() == {"ana", "dee"}
    assert "INC-1 is private from now on, says <@U0ANA>." in town.read("is private from now on")
    assert former.is_archived
    assert [text for text in town.texts(former.name) if SECRETS.search(text)] == []
    assert "This goes on in private" in town.texts(former.name)[-1]
    assert [file.name for file in town.ground.workspace.files if former.id in file.channels] == []

    await town.slash("/incident update Nothing new of the vault", where=town.room(), by="ana")
    assert _said_in_slack(town) == []
    assert await town.slash("/incident private INC-1", by="ana") == "INC-1 is private already."


async def test_a_private_one_and_a_public_one_are_not_merged(town: Town) -> None:
    await _declare(town)
    await town.slash("/incident declare critical Logins fail", by="ana")

    assert "must not show in the other" in await town.slash("/incident merge INC-1 into INC-2", by="ana")
