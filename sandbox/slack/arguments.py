"""A method's arguments, wherever the client put them: query, form, multipart or JSON body."""

import json
from collections.abc import Mapping

from aiohttp import web

from sandbox.payload import JsonObject
from sandbox.slack.errors import SlackError

NO = frozenset({"", "0", "false", "False"})


class Arguments:
    """The arguments of one call, by name; absent and empty are the same."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = {name: value for name, value in values.items() if value is not None and name != "token"}

    def shown(self) -> JsonObject:
        """All of them, for the log; the token is not among them."""
        return dict(self._values)

    def has(self, name: str) -> bool:
        """Whether it was given at all, be it empty."""
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        return self.text(name).strip('"') not in NO if name in self._values else default

    def number(self, name: str, default: int, *, wrong: str = "invalid_arguments") -> int:
        """An integer; raises SlackError `wrong` for anything else."""
        try:
            return int(self.text(name).strip('"')) if self.text(name) else default
        except ValueError:
            raise SlackError(wrong) from None

    def names(self, name: str) -> list[str]:
        """A list, given with commas or as JSON."""
        value = self._values.get(name, "")
        if isinstance(value, str) and value.startswith("["):
            value = self.json(name, wrong="invalid_array_arg")
        parts = value if isinstance(value, list) else self.text(name).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def json(self, name: str, *, wrong: str) -> object:
        """A JSON value, given as such or as a string; raises SlackError `wrong` if it is none."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except (ValueError, RecursionError):
            raise SlackError(wrong) from None

    def objects(self, name: str, *, wrong: str) -> list[JsonObject] | None:
        """A list of JSON objects, None if not given; raises SlackError `wrong` for anything else."""
        value = self.json(name, wrong=wrong)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise SlackError(wrong)
        return value

    def object(self, name: str, *, wrong: str) -> JsonObject | None:
        """A JSON object, None if not given; raises SlackError `wrong` for anything else."""
        value = self.json(name, wrong=wrong)
        if value is not None and not isinstance(value, dict):
            raise SlackError(wrong)
        return value


async def arguments_of(request: web.Request) -> tuple[Arguments, str]:
    """The arguments and the token of a request; raises SlackError invalid_json, json_not_object, invalid_form_data."""
    values: JsonObject = {**request.query, **await _body(request)}
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else str(values.get("token") or "")
    return Arguments(values), token


async def _body(request: web.Request) -> JsonObject:
    if request.content_type == "application/json":
        return _json_object(await request.text())
    try:
        form = await request.post()
    except ValueError:
        raise SlackError("invalid_form_data") from None
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _json_object(text: str) -> JsonObject:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value
