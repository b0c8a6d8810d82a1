"""Every effect in Slack happens exactly once, whatever goes wrong on the way; Slack is the practice ground's."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.effect import (
    AddBookmark,
    Attempt,
    Delete,
    Edit,
    Effect,
    FindChannel,
    Invite,
    OpenDirect,
    OpenRoom,
    Pin,
    Post,
    Receipt,
    SetTopic,
    Whisper,
)
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.message import Message, sentence
from bot.domain.profile import SetProfile
from bot.slack.client import slack_session, web_client
from bot.slack.delivery import SlackDelivery
from bot.slack.identity import Identity
from bot.slack.place import PlaceGone
from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.server import Sandbox
from sandbox.slack.app import PLAIN_MANIFEST
from sandbox.slack.channel import Channel
from sandbox.slack.people import UserGroup

START = datetime(2026, 3, 9, 14, 2, tzinfo=UTC)
BOT = "U0OPSBOT"
TROUBLES = [
    "drop_before",
    "drop_after",
    "internal_error_applied",
    "internal_error_not_applied",
    "http_500",
    "http_503",
    "garbage_json",
    "ratelimited",
    "error:service_unavailable",
    "error:invalid_auth",
]
"""What may happen to a call; half of them after Slack did what it was asked."""


class Town:
    """The practice ground, and the bot's executors in it."""

    def __init__(self, sandbox: Sandbox, delivery: SlackDelivery, slots: dict[str, Message | None]) -> None:
        self.sandbox = sandbox
        self.slots = slots
        self.topic = "INC-42 · critical"
        self._executors = delivery.executors()
        self._bound: dict[str, dict[str, str]] = {}

    async def once(self, effect: Effect, *, key: str = "k1", look: bool = False) -> Receipt:
        """One attempt."""
        attempt = Attempt(key=key, serial=1, first_at=START, look=look, bound=self._bound)
        receipt = await self._executors[type(effect)](effect, attempt)
        self._bound |= receipt.binds
        return receipt

    async def relayed(self, effect: Effect, *, key: str = "k1") -> Receipt:
        """Attempts until it is done, as the relay does it; fails for an attempt that is one too many."""
        look = False
        for _ in range(3):
            try:
                return await self.once(effect, key=key, look=look)
            except Unsure:
                look = True
            except Retry:
                continue
        pytest.fail("It was not done in three attempts.")

    def bind(self, name: str, **ids: str) -> None:
        self._bound[name] = ids

    def bound(self, name: str) -> dict[str, str]:
        return self._bound[name]

    def trouble(self, kind: str, method: str, *, times: int = 1) -> None:
        self.sandbox.faults.add(Fault(name=f"{kind} {method}", kind=kind, method=method, times=times, retry_after=7))

    def channel(self, name: str) -> Channel:
        found = self.sandbox.workspace.named(name.lstrip("#"))
        assert found is not None
        return found

    def said(self, channel: str) -> list[str]:
        """What the bot said in a channel that is still there, in order."""
        timeline = self.sandbox.workspace.timeline(channel)
        return [
            message.text
            for ts, message in sorted(timeline.messages.items())
            if message.user == BOT and not message.subtype
        ]


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    sandbox = Sandbox(manifest=PLAIN_MANIFEST, clock=SandboxClock(start=START, ticking=False))
    await sandbox.start()
    session = slack_session(5)
    environment = sandbox.environment()
    client = web_client(environment["SLACK_BOT_TOKEN"], environment["OPSBOT_SLACK_API_URL"], session=session)
    slots: dict[str, Message | None] = {}

    async def message_of(slot: str) -> Message | None:
        return slots[slot]

    async def topic_of(incident: int) -> str:
        del incident
        return made.topic

    delivery = SlackDelivery(client, identity=Identity(client), message_of=message_of, topic_of=topic_of)
    made = Town(sandbox, delivery, slots)
    made.bind("room/42", channel=made.channel("alerts").id)
    yield made
    await session.close()
    await sandbox.stop()


