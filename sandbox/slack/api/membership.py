"""conversations.*: who is in a conversation, who comes and who goes."""

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.api.paging import page_of, paged
from sandbox.slack.channel import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.gathering import join, leave, open_direct
from sandbox.slack.scopes import INVITE, MANAGE, READ

MOST_INVITED = 100
MOST_IN_DIRECT = 8


def conversations_join(call: Call) -> JsonObject:
    channel = call.room()
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    shown = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    if call.bot not in channel.members:
        join(call.desk, channel, call.bot)
        shown = {}
    return {"channel": channel.shown(call.workspace.team, call.bot), **shown}


def conversations_leave(call: Call) -> JsonObject:
    channel = call.room()
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_general:
        raise SlackError("cant_leave_general")
    if call.bot not in channel.members:
        return {"not_in_channel": True}
    leave(call.desk, channel, call.bot)
    return {}


def conversations_members(call: Call) -> JsonObject:
    members = call.channel().members
    page, cursor = page_of(members, call.arguments, default=100, most=1000, wrong="invalid_limit")
    return paged({"members": page}, cursor)


def conversations_invite(call: Call) -> JsonObject:
    channel, invited = call.open_room(), call.arguments.names("users")
    if not 0 < len(invited) <= MOST_INVITED:
        raise SlackError("no_user")
    problems = [problem for user in invited if (problem := _problem(call, channel, user))]
    if problems and not call.arguments.flag("force"):
        raise SlackError(problems[0]["error"], detail={"errors": problems})
    unfit = {problem["user"] for problem in problems}
    fit = [user for user in dict.fromkeys(invited) if user not in unfit]
    if not fit:
        raise SlackError(problems[0]["error"], detail={"errors": problems})
    for user in fit:
        join(call.desk, channel, user, inviter=call.bot)
    shown = {"channel": channel.shown(call.workspace.team, call.bot)}
    return shown | ({"errors": problems} if problems else {})


def _problem(call: Call, channel: Channel, user: str) -> JsonObject | None:
    """Why somebody cannot be invited, as Slack lists it."""
    found = call.workspace.users.get(user)
    if user == call.bot:
        error = "cant_invite_self"
    elif found is None or found.deleted:
        error = "user_not_found"
    elif user in channel.members:
        error = "already_in_channel"
    else:
        return None
    return {"user": user, "ok": False, "error": error}


def conversations_kick(call: Call) -> JsonObject:
    channel, user = call.room(), call.user()
    if user.id == call.bot:
        raise SlackError("cant_kick_self")
    if channel.is_general:
        raise SlackError("cant_kick_from_general")
    if user.id not in channel.members or call.bot not in channel.members:
        raise SlackError("not_in_channel")
    leave(call.desk, channel, user.id, by=call.bot)
    return {}


def conversations_open(call: Call) -> JsonObject:
    channel = _wanted_direct(call)
    if call.arguments.flag("return_im"):
        return {"channel": channel.shown(call.workspace.team, call.bot)}
    return {"channel": {"id": channel.id}}


def _wanted_direct(call: Call) -> Channel:
    if call.arguments.text("channel"):
        channel = call.channel()
        if not channel.is_direct:
            raise SlackError("method_not_supported_for_channel_type")
        return channel
    people = [user for user in dict.fromkeys(call.arguments.names("users")) if user != call.bot]
    if not call.arguments.names("users"):
        raise SlackError("users_list_not_supplied")
    if not people:
        raise SlackError("not_enough_users")
    if len(people) > MOST_IN_DIRECT:
        raise SlackError("too_many_users")
    for user in people:
        found = call.workspace.users.get(user)
        if found is None:
            raise SlackError("user_not_found")
        if found.deleted:
            raise SlackError("user_disabled")
    return open_direct(call.desk, [call.bot, *people])


METHODS = [
    Method(
        name="conversations.join",
        carry_out=conversations_join,
        tier=3,
        scopes=("channels:join",),
        required=("channel",),
        errors=("channel_not_found", "is_archived", "method_not_supported_for_channel_type"),
    ),
    Method(
        name="conversations.leave",
        carry_out=conversations_leave,
        tier=3,
        scopes=MANAGE,
        required=("channel",),
        errors=("channel_not_found", "is_archived", "cant_leave_general", "method_not_supported_for_channel_type"),
    ),
    Method(
        name="conversations.members",
        carry_out=conversations_members,
        tier=4,
        scopes=READ,
        required=("channel",),
        errors=("channel_not_found", "invalid_cursor", "invalid_limit"),
    ),
    Method(
        name="conversations.invite",
        carry_out=conversations_invite,
        tier=3,
        scopes=INVITE,
        required=("channel", "users"),
        absent={"users": "no_user"},
        errors=(
            "channel_not_found",
            "is_archived",
            "not_in_channel",
            "method_not_supported_for_channel_type",
            "no_user",
            "user_not_found",
            "already_in_channel",
            "cant_invite_self",
        ),
    ),
    Method(
        name="conversations.kick",
        carry_out=conversations_kick,
        tier=3,
        scopes=("channels:manage", "groups:write"),
        required=("channel",),
        errors=(
            "channel_not_found",
            "user_not_found",
            "not_in_channel",
            "cant_kick_self",
            "cant_kick_from_general",
            "method_not_supported_for_channel_type",
        ),
    ),
    Method(
        name="conversations.open",
        carry_out=conversations_open,
        tier=3,
        scopes=MANAGE,
        errors=(
            "channel_not_found",
            "method_not_supported_for_channel_type",
            "users_list_not_supplied",
            "not_enough_users",
            "too_many_users",
            "user_not_found",
            "user_disabled",
        ),
    ),
]
