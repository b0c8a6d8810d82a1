"""Buttons and menus as Block Kit, and what a press on one of them says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, assert_never

from slack_sdk.models.blocks import ButtonElement, InteractiveElement, LinkButtonElement, UserSelectElement
from slack_sdk.models.blocks.basic_components import PlainTextObject

from bot.domain.message import Button, Control, LinkButton, PersonPicker, Style
from bot.slack.span import safe_address
from bot.slack.text import cut, one_line

OPEN = "open"
"""The action of a button that only opens an address: Slack tells of it, and wants nothing but an acknowledgement."""

_MARK = "|"
_LONGEST_ACTION = 255
_LONGEST_VALUE = 2000
_LONGEST_LABEL = 75
_LONGEST_PLACEHOLDER = 150
_MOST_IN_A_ROW = 25


@dataclass(frozen=True, kw_only=True)
class Press:
    """A pressed button, or a person chosen from a menu (`chosen`, empty if the choice was taken back)."""

    action: str
    value: str = ""
    chosen: str = ""


def press_of(action: Any) -> Press:
    """Reads one of the `actions` of a Slack interaction payload."""
    name, _, rest = str(action["action_id"]).partition(_MARK)
    if action.get("type") == "users_select":
        return Press(action=name, value=rest, chosen=action.get("selected_user") or "")
    return Press(action=name, value=action.get("value") or "")


def plain(text: str, most: int) -> PlainTextObject:
    """A label: one line, cut to fit, never empty, with nothing in it parsed."""
    return PlainTextObject(text=cut(one_line(text[: most * 8]), most) or "–", emoji=False)


def rows(controls: tuple[Control, ...]) -> Iterator[list[InteractiveElement]]:
    """The controls in rows that Slack takes: at most 25 elements, each with an id of its own."""
    elements = [each for at, control in enumerate(controls) if (each := element(control, at=at)) is not None]
    for start in range(0, len(elements), _MOST_IN_A_ROW):
        yield elements[start : start + _MOST_IN_A_ROW]


def element(control: Control, *, at: int = 0) -> InteractiveElement | None:
    """A control as Block Kit, number `at` of its row; None for a link button without a usable address.

    Ids must differ within a row and a menu has no value, so an id is the action's name, and after a `|` the number
    of the button, or the value of the menu.
    """
    match control:
        case Button():
            return _button(control, at=at)
        case LinkButton():
            url = safe_address(control.url)
            label = plain(control.label, _LONGEST_LABEL)
            return LinkButtonElement(text=label, url=url, action_id=_action_id(OPEN, str(at))) if url else None
        case PersonPicker():
            placeholder = plain(control.placeholder, _LONGEST_PLACEHOLDER)
            return UserSelectElement(placeholder=placeholder, action_id=_action_id(control.action, control.value))
        case _:
            assert_never(control)


def _button(button: Button, *, at: int) -> ButtonElement:
    if len(button.value) > _LONGEST_VALUE:
        raise ValueError(f"The value of the button {button.action!r} has more than {_LONGEST_VALUE} characters.")
    return ButtonElement(
        text=plain(button.label, _LONGEST_LABEL),
        action_id=_action_id(button.action, str(at) if at else ""),
        value=button.value or None,
        style=None if button.style is Style.PLAIN else button.style.value,
    )


def _action_id(action: str, rest: str) -> str:
    whole = f"{action}{_MARK}{rest}" if rest else action
    if not action or _MARK in action or len(whole) > _LONGEST_ACTION:
        raise ValueError(
            f"{whole!r} is no id for a control: at most {_LONGEST_ACTION} characters, no {_MARK!r} in the name."
        )
    return whole