POST = Post(place="room/42", slot="incident/42/card", message=sentence("INC-42 is declared."))
EDIT = Edit(place="room/42", slot="incident/42/card")


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_message_is_posted_once_whatever_happens(town: Town, kind: str) -> None:
    town.trouble(kind, "chat.postMessage")

    receipt = await town.relayed(POST)

    room = town.bound("room/42")["channel"]
    assert town.said(room) == ["INC-42 is declared."]
    (ts,) = [ts for ts, message in town.sandbox.workspace.timeline(room).messages.items() if message.user == BOT]
    assert receipt.binds == {"incident/42/card": {"channel": room, "ts": ts}}


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_lost_message_is_found_among_many_others(town: Town, kind: str) -> None:
    for number in range(205):
        await town.sandbox.acting.message("ana", "alerts", f"chatter {number}")
    town.trouble("drop_after", "chat.postMessage")
    town.trouble(kind, "conversations.history")

    await town.relayed(POST)

    assert town.said(town.bound("room/42")["channel"]) == ["INC-42 is declared."]


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_reply_is_posted_once_and_in_its_thread(town: Town, kind: str) -> None:
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


async def test_two_effects_that_say_the_same_are_two_messages(town: Town) -> None:
    await town.relayed(POST)
    town.trouble("drop_after", "chat.postMessage")

    await town.relayed(POST, key="k2")

    assert len(town.said(town.bound("room/42")["channel"])) == 2


async def test_a_post_without_content_is_rendered_when_it_is_sent(town: Town) -> None:
    town.slots["due/1"] = sentence("Due now.")
    town.slots["due/2"] = None

    await town.relayed(Post(place="room/42", slot="due/1"))
    nothing = await town.relayed(Post(place="room/42", slot="due/2"), key="k2")

    assert town.said(town.bound("room/42")["channel"]) == ["Due now."]
    assert nothing == Receipt()


@pytest.mark.parametrize("kind", TROUBLES)
async def test_an_edit_brings_the_message_up_to_date(town: Town, kind: str) -> None:
    await town.relayed(POST)
    town.slots["incident/42/card"] = sentence("INC-42 is acknowledged.")
    town.trouble(kind, "chat.update")

    await town.relayed(EDIT, key="k2")

    assert town.said(town.bound("room/42")["channel"]) == ["INC-42 is acknowledged."]


@pytest.mark.parametrize("kind", TROUBLES)
async def test_an_edit_of_a_message_somebody_deleted_posts_it_anew_once(town: Town, kind: str) -> None:
    await town.relayed(POST)
    lost = town.bound("incident/42/card")
    await town.relayed(Delete(place="room/42", slot="incident/42/card"), key="k2")
    town.slots["incident/42/card"] = sentence("INC-42 is acknowledged.")
    town.trouble(kind, "chat.postMessage")

    await town.relayed(EDIT, key="k3")

    assert town.said(lost["channel"]) == ["INC-42 is acknowledged."]
    assert town.bound("incident/42/card")["ts"] != lost["ts"]


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_message_that_has_nothing_to_say_any_more_goes_away(town: Town, kind: str) -> None:
    await town.relayed(POST)
    town.slots["incident/42/card"] = None
    town.trouble(kind, "chat.delete")

    await town.relayed(EDIT, key="k2")

    assert town.said(town.bound("room/42")["channel"]) == []


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_message_is_pinned_once(town: Town, kind: str) -> None:
    await town.relayed(POST)
    town.trouble(kind, "pins.add")

    await town.relayed(Pin(slot="incident/42/card"), key="k2")
    await town.relayed(Pin(slot="incident/42/card"), key="k3")

    assert list(town.channel("alerts").pins) == [town.bound("incident/42/card")["ts"]]


