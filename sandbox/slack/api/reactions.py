"""reactions.*: emoji on messages."""

import re

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.channel import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.marking import react, unreact
from sandbox.slack.message import Message
from sandbox.slack.speaking import as_seen

MOST_EMOJI = 50
"""Different emoji on one message; Slack has a limit and does not tell it."""

ITEM_ERRORS = ("bad_timestamp", "channel_not_found", "message_not_found", "no_item_specified")


def reactions_add(call: Call) -> JsonObject:
    name, (channel, message) = _name(call), item_of(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot in message.reactions.get(name, []):
        raise SlackError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MOST_EMOJI:
        raise SlackError("too_many_emoji")
    react(call.desk, message, name, by=call.bot)
    return {}


def reactions_remove(call: Call) -> JsonObject:
    name, (_, message) = _name(call), item_of(call)
    if call.bot not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    unreact(call.desk, message, name, by=call.bot)
    return {}


def reactions_get(call: Call) -> JsonObject:
    channel, message = item_of(call)
    return {"type": "message", "channel": channel.id, "message": as_seen(call.desk, message)}


def item_of(call: Call) -> tuple[Channel, Message]:
    """The message that `channel` and `timestamp` name; raises SlackError one of ITEM_ERRORS."""
    ts = call.arguments.text("timestamp")
    if not ts or not call.arguments.text("channel"):
        raise SlackError("no_item_specified")
    if not re.fullmatch(r"\d+\.\d+", ts):
        raise SlackError("bad_timestamp")
    channel = call.channel()
    return channel, call.message(channel, ts)


def _name(call: Call) -> str:
    name = call.arguments.text("name").strip(":")
    if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return name


METHODS = [
    Method(
        name="reactions.add",
        carry_out=reactions_add,
        tier=3,
        scopes=("reactions:write",),
        required=("channel", "name", "timestamp"),
        absent={"channel": "no_item_specified", "name": "invalid_name", "timestamp": "no_item_specified"},
        errors=(*ITEM_ERRORS, "invalid_name", "is_archived", "already_reacted", "too_many_emoji"),
    ),
    Method(
        name="reactions.remove",
        carry_out=reactions_remove,
        tier=2,
        scopes=("reactions:write",),
        required=("name",),
        absent={"name": "invalid_name"},
        errors=(*ITEM_ERRORS, "invalid_name", "no_reaction"),
    ),
    Method(
        name="reactions.get",
        carry_out=reactions_get,
        tier=3,
        scopes=("reactions:read",),
        errors=ITEM_ERRORS,
    ),
]
