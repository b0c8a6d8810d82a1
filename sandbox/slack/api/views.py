"""views.*: modals and Homes."""

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.errors import SlackError

VIEW_ERRORS = ("duplicate_external_id", "view_too_large")
TRIGGER_ERRORS = ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id")


def _view(call: Call) -> JsonObject:
    view = call.arguments.object("view", wrong="invalid_arguments")
    if view is None:
        raise SlackError("invalid_arguments", messages=["missing required field: view"])
    return view


def views_open(call: Call) -> JsonObject:
    view = _view(call)
    return {"view": call.desk.views.open(_person(call), view)}


def views_push(call: Call) -> JsonObject:
    view = _view(call)
    return {"view": call.desk.views.push(_person(call), view)}


def _person(call: Call) -> str:
    """Whose trigger it is; a trigger is used up even by a view that is refused."""
    return call.desk.triggers.redeem(call.arguments.text("trigger_id"))


def views_update(call: Call) -> JsonObject:
    arguments = call.arguments
    if not (arguments.text("view_id") or arguments.text("external_id")):
        raise SlackError("invalid_arguments", messages=["missing required field: view_id"])
    view = call.desk.views.update(
        _view(call),
        view_id=arguments.text("view_id"),
        external_id=arguments.text("external_id"),
        seen=arguments.text("hash"),
    )
    return {"view": view}


def views_publish(call: Call) -> JsonObject:
    if not call.desk.app.has_home:
        raise SlackError("not_enabled")
    user = call.arguments.text("user_id")
    if user not in call.workspace.users:
        raise SlackError("invalid_arguments", messages=["invalid `user_id` [json-pointer:/user_id]"])
    return {"view": call.desk.views.publish(user, _view(call), seen=call.arguments.text("hash"))}


METHODS = [
    Method(
        name="views.open",
        carry_out=views_open,
        tier=4,
        required=("view",),
        errors=(*VIEW_ERRORS, *TRIGGER_ERRORS),
    ),
    Method(
        name="views.push",
        carry_out=views_push,
        tier=4,
        required=("view",),
        errors=(*VIEW_ERRORS, *TRIGGER_ERRORS, "not_found", "push_limit_reached"),
    ),
    Method(
        name="views.update",
        carry_out=views_update,
        tier=4,
        required=("view",),
        errors=(*VIEW_ERRORS, "not_found", "hash_conflict"),
    ),
    Method(
        name="views.publish",
        carry_out=views_publish,
        tier=4,
        required=("user_id", "view"),
        errors=(*VIEW_ERRORS, "hash_conflict", "not_enabled"),
    ),
]
