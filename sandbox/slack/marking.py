"""Reactions, pins and bookmarks come and go; whoever may hear of it is told. Who may do it is asked elsewhere."""

from sandbox.payload import JsonObject
from sandbox.slack.channel import Channel
from sandbox.slack.desk import Desk
from sandbox.slack.gathering import channel_changed
from sandbox.slack.message import Message
from sandbox.slack.news import News
from sandbox.slack.speaking import as_seen


def react(desk: Desk, message: Message, name: str, *, by: str) -> None:
    message.react(name, by)
    _reacted(desk, message, "reaction_added", name, by)


def unreact(desk: Desk, message: Message, name: str, *, by: str) -> None:
    message.unreact(name, by)
    _reacted(desk, message, "reaction_removed", name, by)


def pin(desk: Desk, channel: Channel, message: Message, *, by: str) -> None:
    channel.pins[message.ts] = {"created": desk.workspace.seconds(), "created_by": by}
    _pinned(desk, channel, message, "pin_added", by)


def unpin(desk: Desk, channel: Channel, message: Message, *, by: str) -> None:
    item = pinned_item(desk, channel, message)
    del channel.pins[message.ts]
    _pinned(desk, channel, message, "pin_removed", by, item)


def pinned_item(desk: Desk, channel: Channel, message: Message) -> JsonObject:
    """A pin as pins.list shows it."""
    return {"type": "message", "channel": channel.id, "message": as_seen(desk, message), **channel.pins[message.ts]}


def put_bookmark(desk: Desk, channel: Channel, bookmark: JsonObject) -> None:
    """Adds a bookmark, or puts it in the place of the one with its id."""
    others = [each for each in channel.bookmarks if each["id"] != bookmark["id"]]
    channel.bookmarks = sorted([*others, bookmark], key=lambda each: str(each["rank"]))
    desk.workspace.put_channel(channel)
    channel_changed(desk, channel)


def remove_bookmark(desk: Desk, channel: Channel, bookmark: JsonObject) -> None:
    channel.bookmarks = [each for each in channel.bookmarks if each["id"] != bookmark["id"]]
    desk.workspace.put_channel(channel)
    channel_changed(desk, channel)


def _reacted(desk: Desk, message: Message, kind: str, name: str, by: str) -> None:
    desk.workspace.keep_message(message)
    event = {
        "type": kind,
        "user": by,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": desk.workspace.next_ts(),
    }
    desk.noticeboard.publish(News(type=kind, channel=message.channel, event=event))


def _pinned(desk: Desk, channel: Channel, message: Message, kind: str, by: str, item: JsonObject | None = None) -> None:
    desk.workspace.put_channel(channel)
    event = {
        "type": kind,
        "user": by,
        "channel_id": channel.id,
        "item": item or pinned_item(desk, channel, message),
        "item_user": message.user,
        "pin_count": len(channel.pins),
        "has_pins": bool(channel.pins),
        "event_ts": desk.workspace.next_ts(),
    }
    desk.noticeboard.publish(News(type=kind, channel=channel.id, event=event))
    channel_changed(desk, channel)
