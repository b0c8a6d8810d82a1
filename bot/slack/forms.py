"""Forms as Slack modals: how one is shown, what was filled in, and where a refusal is shown."""

from collections.abc import Iterator
from typing import Any, assert_never

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DividerBlock,
    InputBlock,
    InputInteractiveElement,
    PlainTextInputElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    UserMultiSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.basic_components import Option as SlackOption
from slack_sdk.models.blocks.basic_components import OptionGroup
from slack_sdk.models.views import View

from bot.domain.form import Answers, ChoiceField, Explanation, Field, Form, Option, PeopleField, TextField, TicksField
from bot.slack.blocks import explanation_block
from bot.slack.controls import plain

JsonObject = dict[str, Any]

_LONGEST_TITLE = 24
_LONGEST_LABEL = 2000
_LONGEST_OPTION = 75
_LONGEST_PLACEHOLDER = 150
_LONGEST_SUBJECT = 3000
_LONGEST_TEXT = 3000
_MOST_OPTIONS = 100
_MOST_TICKS = 10
_MOST_FIELDS = 100


def view_of(form: Form) -> JsonObject:
    """The form as a modal; raises ValueError for one that cannot be shown without losing what it carries."""
    if len(form.subject) > _LONGEST_SUBJECT or len(form.fields) > _MOST_FIELDS:
        raise ValueError(f"The form {form.name!r} carries more than a Slack modal takes.")
    view = View(
        type="modal",
        callback_id=form.name,
        title=plain(form.title, _LONGEST_TITLE),
        submit=plain(form.submit, _LONGEST_TITLE),
        close=plain("Cancel", _LONGEST_TITLE),
        private_metadata=form.subject,
        blocks=list(_blocks(form.fields)) or [DividerBlock()],
    )
    return dict(view.to_dict())


def _blocks(fields: tuple[Field, ...]) -> Iterator[Block]:
    for field in fields:
        if isinstance(field, Explanation):
            block: Block | None = explanation_block(field.lines)
        elif isinstance(field, ChoiceField | TicksField) and not field.options:
            block = explanation_block(((f"{field.label}: there is nothing to choose from.",),))
        else:
            block = _input(field)
        if block:
            yield block


def _input(field: TextField | ChoiceField | TicksField | PeopleField) -> InputBlock:
    return InputBlock(
        block_id=field.name,
        label=plain(field.label, _LONGEST_LABEL),
        hint=plain(field.hint, _LONGEST_LABEL) if field.hint.strip() else None,
        optional=field.optional,
        element=_element(field),
    )


def _element(field: TextField | ChoiceField | TicksField | PeopleField) -> InputInteractiveElement:
    match field:
        case TextField():
            return _text(field)
        case ChoiceField():
            return _choice(field)
        case TicksField():
            return _ticks(field)
        case PeopleField() if field.most == 1:
            return UserSelectElement(action_id=field.name, initial_user=next(iter(field.initial), None))
        case PeopleField():
            people = list(field.initial[: field.most]) or None
            return UserMultiSelectElement(action_id=field.name, initial_users=people, max_selected_items=field.most)
        case _:
            assert_never(field)


def _text(field: TextField) -> PlainTextInputElement:
    longest = min(field.longest, _LONGEST_TEXT)
    initial = _sendable(field.initial)[:longest]
    return PlainTextInputElement(
        action_id=field.name,
        initial_value=initial or None,
        placeholder=plain(field.placeholder, _LONGEST_PLACEHOLDER) if field.placeholder.strip() else None,
        # A text of several lines would lose them in a field of one.
        multiline=field.multiline or "\n" in initial,
        max_length=longest,
    )


def _sendable(text: str) -> str:
    """The text itself, unless it cannot travel as UTF-8."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def _choice(field: ChoiceField) -> StaticSelectElement:
    options = [_option(option) for option in field.options]
    initial = next((option for option in options if option.value == field.initial), None)
    if len(options) <= _MOST_OPTIONS:
        return StaticSelectElement(action_id=field.name, options=options, initial_option=initial)
    return StaticSelectElement(action_id=field.name, option_groups=_groups(options), initial_option=initial)


def _groups(options: list[SlackOption]) -> list[OptionGroup]:
    """More options than one list takes, a hundred to a group."""
    starts = range(0, len(options), _MOST_OPTIONS)
    return [
        OptionGroup(label=plain(f"From number {at + 1}", _LONGEST_OPTION), options=options[at : at + _MOST_OPTIONS])
        for at in starts
    ]


def _ticks(field: TicksField) -> CheckboxesElement | StaticMultiSelectElement:
    options = [_option(option) for option in field.options]
    initial = [option for option in options if option.value in field.initial] or None
    if len(options) <= _MOST_TICKS:
        return CheckboxesElement(action_id=field.name, options=options, initial_options=initial)
    return StaticMultiSelectElement(action_id=field.name, options=options, initial_options=initial)


def _option(option: Option) -> SlackOption:
    if not 0 < len(option.value) <= _LONGEST_OPTION:
        raise ValueError(f"The option {option.value!r} needs a value of 1 to {_LONGEST_OPTION} characters.")
    description = plain(option.description, _LONGEST_OPTION) if option.description.strip() else None
    return SlackOption(value=option.value, text=plain(option.label, _LONGEST_OPTION), description=description)


def answers_of(view: Any) -> Answers:
    """What was filled in, exactly as it was; `view` is that of a `view_submission` payload."""
    states = {name: state for block in view["state"]["values"].values() for name, state in block.items()}
    answers = {name: _answer(state) for name, state in states.items()}
    return Answers(subject=view.get("private_metadata") or "", values=answers)


def _answer(state: JsonObject) -> str | tuple[str, ...]:
    match state.get("type"):
        case "static_select":
            return str((state.get("selected_option") or {}).get("value") or "")
        case "checkboxes" | "multi_static_select":
            return tuple(str(option["value"]) for option in state.get("selected_options") or ())
        case "users_select":
            user = state.get("selected_user")
            return (str(user),) if user else ()
        case "multi_users_select":
            return tuple(str(user) for user in state.get("selected_users") or ())
        case _:
            return str(state.get("value") or "")


def errors_of(says: str, view: Any, *, field: str | None) -> dict[str, str]:
    """The `errors` of an answer to a submission: what it `says` under its field, else under the first of the form."""
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    places = inputs or [str(block["block_id"]) for block in view["blocks"]]
    place = field if field in inputs else places[0]
    return {str(place): plain(says, _LONGEST_LABEL).text}
