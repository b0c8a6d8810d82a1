"""chat.*: posting, editing and deleting, with the events that follow."""

import pytest

from sandbox.payload import JsonObject
from tests.slack_on_loopback import ANA, BEN, BOT, SlackOnLoopback, error_of, refusal


@pytest.fixture
async def room(slack: SlackOnLoopback) -> str:
    return await slack.room()


async def test_a_message_is_kept_and_echoed(slack: SlackOnLoopback, room: str) -> None:
    answer = await slack.client.chat_postMessage(channel=room, text="hello")
    echo = slack.events("message")[-1]
    assert (echo["text"], echo["user"], echo["bot_id"], echo["channel_type"]) == ("hello", BOT, "B0OPSBOT", "channel")
    assert echo["ts"] == answer["ts"] == answer["message"]["ts"]


async def test_a_person_is_written_to_by_their_id(slack: SlackOnLoopback) -> None:
    first = await slack.client.chat_postMessage(channel=ANA, text="psst")
    second = await slack.client.chat_postMessage(channel=ANA, text="again")
    assert first["channel"] == second["channel"]
    assert first["channel"].startswith("D")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({}, "no_text"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
        ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"attachments": [{"blocks": [{"type": "nope"}]}]}, "invalid_attachments"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "metadata": {"event_type": "opsbot"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a", "event_payload": {}, "more": 1}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "v" * 9000}}}, "metadata_too_large"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
async def test_wrong_content_is_refused(slack: SlackOnLoopback, room: str, content: JsonObject, error: str) -> None:
    answer = await slack.raw("chat.postMessage", body={"channel": room, **content})
    assert answer["error"] == error


async def test_wrong_blocks_are_pointed_at(slack: SlackOnLoopback, room: str) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    error = await refusal(slack.client.chat_postMessage(channel=room, text="x", blocks=blocks))
    assert error.response["errors"] == [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]
    assert error.response["response_metadata"]["messages"][1].startswith("[ERROR] must be less than 3001")


async def test_blocks_may_hold_only_so_much_text(slack: SlackOnLoopback, room: str) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2700}}
    assert await error_of(slack.client.chat_postMessage(channel=room, text="x", blocks=[section] * 5)) == (
        "msg_blocks_too_long"
    )


