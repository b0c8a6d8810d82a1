"""Only full members of the workspace act, and about a private incident only those who may know of it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.profile import Standing
from sandbox.payload import JsonObject
from sandbox.slack.people import User
from tests.town import Town

OUTSIDERS: dict[str, tuple[User, str]] = {
    "a guest": (User(id="U0MAX", name="max", real_name="Max", is_restricted=True), "Guests of this workspace"),
    "a guest of one channel": (
        User(id="U0MAX", name="max", real_name="Max", is_ultra_restricted=True),
        "Guests of this workspace",
    ),
    "somebody of another workspace": (
        User(id="U0MAX", name="max", real_name="Max", home_team="T0OTHER"),
        "Opsbot answers only members of its own workspace",
    ),
}


def come(town: Town, user: User, *places: str) -> None:
    """Somebody is in the workspace, and in these channels."""
    town.ground.workspace.users.put(user.id, user)
    for name in places:
        channel = town.ground.workspace.channel(name)
        assert channel
        channel.members.append(user.id)
        town.ground.workspace.put_channel(channel)


@pytest.fixture(params=OUTSIDERS)
def outsider(request: pytest.FixtureRequest) -> tuple[User, str]:
    """Somebody who is no full member, and the beginning of what they are told."""
    user, why = OUTSIDERS[request.param]
    return User(**vars(user)), why


async def test_outsiders_do_nothing_by_command_mention_or_shortcut(town: Town, outsider: tuple[User, str]) -> None:
    user, why = outsider
    come(town, user, "general")

    assert why in await town.slash("/incident declare critical API is down", by="max")
    assert why in await town.slash("/incident help", by="max")
    assert why in await town.slash("/ops doctor", by="max")
    await town.say("@opsbot declare critical API is down", by="max")
    assert why in town.whispered("max")
    assert why in await town.say_to_bot("declare critical API is down", by="max")
    await town.ground.acting.shortcut("max", "declare")
    await town.settle()
    assert why in town.directs("max")[-1]
    assert not town.has_form("max")
    assert not [each for each in town.ground.workspace.channels if each.name.startswith("inc-")]


async def test_outsiders_press_and_send_nothing(town: Town, outsider: tuple[User, str]) -> None:
    user, why = outsider
    await town.slash("/incident declare critical API is down")
    come(town, user, town.room())

    await town.press("Take command", by="max")
    assert why in town.whispered("max")
    await town.press("Post update", by="max")
    assert not town.has_form("max")
    view = await sent(town, by="max", form="severity", subject="1")
    assert why in str(view)
    assert "No commander yet" in town.texts()[0]


@pytest.mark.parametrize(("visitor", "why"), [("hal", "Guests of this"), ("ivy", "members of its own workspace")])
async def test_the_visitors_of_the_practice_ground_are_refused_in_the_channel_they_share(
    town: Town, visitor: str, why: str
) -> None:
    assert why in await town.slash("/incident list", by=visitor, where="support")
    await town.say("@opsbot list", by=visitor, where="support")
    assert why in town.whispered(visitor)


async def test_a_guest_sees_nothing_on_home(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    come(town, User(**vars(OUTSIDERS["a guest"][0])), "general")

    await town.ground.acting.open_home("max")
    await town.settle()
    home = str(town.ground.desk.views.home("U0MAX"))
    assert "Guests of this workspace" in home
    assert "API is down" not in home


async def test_a_full_member_whom_nobody_knows_acts_at_first_sight(town: Town) -> None:
    come(town, User(id="U0NEW", name="new", real_name="New"), "general")

    assert "Declared INC-1" in await town.slash("/incident declare critical API is down", by="new")


async def test_when_slack_does_not_tell_who_is_new_they_are_asked_to_try_again(town: Town) -> None:
    come(town, User(id="U0NEW", name="new", real_name="New"), "general")
    town.breaks("http_500", "users.info", times=None)

    assert "try again in a moment" in await town.slash("/incident declare critical API is down", by="new")
    assert "Declared INC-1" in await town.slash("/incident declare critical API is down", by="ana")

    town.heals()
    await town.pass_time(minutes=2)
    assert "Declared INC-2" in await town.slash("/incident declare critical API is slow", by="new")


async def test_who_is_in_no_file_and_becomes_a_guest_does_not_act_once_more(town: Town) -> None:
    new = User(id="U0NEW", name="new", real_name="New")
    come(town, new, "general")
    await town.slash("/incident declare critical API is down", by="new")
    new.is_restricted = True

    await town.pass_time(minutes=6)
    assert "Guests of this workspace" in await town.slash("/incident resolve INC-1 Nothing", by="new")


async def test_who_becomes_a_guest_is_refused_after_a_few_minutes(town: Town) -> None:
    await town.slash("/incident declare critical API is down", by="eli")
    eli = town.ground.workspace.user("eli")
    assert eli
    eli.is_restricted = True

    await town.pass_time(minutes=6)
    await town.slash("/incident list", by="eli")
    assert "Guests of this workspace" in await town.slash("/incident list", by="eli")
    async with town.bot.store.look() as unit:
        seen = await unit.people.find("U0ELI")
    assert seen
    assert seen.standing is Standing.GUEST


async def test_who_was_not_seen_for_days_is_looked_up_before_they_act(town: Town) -> None:
    await town.slash("/incident list", by="eli")
    eli = town.ground.workspace.user("eli")
    assert eli
    eli.is_restricted = True

    town.ground.clock.advance(timedelta(days=3).total_seconds())
    assert "Guests of this workspace" in await town.slash("/incident declare critical API is down", by="eli")


async def test_who_may_not_know_of_a_private_incident_presses_and_sends_nothing(town: Town) -> None:
    await declare_in_private(town)
    before = town.texts()
    for action, value in PRESSES.items():
        await pressed(town, action, value, by="gus")
        assert "There is no INC-1" in town.whispered("gus"), action
        assert not town.has_form("gus"), action
    assert "There is no INC-1" in str(await sent(town, by="gus", form="severity", subject="1"))
    assert town.texts() == before


async def test_a_button_of_another_incident_does_nothing_in_a_room(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.slash("/incident declare critical Payments fail")

    await pressed(town, "take-role", "2/commander/-", by="ana", where=town.room(1))
    assert "does not belong to INC-1" in town.whispered("ana")
    assert "No commander yet" in town.texts(town.room(2))[0]


async def test_a_button_that_was_whispered_in_another_room_works(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.slash("/incident declare critical Payments fail")
    await town.say("@opsbot update INC-2", where=await room_of(town, 1))
    await town.press("Post update", where=town.room(1), near="Press to fill in")

    assert "INC-2" in str(town.form())


FORMS: dict[str, Callable[[Town], Awaitable[str]]] = {
    "severity": lambda town: town.slash("/incident severity INC-1"),
    "update": lambda town: town.slash("/incident update INC-1"),
    "resolve": lambda town: town.slash("/incident resolve INC-1"),
    "page": lambda town: town.slash("/incident page INC-1"),
    "merge": lambda town: town.slash("/incident merge INC-1"),
}


@pytest.mark.parametrize("form", FORMS)
async def test_what_makes_no_sense_once_it_is_over_is_not_asked(town: Town, form: str) -> None:
    await town.slash("/incident declare critical API is down")
    await town.slash("/incident resolve INC-1 Restarted")
    await town.slash("/incident declare low The logo is grey")

    refused = await FORMS[form](town)
    assert refused.startswith("INC-1 was resolved by <@U0ANA>, ")
    assert refused.endswith("; reopen it first: /incident reopen INC-1.")
    assert not town.has_form()


async def test_a_report_is_not_asked_before_it_is_over(town: Town) -> None:
    await town.slash("/incident declare critical API is down")

    assert "INC-1 is not over, it is declared; resolve it first" in await town.slash("/incident report INC-1")
    assert not town.has_form()


async def declare_in_private(town: Town) -> None:
    await town.slash("/incident declare", by="ana")
    answers = {"What is wrong?": "Keys were stolen", "How bad is it?": "Critical"}
    await town.fill({**answers, "Is it confidential?": ("Private: only those who are invited see it",)}, by="ana")


PRESSES = {
    "acknowledge": "1",
    "take-role": "1/commander/-",
    "post-update": "1",
    "change-severity": "1",
    "page": "1",
    "members": "1",
    "resolve": "1",
    "mitigated": "1",
    "step-done": "1/assess/1",
    "step-answer": "1/assess/1",
    "next-phase": "1/1",
    "merge": "1/1",
    "escalate": "1/0",
    "make-private": "1",
    "task": "1",
    "note": "1",
}
"""Presses about INC-1."""


async def pressed(town: Town, action: str, value: str, *, by: str, where: str = "general") -> None:
    """A press on a button that Slack vouches for, whatever its value; where it was shown there is none such."""
    channel = town.ground.workspace.channel(where)
    assert channel
    parts: JsonObject = {
        "container": {"type": "message", "message_ts": "1.1", "channel_id": channel.id},
        "channel": {"id": channel.id, "name": channel.name},
        "trigger_id": town.ground.desk.triggers.issue(town.id_of(by)),
        "actions": [{"type": "button", "action_id": action, "value": value, "block_id": "b", "action_ts": "1.1"}],
    }
    acting = town.ground.acting
    ack = await acting.interact("block_actions", acting.person(by), parts)
    assert ack.ok
    await town.settle()


async def sent(town: Town, *, by: str, form: str, subject: str) -> JsonObject:
    """A form that somebody sends who was never asked; what is answered to it."""
    block = {"type": "input", "block_id": "severity", "element": {"type": "plain_text_input", "action_id": "severity"}}
    view = {
        "id": "V0FORGED",
        "type": "modal",
        "callback_id": form,
        "private_metadata": subject,
        "blocks": [block],
        "state": {"values": {"severity": {"severity": {"type": "plain_text_input", "value": "low"}}}},
    }
    acting = town.ground.acting
    trigger = town.ground.desk.triggers.issue(town.id_of(by))
    ack = await acting.interact("view_submission", acting.person(by), {"view": view, "trigger_id": trigger})
    assert ack.ok
    await town.settle()
    return ack.payload


async def room_of(town: Town, number: int) -> str:
    """The room, in which Ana is."""
    await town.join("ana", town.room(number))
    return town.room(number)
