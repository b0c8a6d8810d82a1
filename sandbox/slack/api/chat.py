"""chat.*: the app posts, edits, deletes and schedules messages."""

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.channel import Channel
from sandbox.slack.content import LONGEST_EDIT, Content, content_of
from sandbox.slack.errors import SlackError
from sandbox.slack.gathering import open_direct
from sandbox.slack.message import Message
from sandbox.slack.speaking import Revision, as_seen, by_app, edit, say, take_away

CONTENT_ERRORS = (
    "no_text",
    "markdown_text_conflict",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_attachments",
    "too_many_attachments",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "metadata_too_large",
)
UNREPLIABLE = frozenset({"channel_join", "channel_leave", "channel_archive", "channel_unarchive", "tombstone"})


def post_message(call: Call) -> JsonObject:
    channel = _place_to_post(call)
    content = content_of(call.arguments, too_long="msg_blocks_too_long")
    thread = thread_of(call, channel)
    if wait := call.desk.tiers.post(channel.id):
        raise SlackError("ratelimited", detail={"retry_after": wait})
    message = written(call, channel, content, thread)
    message.is_broadcast = bool(thread) and call.arguments.flag("reply_broadcast")
    say(call.desk, message)
    return {"channel": channel.id, "ts": message.ts, "message": as_seen(call.desk, message)}


def _place_to_post(call: Call) -> Channel:
    """A conversation named by id, by name or, for a direct message, by the person's id."""
    channel = _addressed(call)
    if channel is None or not call.sees(channel):
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot not in channel.members and "chat:write.public" not in call.desk.app.scopes:
        raise SlackError("not_in_channel")
    return channel


def _addressed(call: Call) -> Channel | None:
    reference = call.arguments.text("channel")
    if reference in call.workspace.users:
        return direct_with(call, reference)
    return call.workspace.channel(reference)


def direct_with(call: Call, user: str) -> Channel | None:
    """The bot's direct message with somebody, opened if need be; nobody talks to a bot."""
    if call.workspace.users[user].is_bot:
        return None
    return open_direct(call.desk, [call.bot, user])


def written(call: Call, channel: Channel, content: Content, thread: str) -> Message:
    """A message of the app's, ready to be said."""
    return by_app(
        call.desk,
        channel.id,
        content.text,
        thread_ts=thread,
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
    )


def thread_of(call: Call, channel: Channel) -> str:
    """The thread to reply in, named by any of its messages; raises SlackError thread_not_found, cannot_reply_to_message."""
    ts = call.arguments.text("thread_ts")
    if not ts:
        return ""
    found = call.workspace.message(channel.id, ts)
    if found is None:
        raise SlackError("thread_not_found")
    if found.subtype in UNREPLIABLE - {"tombstone"}:
        raise SlackError("cannot_reply_to_message")
    return found.thread_ts or found.ts


def update(call: Call) -> JsonObject:
    channel, message = _own(call, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    content = content_of(call.arguments, longest=LONGEST_EDIT)
    revision = Revision(
        text=content.text if call.arguments.has("text") or content.blocks is None else None,
        blocks=content.blocks or [],
        attachments=content.attachments,
        metadata=content.metadata,
    )
    edit(call.desk, message, revision, by=call.bot)
    shown = as_seen(call.desk, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def _own(call: Call, refusal: str) -> tuple[Channel, Message]:
    channel = call.channel()
    message = call.message(channel, call.arguments.text("ts"))
    if message.user != call.bot or message.subtype:
        raise SlackError(refusal)
    return channel, message


def delete(call: Call) -> JsonObject:
    channel, message = _own(call, "cant_delete_message")
    take_away(call.desk, message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> JsonObject:
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    if call.arguments.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    content = content_of(call.arguments)
    message = written(call, channel, content, thread_of(call, channel))
    call.desk.ephemerals.show(call.arguments.text("user"), message)
    return {"message_ts": message.ts}


def get_permalink(call: Call) -> JsonObject:
    channel = call.channel()
    message = call.message(channel, call.arguments.text("message_ts"))
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    path = f"/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": f"{call.desk.address()}{path}{thread}"}


METHODS = [
    Method(
        name="chat.postMessage",
        carry_out=post_message,
        tier=0,
        scopes=("chat:write",),
        required=("channel",),
        errors=(
            *CONTENT_ERRORS,
            "channel_not_found",
            "is_archived",
            "not_in_channel",
            "msg_blocks_too_long",
            "cannot_reply_to_message",
            "thread_not_found",
        ),
    ),
    Method(
        name="chat.update",
        carry_out=update,
        tier=3,
        scopes=("chat:write",),
        required=("channel", "ts"),
        errors=(
            *CONTENT_ERRORS,
            "channel_not_found",
            "message_not_found",
            "cant_update_message",
            "is_inactive",
            "msg_too_long",
        ),
    ),
    Method(
        name="chat.delete",
        carry_out=delete,
        tier=3,
        scopes=("chat:write",),
        required=("channel", "ts"),
        errors=("channel_not_found", "message_not_found", "cant_delete_message"),
    ),
    Method(
        name="chat.postEphemeral",
        carry_out=post_ephemeral,
        tier=4,
        scopes=("chat:write",),
        required=("channel", "user"),
        errors=(
            *CONTENT_ERRORS,
            "channel_not_found",
            "is_archived",
            "not_in_channel",
            "user_not_in_channel",
            "msg_too_long",
            "cannot_reply_to_message",
            "thread_not_found",
        ),
    ),
    Method(
        name="chat.getPermalink",
        carry_out=get_permalink,
        tier=0,
        required=("channel", "message_ts"),
        errors=("channel_not_found", "message_not_found"),
    ),
]
