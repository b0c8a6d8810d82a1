"""users.*: who the people are, and where they are."""

from sandbox.payload import JsonObject
from sandbox.slack.api.conversations import listed, wanted_kinds
from sandbox.slack.api.method import Call, Method
from sandbox.slack.api.paging import page_of, paged
from sandbox.slack.errors import SlackError
from sandbox.slack.people import User
from sandbox.slack.scopes import READ


def users_info(call: Call) -> JsonObject:
    return {"user": _shown(call, call.user())}


def users_list(call: Call) -> JsonObject:
    page, cursor = page_of(list(call.workspace.users), call.arguments, default=len(call.workspace.users), most=1000)
    return paged({"members": [_shown(call, user) for user in page], "cache_ts": call.workspace.seconds()}, cursor)


def users_lookup_by_email(call: Call) -> JsonObject:
    user = call.workspace.user_by_email(call.arguments.text("email"))
    if user is None:
        raise SlackError("users_not_found")
    return {"user": _shown(call, user)}


def users_conversations(call: Call) -> JsonObject:
    user = call.arguments.text("user", call.bot)
    if user not in call.workspace.users:
        raise SlackError("invalid_arguments", messages=["invalid user"])
    kinds = wanted_kinds(call)
    return listed(call, [channel for channel in call.workspace.joined(user) if channel.kind in kinds])


def _shown(call: Call, user: User) -> JsonObject:
    with_email = "users:read.email" in call.desk.app.scopes
    return user.shown(call.workspace.team, call.desk.clock, with_email=with_email)


METHODS = [
    Method(
        name="users.info",
        carry_out=users_info,
        tier=4,
        scopes=("users:read",),
        required=("user",),
        absent={"user": "user_not_found"},
        errors=("user_not_found",),
    ),
    Method(name="users.list", carry_out=users_list, tier=2, scopes=("users:read",), errors=("invalid_cursor",)),
    Method(
        name="users.lookupByEmail",
        carry_out=users_lookup_by_email,
        tier=3,
        scopes=("users:read.email",),
        required=("email",),
        absent={"email": "users_not_found"},
        errors=("users_not_found",),
    ),
    Method(
        name="users.conversations",
        carry_out=users_conversations,
        tier=3,
        scopes=READ,
        errors=("invalid_cursor", "invalid_limit", "invalid_types"),
    ),
]
