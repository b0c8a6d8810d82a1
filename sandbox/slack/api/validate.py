"""blocks.validate: whether Slack would take some blocks, a message or a view, without doing anything."""

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.errors import SlackError
from sandbox.slack.validation.blocks import wrong_blocks
from sandbox.slack.validation.view import wrong_view

GIVEN = ("blocks", "message", "view")


def blocks_validate(call: Call) -> JsonObject:
    given = [name for name in GIVEN if call.arguments.has(name)]
    if len(given) != 1:
        raise SlackError("invalid_arguments", messages=["provide exactly one of `blocks`, `view`, or `message`"])
    value = call.arguments.json(given[0], wrong="invalid_arguments")
    match given[0]:
        case "blocks":
            wrong = wrong_blocks(value, surface="message")
        case "message":
            wrong = wrong_blocks(value.get("blocks", []) if isinstance(value, dict) else None, surface="message")
        case _:
            surface = value.get("type") if isinstance(value, dict) else ""
            wrong = wrong_view(
                value if isinstance(value, dict) else {}, surface="home" if surface == "home" else "modal"
            )
    if wrong:
        raise SlackError(f"invalid_{given[0]}", messages=wrong)
    return {}


METHODS = [
    Method(
        name="blocks.validate",
        carry_out=blocks_validate,
        tier=0,
        errors=("invalid_blocks", "invalid_message", "invalid_view"),
    )
]
