"""usergroups.*: groups of people, such as @on-call."""

import re

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.errors import SlackError
from sandbox.slack.people import UserGroup
from sandbox.slack.workspace import new_id

LONGEST_DESCRIPTION = 140


def usergroups_list(call: Call) -> JsonObject:
    with_disabled = call.arguments.flag("include_disabled")
    groups = [group for group in call.workspace.groups if with_disabled or not group.disabled_at]
    return {"usergroups": [_shown(call, group) for group in groups]}


def _shown(call: Call, group: UserGroup, *, with_users: bool = False) -> JsonObject:
    wanted = with_users or call.arguments.flag("include_users")
    return group.shown(call.workspace.team, with_users=wanted)


def usergroups_create(call: Call) -> JsonObject:
    name = call.arguments.text("name")
    group = UserGroup(
        id=new_id("S"), name=_free_name(call, name), handle=_free_handle(call, name), description=_description(call)
    )
    call.workspace.groups.put(group.id, group)
    return {"usergroup": _shown(call, group, with_users=True)}


def _free_name(call: Call, name: str) -> str:
    if len(name) > 255:
        raise SlackError("name_too_long")
    if any(group.name == name for group in call.workspace.groups):
        raise SlackError("name_already_exists")
    return name


def _free_handle(call: Call, name: str) -> str:
    handle = call.arguments.text("handle") or re.sub(r"[^\w-]+", "-", name.lower())
    if not re.fullmatch(r"[\w.-]{1,21}", handle) or handle in {"here", "channel", "everyone"}:
        raise SlackError("bad_handle")
    holders = [group.handle for group in call.workspace.groups] + [user.name for user in call.workspace.users]
    if handle in holders:
        raise SlackError("handle_already_exists")
    return handle


def _description(call: Call) -> str:
    description = call.arguments.text("description")
    if len(description) > LONGEST_DESCRIPTION:
        raise SlackError("description_too_long")
    return description


def usergroups_update(call: Call) -> JsonObject:
    group = _group(call, missing="invalid_arguments")
    for part in ("name", "handle", "description"):
        if call.arguments.has(part):
            setattr(group, part, call.arguments.text(part))
    call.workspace.groups.put(group.id, group)
    return {"usergroup": _shown(call, group, with_users=True)}


def _group(call: Call, *, missing: str) -> UserGroup:
    group = call.workspace.groups.get(call.arguments.text("usergroup"))
    if group is None:
        raise SlackError(missing)
    return group


def usergroups_disable(call: Call) -> JsonObject:
    return _switched(call, disabled_at=call.workspace.seconds())


def usergroups_enable(call: Call) -> JsonObject:
    return _switched(call, disabled_at=0)


def _switched(call: Call, *, disabled_at: int) -> JsonObject:
    group = _group(call, missing="invalid_arguments")
    group.disabled_at = disabled_at
    call.workspace.groups.put(group.id, group)
    return {"usergroup": _shown(call, group, with_users=True)}


def usergroups_users_list(call: Call) -> JsonObject:
    return {"users": list(_group(call, missing="no_such_subteam").users)}


def usergroups_users_update(call: Call) -> JsonObject:
    """Replaces the whole list; it cannot be emptied, and holds neither bots nor guests."""
    group, users = _group(call, missing="invalid_arguments"), list(dict.fromkeys(call.arguments.names("users")))
    if not users:
        raise SlackError("no_users_provided")
    for user in users:
        found = call.workspace.users.get(user)
        if found is None or found.is_bot or found.is_outsider or found.deleted:
            raise SlackError("invalid_users")
    group.users = users
    call.workspace.groups.put(group.id, group)
    return {"usergroup": _shown(call, group, with_users=True)}


READS, WRITES = ("usergroups:read",), ("usergroups:write",)

METHODS = [
    Method(name="usergroups.list", carry_out=usergroups_list, tier=2, scopes=READS),
    Method(
        name="usergroups.create",
        carry_out=usergroups_create,
        tier=2,
        scopes=WRITES,
        required=("name",),
        absent={"name": "missing_subteam_name"},
        errors=(
            "missing_subteam_name",
            "name_too_long",
            "name_already_exists",
            "bad_handle",
            "handle_already_exists",
            "description_too_long",
        ),
    ),
    Method(name="usergroups.update", carry_out=usergroups_update, tier=2, scopes=WRITES, required=("usergroup",)),
    Method(name="usergroups.disable", carry_out=usergroups_disable, tier=2, scopes=WRITES, required=("usergroup",)),
    Method(name="usergroups.enable", carry_out=usergroups_enable, tier=2, scopes=WRITES, required=("usergroup",)),
    Method(
        name="usergroups.users.list",
        carry_out=usergroups_users_list,
        tier=2,
        scopes=READS,
        required=("usergroup",),
        errors=("no_such_subteam",),
    ),
    Method(
        name="usergroups.users.update",
        carry_out=usergroups_users_update,
        tier=2,
        scopes=WRITES,
        required=("usergroup", "users"),
        absent={"users": "no_users_provided"},
        errors=("no_users_provided", "invalid_users"),
    ),
]
