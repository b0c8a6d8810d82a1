"""Interactive elements, and in which blocks and on which surfaces each may stand."""

from collections.abc import Mapping

from sandbox.slack.validation.composition import (
    CONFIRM,
    DISPATCH,
    FILTER,
    GROUPS,
    OPTION,
    OPTIONS,
    RICH_OPTION,
    SLACK_FILE,
    option,
    plain,
)
from sandbox.slack.validation.shape import (
    Check,
    Fields,
    among,
    anything,
    boolean,
    exactly_one,
    items,
    kind,
    matching,
    number,
    string,
    typed,
    url,
)

DATE = matching(r"\d{4}-\d{2}-\d{2}", called="date")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", called="time")
NUMERAL = matching(r"-?\d+(\.\d+)?", called="number")

NAMED: Fields = {"action_id": string(high=255)}
ASKED: Fields = {**NAMED, "confirm": CONFIRM, "focus_on_load": boolean}
MENU: Fields = {**ASKED, "placeholder": plain(150)}
TYPED: Fields = {**NAMED, "placeholder": plain(150), "focus_on_load": boolean, "dispatch_action_config": DISPATCH}
MANY: Fields = {"max_selected_items": number(low=1, high=1000)}
CHANNELS = items(string(high=255), high=1000, low=0)


def _choice(menu: Fields, initial: Check) -> Check:
    """A select whose options the app gives, in one list or in groups."""
    lists = {"options": OPTIONS, "option_groups": GROUPS}
    return exactly_one(kind({}, {**menu, **lists, **_initial(menu, initial)}), "options", "option_groups")


def _initial(menu: Fields, initial: Check) -> Fields:
    return {"initial_options" if "max_selected_items" in menu else "initial_option": initial}


IMAGE = exactly_one(
    kind({"alt_text": string(high=2000, low=0)}, {"image_url": url(), "slack_file": SLACK_FILE}),
    "image_url",
    "slack_file",
)
BUTTON = kind(
    {"text": plain(75)},
    {
        **NAMED,
        "url": url(),
        "value": string(high=2000),
        "style": among("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(high=75),
    },
)
CONVERSATIONS: Fields = {"default_to_current_conversation": boolean, "filter": FILTER}
MENUS: Mapping[str, Check] = {
    "static_select": _choice(MENU, OPTION),
    "external_select": kind({}, {**MENU, "initial_option": OPTION, "min_query_length": number(low=0, high=1000)}),
    "users_select": kind({}, {**MENU, "initial_user": string(high=255)}),
    "conversations_select": kind(
        {}, {**MENU, **CONVERSATIONS, "initial_conversation": string(high=255), "response_url_enabled": boolean}
    ),
    "channels_select": kind({}, {**MENU, "initial_channel": string(high=255), "response_url_enabled": boolean}),
}
MULTI_MENUS: Mapping[str, Check] = {
    "multi_static_select": _choice({**MENU, **MANY}, items(OPTION, high=100)),
    "multi_external_select": kind(
        {}, {**MENU, **MANY, "initial_options": items(OPTION, high=100), "min_query_length": number(low=0, high=1000)}
    ),
    "multi_users_select": kind({}, {**MENU, **MANY, "initial_users": CHANNELS}),
    "multi_conversations_select": kind({}, {**MENU, **MANY, **CONVERSATIONS, "initial_conversations": CHANNELS}),
    "multi_channels_select": kind({}, {**MENU, **MANY, "initial_channels": CHANNELS}),
}
TICKS = items(RICH_OPTION, high=10)
BOXES: Mapping[str, Check] = {
    "checkboxes": kind({"options": TICKS}, {**ASKED, "initial_options": TICKS}),
    "radio_buttons": kind({"options": TICKS}, {**ASKED, "initial_option": RICH_OPTION}),
}
PICKERS: Mapping[str, Check] = {
    "datepicker": kind({}, {**MENU, "initial_date": DATE}),
    "timepicker": kind({}, {**MENU, "initial_time": TIME, "timezone": string(high=255)}),
}
DATETIME = kind({}, {**ASKED, "initial_date_time": number(low=1_000_000_000, high=9_999_999_999)})
OVERFLOW = kind({"options": items(option(plain(75), with_url=True), high=5)}, {**NAMED, "confirm": CONFIRM})

LINE = kind(
    {},
    {
        **TYPED,
        "initial_value": string(high=3000, low=0),
        "multiline": boolean,
        "min_length": number(low=0, high=3000),
        "max_length": number(low=1, high=3000),
    },
)
MODAL_INPUTS: Mapping[str, Check] = {
    "email_text_input": kind({}, {**TYPED, "initial_value": string(high=3000)}),
    "url_text_input": kind({}, {**TYPED, "initial_value": url()}),
    "number_input": kind(
        {"is_decimal_allowed": boolean},
        {**TYPED, "initial_value": NUMERAL, "min_value": NUMERAL, "max_value": NUMERAL},
    ),
    "file_input": kind(
        {}, {**NAMED, "filetypes": items(string(high=255), high=100), "max_files": number(low=1, high=10)}
    ),
}
RICH_INPUT = kind({}, {**TYPED, "initial_value": anything})


ACCESSORY: Check = typed(
    {"button": BUTTON, "image": IMAGE, "overflow": OVERFLOW, **MENUS, **MULTI_MENUS, **BOXES, **PICKERS}
)
"""What may stand beside a section."""


def action(surface: str) -> Check:
    """What may stand in an actions block."""
    return typed(
        {"button": BUTTON, "overflow": OVERFLOW, **MENUS, **MULTI_MENUS, **BOXES, **PICKERS, **_moment(surface)}
    )


def answer(surface: str) -> Check:
    """What may stand in an input block."""
    lines = {"plain_text_input": LINE, "rich_text_input": RICH_INPUT}
    extra = MODAL_INPUTS if surface == "modal" else {}
    return typed({**lines, **MENUS, **MULTI_MENUS, **BOXES, **PICKERS, **_moment(surface), **extra})


def _moment(surface: str) -> Mapping[str, Check]:
    return {} if surface == "home" else {"datetimepicker": DATETIME}


CONTEXT: Check = typed(
    {
        "image": IMAGE,
        "plain_text": kind({"text": string(high=3000)}, {"emoji": boolean}),
        "mrkdwn": kind({"text": string(high=3000)}, {"verbatim": boolean}),
    }
)
