"""conversations.*: names, membership, topics, lists and history."""

import pytest

from sandbox.slack.people import User
from tests.slack_on_loopback import ANA, BEN, BOT, SlackOnLoopback, error_of, refusal


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("---", "invalid_name_punctuation"),
        ("War room", "invalid_name_specials"),
        ("WARROOM", "invalid_name_specials"),
        ("general", "name_taken"),
    ],
)
async def test_a_name_must_be_fit_and_free(slack: SlackOnLoopback, name: str, error: str) -> None:
    assert await error_of(slack.client.conversations_create(name=name)) == error


async def test_an_archived_channel_keeps_its_name(slack: SlackOnLoopback) -> None:
    room = await slack.room()
    await slack.client.conversations_archive(channel=room)
    assert await error_of(slack.client.conversations_create(name="war-room")) == "name_taken"


async def test_a_renamed_channel_gives_its_name_free(slack: SlackOnLoopback) -> None:
    room = await slack.room("one")
    await slack.client.conversations_rename(channel=room, name="two")
    await slack.client.conversations_create(name="one")
    assert await error_of(slack.client.conversations_create(name="two")) == "name_taken"
    assert slack.events("channel_rename")[0]["channel"]["name"] == "two"


async def test_only_its_creator_renames_a_channel(slack: SlackOnLoopback) -> None:
    theirs = slack.channel_of_people("theirs").id
    await slack.client.conversations_join(channel=theirs)
    assert await error_of(slack.client.conversations_rename(channel=theirs, name="ours")) == "not_authorized"


async def test_creating_a_channel_is_heard_of_and_joins_the_bot(slack: SlackOnLoopback) -> None:
    room = await slack.room()
    assert slack.events("channel_created")[0]["channel"]["id"] == room
    joined = slack.events("member_joined_channel")[0]
    assert (joined["user"], joined["channel"], joined["channel_type"]) == (BOT, room, "C")
    assert slack.events("message")[0]["subtype"] == "channel_join"


async def test_a_private_channel_is_born_in_silence(slack: SlackOnLoopback) -> None:
    room = await slack.room(is_private=True)
    assert slack.events("channel_created") == []
    assert (await slack.client.conversations_info(channel=room))["channel"]["is_private"]


async def test_people_are_invited_together_or_not_at_all(slack: SlackOnLoopback) -> None:
    room = await slack.room()
    error = await refusal(slack.client.conversations_invite(channel=room, users=[ANA, "U0NOBODY"]))
    assert error.response["errors"] == [{"user": "U0NOBODY", "ok": False, "error": "user_not_found"}]
    assert slack.workspace.channels[room].members == [BOT]

    await slack.client.conversations_invite(channel=room, users=[ANA, "U0NOBODY"], force=True)
    assert slack.workspace.channels[room].members == [BOT, ANA]
    assert slack.events("member_joined_channel")[-1]["inviter"] == BOT


@pytest.mark.parametrize(
    ("user", "error"), [(BOT, "cant_invite_self"), (ANA, "already_in_channel"), ("U0NOBODY", "user_not_found")]
)
async def test_an_invitation_that_cannot_be(slack: SlackOnLoopback, user: str, error: str) -> None:
    room = await slack.room()
    await slack.client.conversations_invite(channel=room, users=[ANA])
    assert await error_of(slack.client.conversations_invite(channel=room, users=[user])) == error


async def test_only_a_member_invites(slack: SlackOnLoopback) -> None:
    theirs = slack.channel_of_people("theirs").id
    assert await error_of(slack.client.conversations_invite(channel=theirs, users=[BEN])) == "not_in_channel"


async def test_joining_leaving_and_removing_leave_traces(slack: SlackOnLoopback) -> None:
    theirs = slack.channel_of_people("theirs").id
    await slack.client.conversations_join(channel=theirs)
    assert (await slack.client.conversations_join(channel=theirs))["warning"] == "already_in_channel"
    await slack.client.conversations_kick(channel=theirs, user=ANA)
    await slack.client.conversations_leave(channel=theirs)
    assert [event["user"] for event in slack.events("member_left_channel")] == [ANA, BOT]
    assert (await slack.client.conversations_leave(channel=theirs))["not_in_channel"]


