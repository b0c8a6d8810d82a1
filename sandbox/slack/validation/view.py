"""Views: modals and Homes."""

import json

from sandbox.payload import JsonObject
from sandbox.slack.errors import SlackError
from sandbox.slack.message import elements_of
from sandbox.slack.validation.blocks import wrong_blocks
from sandbox.slack.validation.composition import plain
from sandbox.slack.validation.shape import Check, Fields, anything, at, boolean, kind, string

LARGEST = 250_000
"""Characters of a view's JSON; above it is view_too_large."""

COMMON: Fields = {
    "private_metadata": string(high=3000, low=0),
    "callback_id": string(high=255, low=0),
    "external_id": string(high=255, low=0),
}
CLOSING: Fields = {"close": plain(24), "clear_on_close": boolean, "notify_on_close": boolean}
SHAPES: dict[str, Check] = {
    "modal": kind(
        {"title": plain(24), "blocks": anything}, {**COMMON, **CLOSING, "submit": plain(24), "submit_disabled": boolean}
    ),
    "home": kind({"blocks": anything}, COMMON),
}


def check_view(view: JsonObject, *, surface: str) -> None:
    """Raises SlackError invalid_arguments or view_too_large unless Slack would take the view."""
    if len(json.dumps(view)) > LARGEST:
        raise SlackError("view_too_large")
    if wrong := wrong_view(view, surface=surface):
        raise SlackError("invalid_arguments", messages=wrong)


def wrong_view(view: JsonObject, *, surface: str) -> list[str]:
    """What Slack would say is wrong with a modal or a Home."""
    if view.get("type") != surface:
        return [at(f"must be one of: {surface}", "/view/type")]
    wrong = SHAPES[surface](view, "/view")
    if view.get("blocks") is not None:
        wrong += wrong_blocks(view["blocks"], surface=surface, pointer="/view/blocks")
    return wrong or _unsubmittable(view) + _restless(view)


def _unsubmittable(view: JsonObject) -> list[str]:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        return [at("missing required field: submit", "/view")]
    return []


def _restless(view: JsonObject) -> list[str]:
    """Only one element of a view may take the focus."""
    focused = [element for _, element in elements_of(view["blocks"]) if element.get("focus_on_load")]
    return [at("only one element may have focus_on_load", "/view/blocks")] if len(focused) > 1 else []
