"""What the app says in acknowledging a slash command, shown in its channel."""

from sandbox.payload import JsonObject
from sandbox.slack.arguments import Arguments
from sandbox.slack.channel import Channel
from sandbox.slack.content import content_of
from sandbox.slack.desk import Desk
from sandbox.slack.people import User
from sandbox.slack.speaking import by_app, say


def show_reply(desk: Desk, payload: JsonObject, *, channel: Channel, user: User) -> None:
    """Shows it to the person alone, or to the channel where the app says so.

    Raises SlackError for blocks that Slack would not take; an answer without words is none.
    """
    if not any(payload.get(part) for part in ("text", "blocks", "attachments")):
        return
    content = content_of(Arguments(payload))
    message = by_app(desk, channel.id, content.text, blocks=content.blocks, attachments=content.attachments)
    if payload.get("response_type") == "in_channel":
        say(desk, message)
    else:
        desk.ephemerals.show(user.id, message)
