"""chat.scheduleMessage and its kin: messages for later."""

from sandbox.payload import JsonObject
from sandbox.slack.api.chat import CONTENT_ERRORS, thread_of
from sandbox.slack.api.method import Call, Method
from sandbox.slack.api.paging import page_of, paged
from sandbox.slack.channel import Channel
from sandbox.slack.content import content_of
from sandbox.slack.desk import Desk
from sandbox.slack.errors import SlackError
from sandbox.slack.scheduled_message import ScheduledMessage
from sandbox.slack.speaking import by_app, say
from sandbox.slack.workspace import new_id

FARTHEST = 120 * 24 * 3600
WINDOW, MOST_IN_WINDOW = 300, 30


def schedule_message(call: Call) -> JsonObject:
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    content = content_of(call.arguments)
    message = ScheduledMessage(
        id=new_id("Q"),
        channel=channel.id,
        post_at=_moment(call, channel),
        created=call.workspace.seconds(),
        text=content.text,
        thread_ts=thread_of(call, channel),
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        metadata=content.metadata or None,
    )
    call.desk.timetable.put(message)
    shown = {"text": message.text, "type": "delayed_message", "user": call.bot, "bot_id": call.desk.app.bot_id}
    return {
        "channel": channel.id,
        "scheduled_message_id": message.id,
        "post_at": message.post_at,
        "message": shown | {"blocks": message.blocks},
    }


def _moment(call: Call, channel: Channel) -> int:
    post_at, now = call.arguments.number("post_at", 0, wrong="invalid_time"), call.workspace.seconds()
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + FARTHEST:
        raise SlackError("time_too_far")
    near = [each for each in call.workspace.scheduled if each.channel == channel.id and _same_window(each, post_at)]
    if len(near) >= MOST_IN_WINDOW:
        raise SlackError("restricted_too_many")
    return post_at


def _same_window(message: ScheduledMessage, post_at: int) -> bool:
    return message.post_at // WINDOW == post_at // WINDOW


def post_scheduled(desk: Desk, message: ScheduledMessage) -> None:
    """Says a message whose time has come.

    One with metadata is never said: a known bug of Slack's, kept because no bot may rely on it.
    """
    channel = desk.workspace.channels[message.channel]
    if message.metadata or channel.is_archived:
        return
    spoken = by_app(
        desk,
        channel.id,
        message.text,
        thread_ts=message.thread_ts,
        blocks=message.blocks,
        attachments=message.attachments,
    )
    say(desk, spoken)


def scheduled_messages_list(call: Call) -> JsonObject:
    wanted = call.arguments.text("channel")
    if wanted and wanted not in call.workspace.channels:
        raise SlackError("invalid_channel")
    oldest = call.arguments.number("oldest", 0)
    latest = call.arguments.number("latest", 2**40)
    found = [
        each for each in call.workspace.scheduled if wanted in {"", each.channel} and oldest <= each.post_at <= latest
    ]
    page, cursor = page_of(sorted(found, key=lambda each: each.post_at), call.arguments, default=100, most=1000)
    return paged({"scheduled_messages": [message.shown() for message in page]}, cursor)


def delete_scheduled_message(call: Call) -> JsonObject:
    channel = call.channel()
    message = call.workspace.scheduled.get(call.arguments.text("scheduled_message_id"))
    if message is None or message.channel != channel.id:
        raise SlackError("invalid_scheduled_message_id")
    call.desk.timetable.withdraw(message)
    return {}


METHODS = [
    Method(
        name="chat.scheduleMessage",
        carry_out=schedule_message,
        tier=3,
        scopes=("chat:write",),
        required=("channel", "post_at"),
        errors=(
            *CONTENT_ERRORS,
            "channel_not_found",
            "is_archived",
            "not_in_channel",
            "msg_too_long",
            "thread_not_found",
            "cannot_reply_to_message",
            "invalid_time",
            "time_in_past",
            "time_too_far",
            "restricted_too_many",
        ),
    ),
    Method(
        name="chat.scheduledMessages.list",
        carry_out=scheduled_messages_list,
        tier=3,
        errors=("invalid_channel", "invalid_cursor"),
    ),
    Method(
        name="chat.deleteScheduledMessage",
        carry_out=delete_scheduled_message,
        tier=3,
        scopes=("chat:write",),
        required=("channel", "scheduled_message_id"),
        errors=("channel_not_found", "invalid_scheduled_message_id"),
    ),
]
