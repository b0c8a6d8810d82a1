"""People write, change, delete and react to messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

from sandbox.payload import JsonObject
from sandbox.slack.acting.stage import Stage
from sandbox.slack.channel import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.file import File
from sandbox.slack.marking import react, unreact
from sandbox.slack.message import Message
from sandbox.slack.people import User
from sandbox.slack.speaking import Revision, edit, say, take_away
from sandbox.slack.workspace import new_id


@dataclass(frozen=True, kw_only=True)
class Talking(Stage):
    """What people do with messages."""

    async def message(self, user: str, channel: str, text: str, thread_ts: str = "") -> Message:
        """Writes a message, as Slack stores it: mentions are `<@U1>`, and `&`, `<`, `>` are escaped.

        Raises SlackError: user_not_found, channel_not_found, not_in_channel, is_archived, no_text, thread_not_found.
        """
        author = self.person(user)
        place = self.open_place(author, channel)
        if not text.strip():
            raise SlackError("no_text")
        return self._said(author, place, text, thread_ts)

    async def share(
        self, user: str, channel: str, *, name: str, content: bytes, text: str = "", thread_ts: str = ""
    ) -> Message:
        """Shows a file to a channel, in a message of its own; raises SlackError like `message`, and no_file_data."""
        author = self.person(user)
        place = self.open_place(author, channel)
        if not content:
            raise SlackError("no_file_data")
        file = File(
            id=new_id("F"),
            name=name,
            user=author.id,
            created=self.desk.workspace.seconds(),
            size=len(content),
            content=content,
            is_complete=True,
            channels=[place.id],
        )
        self.desk.workspace.files.put(file.id, file)
        return self._said(author, place, text, thread_ts, files=(file.shown(self.desk.address()),))

    def _said(
        self, author: User, place: Channel, text: str, thread_ts: str, *, files: Sequence[JsonObject] = ()
    ) -> Message:
        parent = self.desk.workspace.message(place.id, thread_ts) if thread_ts else None
        if thread_ts and parent is None:
            raise SlackError("thread_not_found")
        message = Message(
            ts=self.desk.workspace.next_ts(),
            channel=place.id,
            user=author.id,
            text=text,
            thread_ts=(parent.thread_ts or parent.ts) if parent else "",
            files=[*files],
            extra={"client_msg_id": str(uuid4()), **author.told_of_team()},
        )
        return say(self.desk, message)

    async def edit_message(self, user: str, channel: str, ts: str, text: str) -> Message:
        """Changes one's own message; raises SlackError cant_update_message for another's, no_text."""
        message = self._own(user, channel, ts, refusal="cant_update_message")
        if not text.strip():
            raise SlackError("no_text")
        edit(self.desk, message, Revision(text=text), by=message.user)
        return message

    async def delete_message(self, user: str, channel: str, ts: str) -> None:
        """Deletes one's own message; raises SlackError cant_delete_message for another's."""
        take_away(self.desk, self._own(user, channel, ts, refusal="cant_delete_message"))

    async def react(
        self, user: str, channel: str, ts: str, name: str, action: Literal["add", "remove"] = "add"
    ) -> None:
        """Adds a reaction or takes it back; raises SlackError already_reacted, no_reaction."""
        author = self.person(user)
        message = self.stored(self.open_place(author, channel), ts)
        given = author.id in message.reactions.get(name, [])
        if action == "add":
            if given:
                raise SlackError("already_reacted")
            react(self.desk, message, name, by=author.id)
        else:
            if not given:
                raise SlackError("no_reaction")
            unreact(self.desk, message, name, by=author.id)

    def _own(self, user: str, channel: str, ts: str, *, refusal: str) -> Message:
        author = self.person(user)
        message = self.stored(self.open_place(author, channel), ts)
        if message.user != author.id:
            raise SlackError(refusal)
        return message