@pytest.mark.parametrize("kind", ["drop_after", "internal_error_applied", "garbage_json", "drop_before", "ratelimited"])
async def test_a_whisper_is_never_shown_twice(town: Town, kind: str) -> None:
    whisper = Whisper(channel=town.channel("general").id, user="U0ANA", message=sentence("Only you."))
    shown: list[Any] = []
    town.sandbox.desk.noticeboard.subscribe(lambda news: shown.append(news) if news.type == "ephemeral" else None)
    town.trouble(kind, "chat.postEphemeral")

    await town.relayed(whisper)

    assert len(shown) == (0 if kind == "drop_before" else 1)


async def test_a_whisper_where_the_bot_is_not_arrives_in_the_direct_conversation(town: Town) -> None:
    private = town.sandbox.workspace.open_channel("secret", creator="U0ANA", kind="private", members=["U0ANA"])

    await town.relayed(Whisper(channel=private.id, user="U0ANA", message=sentence("Only you.")))

    direct = town.sandbox.workspace.direct([BOT, "U0ANA"])
    assert direct is not None
    assert town.said(direct.id) == ["Only you."]


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_room_is_opened_once_whatever_happens(town: Town, kind: str) -> None:
    town.trouble(kind, "conversations.create")

    receipt = await town.relayed(OpenRoom(incident=7, name="inc-7-checkout", private=False))

    rooms = [channel for channel in town.sandbox.workspace.channels if channel.name.startswith("inc-7")]
    assert [room.name for room in rooms] == ["inc-7-checkout"]
    assert receipt.binds == {"room/7": {"channel": rooms[0].id}}
    assert receipt.facts == {"channel": rooms[0].id, "name": "inc-7-checkout"}


@pytest.mark.parametrize("holder", ["somebody", "the bot, long ago", "an archived channel"])
async def test_a_name_that_is_taken_gets_a_number(town: Town, holder: str) -> None:
    by = "U0ANA" if holder == "somebody" else BOT
    taken = town.sandbox.workspace.open_channel("inc-7", creator=by, kind="public", members=["U0ANA", BOT])
    taken.created -= 3600
    taken.is_archived = holder == "an archived channel"
    town.trouble("drop_after", "conversations.create", times=1)

    receipt = await town.relayed(OpenRoom(incident=7, name="inc-7", private=True))

    assert receipt.facts["name"] == "inc-7-2"
    assert town.channel("inc-7-2").kind == "private"


async def test_a_channel_is_found_by_name_and_by_id_among_those_the_bot_is_in(town: Town) -> None:
    for number in range(230):
        town.sandbox.workspace.open_channel(f"other-{number}", creator="U0ANA", kind="public", members=[BOT])
    late = town.sandbox.workspace.open_channel("late", creator="U0ANA", kind="private", members=["U0ANA", BOT])

    await town.relayed(FindChannel(name="#late"))
    await town.relayed(FindChannel(name=late.id))

    assert town.bound("channel/#late") == town.bound(f"channel/{late.id}") == {"channel": late.id}


@pytest.mark.parametrize("by_id", [False, True])
async def test_a_channel_without_the_bot_waits_for_an_invitation(town: Town, *, by_id: bool) -> None:
    found = town.sandbox.workspace.open_channel("leads", creator="U0ANA", kind="private", members=["U0ANA"])
    effect = FindChannel(name=found.id if by_id else "#leads")

    with pytest.raises(Retry, match="invite it there with /invite @opsbot") as waiting:
        await town.once(effect)
    await town.sandbox.acting.invite("ana", "leads", BOT)
    await town.once(effect)

    assert waiting.value.after == 60


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_direct_conversation_is_opened(town: Town, kind: str) -> None:
    town.trouble(kind, "conversations.open")

    await town.relayed(OpenDirect(user="U0ANA"))

    direct = town.sandbox.workspace.direct([BOT, "U0ANA"])
    assert direct is not None
    assert town.bound("dm/U0ANA") == {"channel": direct.id}


