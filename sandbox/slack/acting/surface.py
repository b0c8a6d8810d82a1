"""Where a person presses something: a message, one that only they see, a modal or their Home."""

from dataclasses import dataclass

from sandbox.payload import JsonObject
from sandbox.slack.acting.stage import name_in_payload
from sandbox.slack.channel import Channel
from sandbox.slack.desk import Desk
from sandbox.slack.errors import SlackError
from sandbox.slack.message import Message, elements_of
from sandbox.slack.people import User
from sandbox.slack.speaking import as_seen


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Blocks, and what a payload says of the place where they stand."""

    blocks: list[JsonObject]
    parts: JsonObject
    message: Message | None = None
    view: JsonObject | None = None

    def element(self, block_id: str, action_id: str) -> tuple[JsonObject, JsonObject]:
        """The element, which any block may hold if none is named; raises SlackError no_such_element."""
        for block, element in elements_of(self.blocks):
            if element["action_id"] == action_id and block_id in {"", block["block_id"]}:
                return block, element
        raise SlackError("no_such_element")


def message_surface(desk: Desk, channel: Channel, ts: str, viewer: User) -> Surface:
    """A message that `viewer` sees; raises SlackError message_not_found."""
    stored = desk.workspace.message(channel.id, ts)
    ephemeral = desk.ephemerals.get(channel.id, ts)
    message = stored or (ephemeral.message if ephemeral and ephemeral.user == viewer.id else None)
    if message is None:
        raise SlackError("message_not_found")
    container = {"type": "message", "message_ts": ts, "channel_id": channel.id, "is_ephemeral": stored is None}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    parts: JsonObject = {"container": container, "channel": {"id": channel.id, "name": name_in_payload(channel)}}
    if stored:
        # Of an ephemeral message Slack sends no more than where it is.
        parts["message"] = as_seen(desk, stored)
    attached = [block for attachment in message.attachments for block in attachment.get("blocks", [])]
    return Surface(blocks=[*message.blocks, *attached], parts=parts, message=message)


def view_surface(desk: Desk, view_id: str, viewer: User) -> Surface:
    """A modal `viewer` has open, or their Home; raises SlackError not_found."""
    home = desk.views.home(viewer.id)
    for view in [*desk.views.stack(viewer.id), *([home] if home else [])]:
        if view["id"] == view_id:
            return Surface(blocks=view["blocks"], parts={"container": {"type": "view", "view_id": view_id}}, view=view)
    raise SlackError("not_found")