async def test_nobody_is_removed_from_general(slack: SlackOnLoopback) -> None:
    general = slack.general.id
    await slack.client.conversations_join(channel=general)
    assert await error_of(slack.client.conversations_kick(channel=general, user=ANA)) == "cant_kick_from_general"
    assert await error_of(slack.client.conversations_archive(channel=general)) == "cant_archive_general"


async def test_a_topic_is_said_in_the_channel_once(slack: SlackOnLoopback) -> None:
    room = await slack.room()
    for _ in range(2):
        await slack.client.conversations_setTopic(channel=room, topic="Critical: API down")
    said = [event for event in slack.events("message") if event.get("subtype") == "channel_topic"]
    assert [event["topic"] for event in said] == ["Critical: API down"]
    await slack.client.conversations_setTopic(channel=room, topic="")
    assert (await slack.client.conversations_info(channel=room))["channel"]["topic"]["value"] == ""


async def test_a_topic_has_250_characters(slack: SlackOnLoopback) -> None:
    room = await slack.room()
    await slack.client.conversations_setTopic(channel=room, topic="x" * 250)
    assert await error_of(slack.client.conversations_setTopic(channel=room, topic="x" * 251)) == "too_long"
    assert await error_of(slack.client.conversations_setPurpose(channel=room, purpose="x" * 251)) == "too_long"


async def test_a_bot_archives_and_cannot_take_it_back(slack: SlackOnLoopback) -> None:
    room = await slack.room()
    await slack.client.conversations_archive(channel=room)
    assert slack.events("channel_archive")[0]["channel"] == room
    assert await error_of(slack.client.conversations_archive(channel=room)) == "already_archived"
    assert await error_of(slack.client.conversations_setTopic(channel=room, topic="x")) == "is_archived"
    assert await error_of(slack.client.conversations_unarchive(channel=room)) == "channel_not_found"


async def test_channels_are_listed_in_pages(slack: SlackOnLoopback) -> None:
    for number in range(5):
        await slack.room(f"room-{number}")
    slack.channel_of_people("secret", is_private=True)
    names: list[str] = []
    async for page in await slack.client.conversations_list(limit=2, types="public_channel,private_channel"):
        names += [channel["name"] for channel in page["channels"]]
    assert names == ["general", *(f"room-{number}" for number in range(5))]


async def test_what_a_person_is_in_is_listed_for_the_bot(slack: SlackOnLoopback) -> None:
    room = await slack.room()
    assert [channel["id"] for channel in (await slack.client.users_conversations())["channels"]] == [room]
    theirs = await slack.client.users_conversations(user=ANA)
    assert [channel["name"] for channel in theirs["channels"]] == ["general"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"types": "public_channel,nonsense"}, "invalid_types"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"cursor": "é"}, "invalid_cursor"),
        ({"limit": "many"}, "invalid_limit"),
        ({"limit": "1001"}, "invalid_limit"),
    ],
)
async def test_a_list_that_cannot_be(slack: SlackOnLoopback, arguments: dict[str, str], error: str) -> None:
    assert (await slack.raw("conversations.list", query=arguments))["error"] == error