async def test_nobody_writes_to_somebody_unknown(town: Town) -> None:
    with pytest.raises(GiveUp, match="U0NOBODY cannot be written to"):
        await town.once(OpenDirect(user="U0NOBODY"))


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_topic_is_set_and_cannot_mention(town: Town, kind: str) -> None:
    town.topic = "INC-42 <!channel> " + "x" * 300
    town.trouble(kind, "conversations.setTopic")

    await town.relayed(SetTopic(incident=42))

    topic = town.channel("alerts").topic["value"]
    assert topic.startswith("INC-42 &lt;!channel&gt; x")
    assert topic.endswith("…")
    assert len(topic) == 250


@pytest.mark.parametrize("kind", TROUBLES)
async def test_people_and_groups_are_invited_whoever_else_cannot_be(town: Town, kind: str) -> None:
    town.sandbox.workspace.groups.put(
        "S0LEADS", UserGroup(id="S0LEADS", name="Leads", handle="leads", users=["U0CHO", "U0DEE"])
    )
    room = town.sandbox.workspace.open_channel("inc-9", creator=BOT, kind="private", members=[BOT, "U0ANA"])
    town.bind("room/9", channel=room.id)
    town.trouble(kind, "conversations.invite")

    receipt = await town.relayed(Invite(place="room/9", users=("U0ANA", "U0BEN", "U0NOBODY", "S0LEADS", "S0GONE", BOT)))

    assert set(town.channel("inc-9").members) == {BOT, "U0ANA", "U0BEN", "U0CHO", "U0DEE"}
    assert receipt.facts == {"left_out": "S0GONE (no_such_subteam), U0NOBODY (user_not_found)"}


async def test_inviting_those_who_are_in_already_is_done(town: Town) -> None:
    receipt = await town.relayed(Invite(place="room/42", users=("U0ANA",)))

    assert receipt.facts == {"left_out": ""}


@pytest.mark.parametrize("kind", TROUBLES)
async def test_a_bookmark_is_added_once(town: Town, kind: str) -> None:
    town.trouble(kind, "bookmarks.add")

    await town.relayed(AddBookmark(place="room/42", title="Bridge", url="https://meet.example.com/42"))

    assert [each["title"] for each in town.channel("alerts").bookmarks] == ["Bridge"]


async def test_a_profile_says_who_may_act(town: Town) -> None:
    guest = town.sandbox.workspace.users["U0BEN"]
    guest.is_restricted = True

    full = await town.relayed(SetProfile(user="U0ANA"))
    restricted = await town.relayed(SetProfile(user="U0BEN"))
    unknown = await town.relayed(SetProfile(user="U0NOBODY"))

    assert full.facts["email"] == "ana@example.com"
    assert [each.facts["standing"] for each in (full, restricted, unknown)] == ["full", "guest", "stranger"]


@pytest.mark.parametrize(
    "effect",
    [POST, EDIT, SetTopic(incident=42), Invite(place="room/42", users=("U0ANA",))],
    ids=lambda each: type(each).__name__,
)
async def test_an_archived_room_is_told_apart_from_other_failures(town: Town, effect: Effect) -> None:
    await town.relayed(POST)
    town.slots["incident/42/card"] = sentence("Changed.")
    town.channel("alerts").is_archived = True

    with pytest.raises(PlaceGone, match="archived"):
        await town.once(effect, key="k2")


async def test_a_rate_limit_holds_for_as_long_as_slack_says(town: Town) -> None:
    town.trouble("ratelimited", "chat.postMessage")

    with pytest.raises(Retry) as limited:
        await town.once(POST)

    assert (limited.value.after, limited.value.throttled) == (7, True)


async def test_a_missing_scope_says_what_to_add(town: Town) -> None:
    town.trouble("error:missing_scope", "chat.postMessage")

    with pytest.raises(
        Retry, match=r"chat.postMessage needs the scope .*: add it to the Slack app and install it again"
    ):
        await town.once(POST)
