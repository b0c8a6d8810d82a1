"""Messages come, change and go; whoever may hear of it is told. Who may do it is asked elsewhere."""

from dataclasses import dataclass

from sandbox.payload import JsonObject
from sandbox.slack.channel import EVENT_KINDS
from sandbox.slack.desk import Desk
from sandbox.slack.message import Message
from sandbox.slack.news import News


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What an edit changes; None leaves a part as it is."""

    text: str | None = None
    blocks: list[JsonObject] | None = None
    attachments: list[JsonObject] | None = None
    metadata: JsonObject | None = None
    files: list[JsonObject] | None = None


def as_seen(desk: Desk, message: Message, *, with_metadata: bool = True) -> JsonObject:
    """A message as history and events show it; without, its metadata is cut to the event type."""
    timeline = desk.workspace.timeline(message.channel)
    shown = message.shown(team=desk.workspace.team, app=desk.app.id) | timeline.thread_facts(message.ts)
    parent = timeline.messages.get(message.thread_ts) if message.is_reply else None
    if parent:
        shown["parent_user_id"] = parent.user
    if message.metadata and not with_metadata:
        shown["metadata"] = {"event_type": message.metadata["event_type"]}
    if message.ts in desk.workspace.channels[message.channel].pins:
        shown["pinned_to"] = [message.channel]
    return shown


def by_app(
    desk: Desk,
    channel: str,
    text: str,
    *,
    thread_ts: str = "",
    ts: str = "",
    blocks: list[JsonObject] | None = None,
    attachments: list[JsonObject] | None = None,
    metadata: JsonObject | None = None,
) -> Message:
    """A message of the app's, ready to be said; without a `ts` it is the workspace's next."""
    return Message(
        ts=ts or desk.workspace.next_ts(),
        channel=channel,
        user=desk.app.bot_user,
        bot_id=desk.app.bot_id,
        text=text,
        thread_ts=thread_ts,
        blocks=blocks or [],
        attachments=attachments or [],
        metadata=metadata or None,
        extra={"bot_profile": desk.app.profile(desk.workspace.team)},
    )


def say(desk: Desk, message: Message) -> Message:
    """Puts a message into its channel; its `ts` is the workspace's next."""
    desk.workspace.add_message(message)
    event = as_seen(desk, message)
    if message.files and not message.subtype:
        event["subtype"] = "file_share"
    tell(desk, message.channel, event | {"event_ts": message.ts})
    _mention(desk, message)
    for file in message.files:
        _shared(desk, message, file["id"])
    return message


def edit(desk: Desk, message: Message, revision: Revision, *, by: str) -> None:
    """Changes a message in place; an edit of text alone leaves the mark "edited"."""
    before = as_seen(desk, message)
    for part in ("text", "blocks", "attachments", "metadata", "files"):
        if (value := getattr(revision, part)) is not None:
            setattr(message, part, value)
    ts = desk.workspace.next_ts()
    if not message.blocks or not message.bot_id:
        message.edited = {"user": by, "ts": ts}
    changed(desk, message, before)


def changed(desk: Desk, message: Message, before: JsonObject) -> None:
    """Says that a message is not what it was."""
    desk.workspace.keep_message(message)
    _hidden(desk, message.channel, "message_changed", {"message": as_seen(desk, message), "previous_message": before})


def take_away(desk: Desk, message: Message) -> None:
    """Deletes a message; one that has replies leaves a tombstone, as in Slack."""
    before = as_seen(desk, message)
    channel = desk.workspace.channels[message.channel]
    if channel.pins.pop(message.ts, None) is not None:
        desk.workspace.put_channel(channel)
    if desk.workspace.timeline(message.channel).threads.get(message.ts):
        _bury(message)
        changed(desk, message, before)
    else:
        desk.workspace.remove_message(message)
        _hidden(desk, message.channel, "message_deleted", {"deleted_ts": message.ts, "previous_message": before})


def note(desk: Desk, channel: str, user: str, subtype: str, text: str, extra: JsonObject | None = None) -> None:
    """Says in the channel what Slack itself says there, such as that somebody joined."""
    ts = desk.workspace.next_ts()
    say(desk, Message(ts=ts, channel=channel, user=user, text=text, subtype=subtype, extra=extra or {}))


def tell(desk: Desk, channel: str, event: JsonObject) -> None:
    """Publishes a message event."""
    kind = EVENT_KINDS[desk.workspace.channels[channel].kind]
    event = event | {"type": "message", "channel": channel, "channel_type": kind}
    desk.noticeboard.publish(News(type="message", channel=channel, event=event))


def _bury(message: Message) -> None:
    message.text, message.subtype, message.user, message.bot_id = (
        "This message was deleted.",
        "tombstone",
        "USLACKBOT",
        "",
    )
    message.blocks, message.attachments, message.files, message.reactions = [], [], [], {}
    message.metadata, message.extra = None, {"hidden": True}


def _hidden(desk: Desk, channel: str, subtype: str, parts: JsonObject) -> None:
    ts = desk.workspace.next_ts()
    tell(desk, channel, {"subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts, **parts})


def _mention(desk: Desk, message: Message) -> None:
    bot = desk.app.bot_user
    if message.user == bot or message.subtype or f"<@{bot}" not in message.text:
        return
    event = as_seen(desk, message) | {"type": "app_mention", "channel": message.channel, "event_ts": message.ts}
    desk.noticeboard.publish(News(type="app_mention", channel=message.channel, event=event))


def _shared(desk: Desk, message: Message, file: str) -> None:
    event = {
        "type": "file_shared",
        "channel_id": message.channel,
        "file_id": file,
        "user_id": message.user,
        "file": {"id": file},
        "event_ts": message.ts,
    }
    desk.noticeboard.publish(News(type="file_shared", channel=message.channel, event=event))
