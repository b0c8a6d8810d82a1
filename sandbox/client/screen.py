"""What a person sees in the web client, as the page's JavaScript takes it."""

import json

from sandbox.payload import JsonObject
from sandbox.slack.channel import Channel
from sandbox.slack.desk import Desk
from sandbox.slack.message import Message
from sandbox.slack.people import User
from sandbox.slack.speaking import as_seen

MOST = 200
"""Messages in one answer."""


class Screen:
    """The workspace through the eyes of its people."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._workspace = desk.workspace

    def bootstrap(self) -> JsonObject:
        """What is the same for everybody."""
        app = self._desk.app
        return {
            "team": {"id": self._workspace.team, "name": self._workspace.name},
            "users": [_user(user) for user in self._workspace.users if not user.deleted],
            "commands": [command.shown() for command in app.commands.values()],
            "shortcuts": [shortcut.shown() for shortcut in app.shortcuts.values()],
            "bot_user_id": app.bot_user,
        }

    def sees(self, channel: Channel, viewer: str) -> bool:
        return channel.kind == "public" or viewer in channel.members

    def channels(self, viewer: str) -> list[JsonObject]:
        """Everything there is for this person, joined or not."""
        return [self.channel(each, viewer) for each in self._workspace.channels if self.sees(each, viewer)]

    def channel(self, channel: Channel, viewer: str) -> JsonObject:
        unread = self._unread(channel, viewer)
        top = self._workspace.timeline(channel.id).top
        return {
            "id": channel.id,
            "name": channel.name,
            "is_channel": channel.kind == "public",
            "is_private": channel.kind in {"private", "mpim"},
            "is_im": channel.kind == "im",
            "user": channel.other(viewer) if channel.kind == "im" else None,
            "is_archived": channel.is_archived,
            "is_member": viewer in channel.members,
            "topic": channel.topic["value"],
            "purpose": channel.purpose["value"],
            "members": channel.members,
            "unread": len(unread),
            "mentions": sum(_mentions(message, viewer) for message in unread),
            "last_ts": top[-1] if top else "",
            "last_read": channel.last_read.get(viewer, ""),
            "bookmarks": channel.bookmarks,
            "pins": list(channel.pins),
        }

    def messages(self, channel: Channel, *, thread: str, before: str, limit: int) -> JsonObject:
        """The newest messages of a channel or a thread, oldest first, with a thread's parent."""
        timeline = self._workspace.timeline(channel.id)
        if thread:
            found = [thread, *timeline.replies(thread, "", before, inclusive=False)]
        else:
            found = timeline.between("", before, inclusive=False)
        shown = [timeline.messages[ts] for ts in found[-min(limit, MOST) :] if ts in timeline.messages]
        return {"messages": [self.message(message) for message in shown], "has_more": len(found) > len(shown)}

    def message(self, message: Message) -> JsonObject:
        return as_seen(self._desk, message)

    def _unread(self, channel: Channel, viewer: str) -> list[Message]:
        if viewer not in channel.members:
            return []
        timeline = self._workspace.timeline(channel.id)
        after = timeline.between(channel.last_read.get(viewer, ""), "", inclusive=False)
        messages = (timeline.messages[ts] for ts in after)
        return [message for message in messages if message.user != viewer]


def _user(user: User) -> JsonObject:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "email": user.email,
        "tz": user.tz,
        "is_bot": user.is_bot,
        "is_admin": user.is_admin,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_stranger": bool(user.home_team),
        "avatar_color": user.color,
    }


def _mentions(message: Message, viewer: str) -> bool:
    words = message.text + (json.dumps(message.blocks) if message.blocks else "")
    return any(mention in words for mention in (f"<@{viewer}>", "<!here>", "<!channel>", "<!everyone>"))
