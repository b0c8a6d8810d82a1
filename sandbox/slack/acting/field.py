"""The fields of Block Kit: what each holds, how it starts, and what Slack's client checks before it sends them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sandbox.payload import JsonObject
from sandbox.slack.message import elements_of

HOLDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "plain_text_input": ("value", "initial_value"),
        "email_text_input": ("value", "initial_value"),
        "url_text_input": ("value", "initial_value"),
        "number_input": ("value", "initial_value"),
        "rich_text_input": ("rich_text_value", "initial_value"),
        "datepicker": ("selected_date", "initial_date"),
        "timepicker": ("selected_time", "initial_time"),
        "datetimepicker": ("selected_date_time", "initial_date_time"),
        "checkboxes": ("selected_options", "initial_options"),
        "radio_buttons": ("selected_option", "initial_option"),
        "static_select": ("selected_option", "initial_option"),
        "external_select": ("selected_option", "initial_option"),
        "users_select": ("selected_user", "initial_user"),
        "conversations_select": ("selected_conversation", "initial_conversation"),
        "channels_select": ("selected_channel", "initial_channel"),
        "multi_static_select": ("selected_options", "initial_options"),
        "multi_external_select": ("selected_options", "initial_options"),
        "multi_users_select": ("selected_users", "initial_users"),
        "multi_conversations_select": ("selected_conversations", "initial_conversations"),
        "multi_channels_select": ("selected_channels", "initial_channels"),
    }
)
"""By type of element: the name of its value, and of its initial value. Buttons and overflow menus hold nothing."""

REQUIRED = "Please complete this required field."


def chosen_name(element_type: str) -> str:
    """What an action of this type calls its choice; nothing for a button."""
    return "selected_option" if element_type == "overflow" else HOLDS.get(element_type, ("", ""))[0]


def filled(blocks: list[JsonObject], *layers: JsonObject) -> JsonObject:
    """`state.values`: every field as it starts, and over it what was entered, the latest last."""
    values: JsonObject = {}
    for block, element in elements_of(blocks):
        if element["type"] not in HOLDS:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        value = started(element)
        for layer in layers:
            value |= layer.get(block_id, {}).get(action_id, {})
        values.setdefault(block_id, {})[action_id] = value
    return values


def started(element: JsonObject) -> JsonObject:
    """A field nobody has touched."""
    name, initial = HOLDS[element["type"]]
    nothing: object = [] if name.endswith("s") else None
    return {"type": element["type"], name: element.get(initial, nothing)}


def missing(blocks: list[JsonObject], values: JsonObject) -> dict[str, str]:
    """What Slack's client says before it sends a form: by block, that a required field is empty or a text too long."""
    inputs = [block for block in blocks if block["type"] == "input"]
    found = {block["block_id"]: _flaw(block, values) for block in inputs}
    return {block_id: flaw for block_id, flaw in found.items() if flaw}


def _flaw(block: JsonObject, values: JsonObject) -> str:
    element = block["element"]
    value = values[block["block_id"]][element["action_id"]][HOLDS[element["type"]][0]]
    if value in (None, [], {}) or (isinstance(value, str) and not value.strip()):
        return "" if block.get("optional") else REQUIRED
    if not isinstance(value, str):
        return ""
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < shortest:
        return f"Must be at least {shortest} characters."
    return f"Must be at most {longest} characters." if len(value) > longest else ""


def choices(element: JsonObject) -> Iterable[JsonObject]:
    """The options an element shows of its own."""
    yield from element.get("options", [])
    for group in element.get("option_groups", []):
        yield from group["options"]
