"""conversations.*: channels are listed, created, described, renamed and archived."""

import re
from collections.abc import Sequence

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.api.paging import page_of, paged
from sandbox.slack.channel import LIST_KINDS, Channel, Kind
from sandbox.slack.errors import SlackError
from sandbox.slack.gathering import archive, open_channel, rename, set_purpose, set_topic
from sandbox.slack.scopes import DESCRIBE, MANAGE, READ, demand, of_kind

LONGEST_NAME = 80
LONGEST_TOPIC = 250
NAME_ERRORS = (
    "invalid_name_required",
    "invalid_name_maxlength",
    "invalid_name_punctuation",
    "invalid_name_specials",
    "name_taken",
)
PLACE_ERRORS = ("channel_not_found", "not_in_channel", "is_archived", "method_not_supported_for_channel_type")


def wanted_kinds(call: Call) -> list[Kind]:
    """The kinds of conversations that are asked for; raises SlackError invalid_types, missing_scope."""
    wanted = call.arguments.names("types") or ["public_channel"]
    kinds = [kind for kind, name in LIST_KINDS.items() if name in wanted]
    if len(kinds) != len(set(wanted)):
        raise SlackError("invalid_types")
    for kind in kinds:
        demand(of_kind(call.method.scopes, kind), call.desk.app.scopes)
    return kinds


def listed(call: Call, channels: Sequence[Channel]) -> JsonObject:
    """One page of those of these conversations that the bot may see."""
    without_archived = call.arguments.flag("exclude_archived")
    seen = [each for each in channels if call.sees(each) and not (without_archived and each.is_archived)]
    page, cursor = page_of(seen, call.arguments, default=100, most=1000, wrong="invalid_limit")
    return paged({"channels": [_shown(call, channel) for channel in page]}, cursor)


def _shown(call: Call, channel: Channel) -> JsonObject:
    shown = channel.shown(call.workspace.team, call.bot)
    return shown if channel.is_direct else shown | {"num_members": len(channel.members)}


def conversations_list(call: Call) -> JsonObject:
    kinds = wanted_kinds(call)
    return listed(call, [channel for channel in call.workspace.channels if channel.kind in kinds])


def conversations_info(call: Call) -> JsonObject:
    channel = call.channel()
    shown = channel.shown(call.workspace.team, call.bot)
    if call.arguments.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    if call.bot in channel.members:
        shown["last_read"] = channel.last_read.get(call.bot, "0000000000.000000")
    return {"channel": shown}


def conversations_create(call: Call) -> JsonObject:
    kind: Kind = "private" if call.arguments.flag("is_private") else "public"
    demand(of_kind(MANAGE, kind), call.desk.app.scopes)
    name = free_name(call)
    channel = open_channel(call.desk, name, creator=call.bot, kind=kind)
    return {"channel": channel.shown(call.workspace.team, call.bot)}


def free_name(call: Call) -> str:
    """The name that is asked for; raises SlackError unless a channel may have it. Archived channels keep theirs."""
    name = call.arguments.text("name").removeprefix("#")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not re.search(r"[^\W_]", name):
        raise SlackError("invalid_name_punctuation")
    if not re.fullmatch(r"[\w-]+", name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    if call.workspace.named(name):
        raise SlackError("name_taken")
    return name


def _description(call: Call, part: str) -> str:
    value = call.arguments.text(part)
    if len(value) > LONGEST_TOPIC:
        raise SlackError("too_long")
    return value


def conversations_set_topic(call: Call) -> JsonObject:
    channel, topic = call.open_room(), _description(call, "topic")
    if topic != channel.topic["value"]:
        set_topic(call.desk, channel, topic, by=call.bot)
    return {"topic": topic, "channel": channel.shown(call.workspace.team, call.bot)}


def conversations_set_purpose(call: Call) -> JsonObject:
    channel, purpose = call.open_room(), _description(call, "purpose")
    if purpose != channel.purpose["value"]:
        set_purpose(call.desk, channel, purpose, by=call.bot)
    return {"purpose": purpose, "channel": channel.shown(call.workspace.team, call.bot)}


def conversations_rename(call: Call) -> JsonObject:
    channel = call.open_room()
    if channel.creator != call.bot:
        raise SlackError("not_authorized")
    rename(call.desk, channel, free_name(call), by=call.bot)
    return {"channel": channel.shown(call.workspace.team, call.bot)}


def conversations_archive(call: Call) -> JsonObject:
    channel = call.room()
    if channel.is_archived:
        raise SlackError("already_archived")
    if channel.is_general:
        raise SlackError("cant_archive_general")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    archive(call.desk, channel, by=call.bot)
    return {}


def conversations_unarchive(call: Call) -> JsonObject:
    """Slack documents that bots cannot: archiving takes them out of the channel, and only members may."""
    channel = call.room()
    if not channel.is_archived:
        raise SlackError("not_archived")
    raise SlackError("channel_not_found")


METHODS = [
    Method(
        name="conversations.list",
        carry_out=conversations_list,
        tier=2,
        scopes=READ,
        errors=("invalid_cursor", "invalid_limit", "invalid_types"),
    ),
    Method(
        name="conversations.info",
        carry_out=conversations_info,
        tier=3,
        scopes=READ,
        required=("channel",),
        absent={"channel": "channel_not_found"},
        errors=("channel_not_found",),
    ),
    Method(
        name="conversations.create",
        carry_out=conversations_create,
        tier=2,
        scopes=MANAGE,
        required=("name",),
        absent={"name": "invalid_name_required"},
        errors=NAME_ERRORS,
    ),
    Method(
        name="conversations.setTopic",
        carry_out=conversations_set_topic,
        tier=2,
        scopes=DESCRIBE,
        required=("channel", "topic"),
        may_be_empty=("topic",),
        errors=(*PLACE_ERRORS, "too_long"),
    ),
    Method(
        name="conversations.setPurpose",
        carry_out=conversations_set_purpose,
        tier=2,
        scopes=DESCRIBE,
        required=("channel", "purpose"),
        may_be_empty=("purpose",),
        errors=(*PLACE_ERRORS, "too_long"),
    ),
    Method(
        name="conversations.rename",
        carry_out=conversations_rename,
        tier=2,
        scopes=MANAGE,
        required=("channel", "name"),
        absent={"name": "invalid_name_required"},
        errors=(*PLACE_ERRORS, *NAME_ERRORS, "not_authorized"),
    ),
    Method(
        name="conversations.archive",
        carry_out=conversations_archive,
        tier=2,
        scopes=MANAGE,
        required=("channel",),
        errors=(
            "channel_not_found",
            "not_in_channel",
            "already_archived",
            "cant_archive_general",
            "method_not_supported_for_channel_type",
        ),
    ),
    Method(
        name="conversations.unarchive",
        carry_out=conversations_unarchive,
        tier=2,
        scopes=MANAGE,
        required=("channel",),
        errors=("channel_not_found", "not_archived", "method_not_supported_for_channel_type"),
    ),
]
