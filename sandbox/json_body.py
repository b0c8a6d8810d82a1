"""Reads the JSON bodies of the page's own requests, and answers with JSON."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.payload import JsonObject
from sandbox.slack.errors import SlackError

MOST = 1e12
"""Larger numbers are no seconds, and no number of anything, that somebody could mean."""

Answering = Callable[[web.Request], Awaitable[JsonObject]]


class Body:
    """A JSON object somebody sent; asking for a part of the wrong kind raises Malformed invalid_arguments."""

    def __init__(self, parts: JsonObject) -> None:
        self._parts = parts

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a `default` it must be there."""
        found = self._parts.get(name)
        if found is None and default is not None:
            return default
        if not isinstance(found, str):
            raise wrong(name)
        return found

    def flag(self, name: str) -> bool:
        return self._parts.get(name) is True

    def number(self, name: str) -> float | None:
        """A number of a size that can be reckoned with, or None where there is none."""
        found = self._parts.get(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) < MOST:
            raise wrong(name)
        return found

    def part(self, name: str) -> "Body":
        """An object within; one that is not there is empty."""
        return Body(self.object(name))

    def object(self, name: str) -> JsonObject:
        found = self._parts.get(name) or {}
        if not isinstance(found, dict):
            raise wrong(name)
        return found

    def objects(self, name: str) -> list[JsonObject]:
        """A list of objects; it must be there."""
        found = self._parts.get(name)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise wrong(name)
        return found

    def starting_with(self, prefix: str) -> JsonObject:
        """The parts whose name begins so."""
        return {name: part for name, part in self._parts.items() if name.startswith(prefix)}


class Malformed(SlackError):
    """What was sent could not be meant by anybody."""


def wrong(name: str) -> Malformed:
    return Malformed("invalid_arguments", messages=[f"{name} is missing or of the wrong kind"])


async def body_of(request: web.Request) -> Body:
    """The request's JSON object; raises Malformed invalid_json for anything else."""
    not_read = Malformed("invalid_json", messages=["The body is no JSON object."])
    try:
        body = json.loads(await request.text())
    except (ValueError, RecursionError):
        raise not_read from None
    if not isinstance(body, dict):
        raise not_read
    return Body(body)


def answered(answering: Answering) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler that answers with what `answering` returns, or with the code of the refusal it raises.

    The status is 400 for what is malformed, and 200 for what is refused, as Slack does it.
    """

    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response({"ok": True, **await answering(request)})
        except SlackError as refusal:
            return web.json_response(refusal.shown(), status=400 if isinstance(refusal, Malformed) else 200)

    return handle