async def test_a_long_text_is_cut_when_posted_and_refused_when_edited(slack: SlackOnLoopback, room: str) -> None:
    posted = await slack.client.chat_postMessage(channel=room, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    edit = slack.client.chat_update(channel=room, ts=posted["ts"], text="x" * 4_001)
    assert await error_of(edit) == "msg_too_long"


async def test_what_the_bot_cannot_see_it_cannot_write_to(slack: SlackOnLoopback) -> None:
    slack.channel_of_people("private", is_private=True)
    for name in ("private", "nowhere"):
        assert await error_of(slack.client.chat_postMessage(channel=name, text="x")) == "channel_not_found"


async def test_an_archived_channel_takes_nothing(slack: SlackOnLoopback, room: str) -> None:
    posted = await slack.client.chat_postMessage(channel=room, text="x")
    await slack.client.conversations_archive(channel=room)
    assert await error_of(slack.client.chat_postMessage(channel=room, text="x")) == "is_archived"
    assert await error_of(slack.client.chat_update(channel=room, ts=posted["ts"], text="y")) == "is_inactive"


async def test_an_edit_of_text_alone_takes_the_blocks_away(slack: SlackOnLoopback, room: str) -> None:
    metadata = {"event_type": "opsbot", "event_payload": {"key": "k"}}
    posted = await slack.client.chat_postMessage(
        channel=room, text="a", blocks=[{"type": "divider"}], metadata=metadata
    )
    edited = await slack.client.chat_update(channel=room, ts=posted["ts"], text="b")
    assert "blocks" not in edited["message"]
    assert edited["message"]["metadata"] == metadata
    assert edited["message"]["edited"]["user"] == BOT


async def test_an_edit_keeps_attachments_unless_it_brings_others(slack: SlackOnLoopback, room: str) -> None:
    posted = await slack.client.chat_postMessage(channel=room, text="a", attachments=[{"text": "chart"}])
    kept = await slack.client.chat_update(channel=room, ts=posted["ts"], text="b")
    assert kept["message"]["attachments"][0]["text"] == "chart"
    cleared = await slack.client.chat_update(channel=room, ts=posted["ts"], text="b", attachments=[])
    assert "attachments" not in cleared["message"]


async def test_an_edit_with_blocks_leaves_no_mark(slack: SlackOnLoopback, room: str) -> None:
    posted = await slack.client.chat_postMessage(channel=room, text="a")
    edited = await slack.client.chat_update(channel=room, ts=posted["ts"], text="b", blocks=[{"type": "divider"}])
    assert "edited" not in edited["message"]
    change = slack.events("message")[-1]
    assert (change["subtype"], change["hidden"]) == ("message_changed", True)
    assert (change["previous_message"]["text"], change["message"]["text"]) == ("a", "b")


async def test_other_peoples_messages_are_not_the_bots_to_change(slack: SlackOnLoopback, room: str) -> None:
    message = slack.says(ANA, room, "mine")
    assert await error_of(slack.client.chat_update(channel=room, ts=message.ts, text="x")) == "cant_update_message"
    assert await error_of(slack.client.chat_delete(channel=room, ts=message.ts)) == "cant_delete_message"
    assert await error_of(slack.client.chat_update(channel=room, ts="1.000001", text="x")) == "message_not_found"


async def test_a_deleted_message_is_gone_and_said_to_be(slack: SlackOnLoopback, room: str) -> None:
    posted = await slack.client.chat_postMessage(channel=room, text="a")
    await slack.client.chat_delete(channel=room, ts=posted["ts"])
    assert slack.events("message")[-1]["deleted_ts"] == posted["ts"]
    assert await error_of(slack.client.chat_delete(channel=room, ts=posted["ts"])) == "message_not_found"


async def test_a_deleted_parent_leaves_a_tombstone_for_its_replies(slack: SlackOnLoopback, room: str) -> None:
    parent = await slack.client.chat_postMessage(channel=room, text="parent")
    await slack.client.chat_postMessage(channel=room, text="reply", thread_ts=parent["ts"])
    await slack.client.chat_delete(channel=room, ts=parent["ts"])
    replies = await slack.client.conversations_replies(channel=room, ts=parent["ts"])
    assert [message.get("subtype") for message in replies["messages"]] == ["tombstone", None]


async def test_a_reply_to_a_reply_is_in_the_same_thread(slack: SlackOnLoopback, room: str) -> None:
    parent = await slack.client.chat_postMessage(channel=room, text="parent")
    first = await slack.client.chat_postMessage(channel=room, text="1", thread_ts=parent["ts"])
    second = await slack.client.chat_postMessage(channel=room, text="2", thread_ts=first["ts"])
    assert second["message"]["thread_ts"] == parent["ts"]
    assert second["message"]["parent_user_id"] == BOT


async def test_a_broadcast_reply_stands_in_the_channel_too(slack: SlackOnLoopback, room: str) -> None:
    parent = await slack.client.chat_postMessage(channel=room, text="parent")
    await slack.client.chat_postMessage(channel=room, text="loud", thread_ts=parent["ts"], reply_broadcast=True)
    history = await slack.client.conversations_history(channel=room)
    assert history["messages"][0]["subtype"] == "thread_broadcast"


async def test_a_mention_by_a_person_is_two_events(slack: SlackOnLoopback, room: str) -> None:
    slack.says(ANA, room, f"<@{BOT}> help")
    assert [event["text"] for event in slack.events("app_mention")] == [f"<@{BOT}> help"]
    await slack.client.chat_postMessage(channel=room, text=f"I am <@{BOT}>")
    assert len(slack.events("app_mention")) == 1


async def test_an_ephemeral_message_is_for_one_member(slack: SlackOnLoopback, room: str) -> None:
    outsider = slack.client.chat_postEphemeral(channel=room, user=BEN, text="x")
    assert await error_of(outsider) == "user_not_in_channel"
    await slack.client.conversations_invite(channel=room, users=[BEN])
    answer = await slack.client.chat_postEphemeral(channel=room, user=BEN, text="only you")
    event = slack.events("ephemeral")[0]
    assert (event["user"], event["message"]["text"], event["message"]["ts"]) == (BEN, "only you", answer["message_ts"])
    assert slack.workspace.message(room, answer["message_ts"]) is None
    assert await error_of(slack.client.chat_update(channel=room, ts=answer["message_ts"], text="x")) == (
        "message_not_found"
    )


async def test_a_permalink_leads_to_the_message_in_its_thread(slack: SlackOnLoopback, room: str) -> None:
    parent = await slack.client.chat_postMessage(channel=room, text="parent")
    reply = await slack.client.chat_postMessage(channel=room, text="reply", thread_ts=parent["ts"])
    answer = await slack.client.chat_getPermalink(channel=room, message_ts=reply["ts"])
    assert answer["permalink"].endswith(
        f"/archives/{room}/p{reply['ts'].replace('.', '')}?thread_ts={parent['ts']}&cid={room}"
    )