class TestHistory:
    @pytest.fixture
    async def room(self, slack: SlackOnLoopback) -> str:
        """A channel in which 0 to 9 were said after somebody joined."""
        room = await slack.room()
        for number in range(10):
            metadata = {"event_type": "opsbot", "event_payload": {"key": str(number)}}
            await slack.client.chat_postMessage(channel=room, text=str(number), metadata=metadata)
        return room

    async def test_the_newest_comes_first_and_pages_hold_while_people_talk(
        self, slack: SlackOnLoopback, room: str
    ) -> None:
        first = await slack.client.conversations_history(channel=room, limit=4)
        slack.says(ANA, room, "meanwhile")
        cursor = first["response_metadata"]["next_cursor"]
        second = await slack.client.conversations_history(channel=room, limit=4, cursor=cursor)
        assert [message["text"] for message in first["messages"]] == ["9", "8", "7", "6"]
        assert [message["text"] for message in second["messages"]] == ["5", "4", "3", "2"]
        assert first["has_more"]

    async def test_a_span_is_open_unless_it_is_inclusive(self, slack: SlackOnLoopback, room: str) -> None:
        whole = (await slack.client.conversations_history(channel=room))["messages"]
        oldest, latest = whole[3]["ts"], whole[0]["ts"]
        span = {"channel": room, "oldest": oldest, "latest": latest}
        open_span = await slack.raw("conversations.history", query=span)
        closed_span = await slack.raw("conversations.history", query={**span, "inclusive": "1"})
        assert [message["text"] for message in open_span["messages"]] == ["8", "7"]
        assert [message["text"] for message in closed_span["messages"]] == ["9", "8", "7", "6"]

    async def test_metadata_is_whole_only_when_asked_for(self, slack: SlackOnLoopback, room: str) -> None:
        short = await slack.client.conversations_history(channel=room, limit=1)
        whole = await slack.client.conversations_history(channel=room, limit=1, include_all_metadata=True)
        assert short["messages"][0]["metadata"] == {"event_type": "opsbot"}
        assert whole["messages"][0]["metadata"]["event_payload"] == {"key": "9"}

    async def test_a_thread_is_paged_from_its_parent_on(self, slack: SlackOnLoopback, room: str) -> None:
        parent = (await slack.client.conversations_history(channel=room, limit=1))["messages"][0]["ts"]
        for text in "abcd":
            slack.says(ANA, room, text, thread_ts=parent)
        texts: list[str] = []
        async for page in await slack.client.conversations_replies(channel=room, ts=parent, limit=3):
            texts += [message["text"] for message in page["messages"]]
        assert texts == ["9", "a", "b", "c", "9", "d"]
        top = (await slack.client.conversations_history(channel=room, limit=1))["messages"][0]
        assert (top["reply_count"], top["reply_users"]) == (4, [ANA])

    async def test_history_is_for_members(self, slack: SlackOnLoopback) -> None:
        theirs, secret = slack.channel_of_people("theirs").id, slack.channel_of_people("secret", is_private=True).id
        assert await error_of(slack.client.conversations_history(channel=theirs)) == "not_in_channel"
        assert await error_of(slack.client.conversations_history(channel=secret)) == "channel_not_found"

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ({"oldest": "yesterday"}, "invalid_ts_oldest"),
            ({"latest": "now-ish"}, "invalid_ts_latest"),
            ({"cursor": "xyz"}, "invalid_cursor"),
        ],
    )
    async def test_a_span_that_cannot_be(
        self, slack: SlackOnLoopback, room: str, arguments: dict[str, str], error: str
    ) -> None:
        answer = await slack.raw("conversations.history", query={"channel": room, **arguments})
        assert answer["error"] == error

    async def test_a_thread_that_is_not_there(self, slack: SlackOnLoopback, room: str) -> None:
        assert await error_of(slack.client.conversations_replies(channel=room, ts="1.000001")) == "thread_not_found"


class TestDirects:
    async def test_the_same_people_have_one_direct_message(self, slack: SlackOnLoopback) -> None:
        first = await slack.client.conversations_open(users=[ANA])
        second = await slack.client.conversations_open(users=[ANA], return_im=True)
        both = await slack.client.conversations_open(users=[ANA, BEN])
        assert first["channel"]["id"] == second["channel"]["id"] != both["channel"]["id"]
        assert second["channel"]["user"] == ANA

    @pytest.mark.parametrize(
        ("users", "error"),
        [("", "users_list_not_supplied"), (BOT, "not_enough_users"), ("U0NOBODY", "user_not_found")],
    )
    async def test_a_direct_message_that_cannot_be(self, slack: SlackOnLoopback, users: str, error: str) -> None:
        assert (await slack.raw("conversations.open", query={"users": users}))["error"] == error

    async def test_nine_people_are_too_many(self, slack: SlackOnLoopback) -> None:
        people = [f"U0P{number}" for number in range(9)]
        for person in people:
            slack.add(User(id=person, name=person.lower(), real_name=person))
        assert await error_of(slack.client.conversations_open(users=people)) == "too_many_users"

    async def test_channel_methods_do_not_fit_direct_messages(self, slack: SlackOnLoopback) -> None:
        direct = (await slack.client.conversations_open(users=[ANA]))["channel"]["id"]
        wrong = "method_not_supported_for_channel_type"
        assert await error_of(slack.client.conversations_setTopic(channel=direct, topic="x")) == wrong
        assert await error_of(slack.client.conversations_archive(channel=direct)) == wrong
