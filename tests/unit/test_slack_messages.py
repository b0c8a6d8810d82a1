"""Every message is posted, edited, pinned or whispered once, whatever goes wrong on the way."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.effect import Delete, Edit, Effect, Invite, Pin, Post, Receipt, SetTopic, Whisper
from bot.domain.errors import Retry
from bot.domain.message import sentence
from bot.slack.place import PlaceGone
from tests.slack_effects import BOT, TROUBLES, SlackTown, open_slack_town

POST = Post(place="room/42", slot="incident/42/card", message=sentence("INC-42 is declared."))
EDIT = Edit(place="room/42", slot="incident/42/card")


@pytest.fixture
async def town() -> AsyncIterator[SlackTown]:
    async with open_slack_town() as town:
        yield town


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_message_is_posted_once_whatever_happens(town: SlackTown, kind: str) -> None:
    town.trouble(kind, "chat.postMessage")

    receipt = await town.relayed(POST)

    room = town.bound("room/42")["channel"]
    assert town.said(room) == ["INC-42 is declared."]
    (ts,) = [ts for ts, message in town.sandbox.workspace.timeline(room).messages.items() if message.user == BOT]
    assert receipt.binds == {"incident/42/card": {"channel": room, "ts": ts}}


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_lost_message_is_found_among_many_others(town: SlackTown, kind: str) -> None:
    for number in range(205):
        await town.sandbox.acting.message("ana", "alerts", f"chatter {number}")
    town.trouble("drop_after", "chat.postMessage")
    town.trouble(kind, "conversations.history")

    await town.relayed(POST)

    assert town.said(town.bound("room/42")["channel"]) == ["INC-42 is declared."]


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_reply_is_posted_once_and_in_its_thread(town: SlackTown, kind: str) -> None:
    await town.relayed(POST)
    town.trouble(kind, "chat.postMessage")
    reply = Post(place="room/42", slot="r", message=sentence("Reply."), thread="incident/42/card")

    await town.relayed(reply, key="k2")

    parent, found = town.bound("incident/42/card"), town.bound("r")
    assert town.said(parent["channel"]) == ["INC-42 is declared.", "Reply."]
    assert found["thread"] == parent["ts"]
    message = town.sandbox.workspace.message(found["channel"], found["ts"])
    assert message is not None
    assert message.thread_ts == parent["ts"]


async def test_two_effects_that_say_the_same_are_two_messages(town: SlackTown) -> None:
    await town.relayed(POST)
    town.trouble("drop_after", "chat.postMessage")

    await town.relayed(POST, key="k2")

    assert len(town.said(town.bound("room/42")["channel"])) == 2


async def test_a_post_without_content_is_rendered_when_it_is_sent(town: SlackTown) -> None:
    town.slots["due/1"] = sentence("Due now.")
    town.slots["due/2"] = None

    await town.relayed(Post(place="room/42", slot="due/1"))
    nothing = await town.relayed(Post(place="room/42", slot="due/2"), key="k2")

    assert town.said(town.bound("room/42")["channel"]) == ["Due now."]
    assert nothing == Receipt()


@pytest.mark.parametrize("kind", TROUBLES)
async def test_an_edit_brings_the_message_up_to_date(town: SlackTown, kind: str) -> None:
    await town.relayed(POST)
    town.slots["incident/42/card"] = sentence("INC-42 is acknowledged.")
    town.trouble(kind, "chat.update")

    await town.relayed(EDIT, key="k2")

    assert town.said(town.bound("room/42")["channel"]) == ["INC-42 is acknowledged."]


@pytest.mark.parametrize("kind", TROUBLES)
async def test_an_edit_of_a_message_somebody_deleted_posts_it_anew_once(town: SlackTown, kind: str) -> None:
    await town.relayed(POST)
    lost = town.bound("incident/42/card")
    await town.relayed(Delete(place="room/42", slot="incident/42/card"), key="k2")
    town.slots["incident/42/card"] = sentence("INC-42 is acknowledged.")
    town.trouble(kind, "chat.postMessage")

    await town.relayed(EDIT, key="k3")

    assert town.said(lost["channel"]) == ["INC-42 is acknowledged."]
    assert town.bound("incident/42/card")["ts"] != lost["ts"]


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_message_that_has_nothing_to_say_any_more_goes_away(town: SlackTown, kind: str) -> None:
    await town.relayed(POST)
    town.slots["incident/42/card"] = None
    town.trouble(kind, "chat.delete")

    await town.relayed(EDIT, key="k2")

    assert town.said(town.bound("room/42")["channel"]) == []


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_message_is_pinned_once(town: SlackTown, kind: str) -> None:
    await town.relayed(POST)
    town.trouble(kind, "pins.add")

    await town.relayed(Pin(slot="incident/42/card"), key="k2")
    await town.relayed(Pin(slot="incident/42/card"), key="k3")

    assert list(town.channel("alerts").pins) == [town.bound("incident/42/card")["ts"]]


@pytest.mark.parametrize("kind", ["drop_after", "internal_error_applied", "garbage_json", "drop_before", "ratelimited"])
async def test_a_whisper_is_never_shown_twice(town: SlackTown, kind: str) -> None:
    whisper = Whisper(channel=town.channel("general").id, user="U0ANA", message=sentence("Only you."))
    shown: list[Any] = []
    town.sandbox.desk.noticeboard.subscribe(lambda news: shown.append(news) if news.type == "ephemeral" else None)
    town.trouble(kind, "chat.postEphemeral")

    await town.relayed(whisper)

    assert len(shown) == (0 if kind == "drop_before" else 1)


async def test_a_whisper_where_the_bot_is_not_arrives_in_the_direct_conversation(town: SlackTown) -> None:
    private = town.sandbox.workspace.open_channel("secret", creator="U0ANA", kind="private", members=["U0ANA"])

    await town.relayed(Whisper(channel=private.id, user="U0ANA", message=sentence("Only you.")))

    direct = town.sandbox.workspace.direct([BOT, "U0ANA"])
    assert direct is not None
    assert town.said(direct.id) == ["Only you."]


@pytest.mark.parametrize(
    "effect",
    [POST, EDIT, SetTopic(incident=42), Invite(place="room/42", users=("U0ANA",))],
    ids=lambda each: type(each).__name__,
)
async def test_an_archived_room_is_told_apart_from_other_failures(town: SlackTown, effect: Effect) -> None:
    await town.relayed(POST)
    town.slots["incident/42/card"] = sentence("Changed.")
    town.channel("alerts").is_archived = True

    with pytest.raises(PlaceGone, match="archived"):
        await town.once(effect, key="k2")


async def test_a_rate_limit_holds_for_as_long_as_slack_says(town: SlackTown) -> None:
    town.trouble("ratelimited", "chat.postMessage")

    with pytest.raises(Retry) as limited:
        await town.once(POST)

    assert (limited.value.after, limited.value.throttled) == (7, True)


async def test_a_missing_scope_says_what_to_add(town: SlackTown) -> None:
    town.trouble("error:missing_scope", "chat.postMessage")

    with pytest.raises(
        Retry, match=r"chat.postMessage needs the scope .*: add it to the Slack app and install it again"
    ):
        await town.once(POST)
