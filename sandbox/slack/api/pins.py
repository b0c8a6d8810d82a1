"""pins.*: messages pinned to a channel."""

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.api.reactions import ITEM_ERRORS, item_of
from sandbox.slack.errors import SlackError
from sandbox.slack.marking import pin, pinned_item, unpin

MOST_PINS = 100
"""Pins in one channel; Slack has a limit and does not tell it."""


def pins_add(call: Call) -> JsonObject:
    channel, message = item_of(call)
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    if message.ts in channel.pins:
        raise SlackError("already_pinned")
    if message.subtype:
        raise SlackError("not_pinnable")
    if len(channel.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    pin(call.desk, channel, message, by=call.bot)
    return {}


def pins_remove(call: Call) -> JsonObject:
    channel, message = item_of(call)
    if message.ts not in channel.pins:
        raise SlackError("no_pin")
    unpin(call.desk, channel, message, by=call.bot)
    return {}


def pins_list(call: Call) -> JsonObject:
    channel = call.channel()
    messages = [call.message(channel, ts) for ts in channel.pins]
    return {"items": [pinned_item(call.desk, channel, message) for message in reversed(messages)]}


METHODS = [
    Method(
        name="pins.add",
        carry_out=pins_add,
        tier=2,
        scopes=("pins:write",),
        required=("channel",),
        absent={"channel": "channel_not_found"},
        errors=(*ITEM_ERRORS, "not_in_channel", "already_pinned", "not_pinnable", "too_many_pins"),
    ),
    Method(
        name="pins.remove",
        carry_out=pins_remove,
        tier=2,
        scopes=("pins:write",),
        required=("channel",),
        absent={"channel": "channel_not_found"},
        errors=(*ITEM_ERRORS, "no_pin"),
    ),
    Method(
        name="pins.list",
        carry_out=pins_list,
        tier=2,
        scopes=("pins:read",),
        required=("channel",),
        absent={"channel": "channel_not_found"},
        errors=("channel_not_found",),
    ),
]
