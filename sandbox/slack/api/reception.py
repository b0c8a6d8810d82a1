"""The reception: takes every call, asks who calls and what they may, and writes down how it went."""

import json
import time
from collections.abc import Mapping

from aiohttp import web

from sandbox.payload import JsonObject
from sandbox.slack.api.method import EVERYWHERE, Call, Method
from sandbox.slack.arguments import Arguments, arguments_of
from sandbox.slack.desk import Desk, ratelimited
from sandbox.slack.errors import SlackError
from sandbox.slack.scopes import demand


class Reception:
    """Carries out calls of the Web API, one at a time, each at once or not at all."""

    def __init__(self, desk: Desk, methods: Mapping[str, Method]) -> None:
        self._desk = desk
        self._methods = methods

    async def receive(self, request: web.Request) -> web.Response:
        """Answers a call, through whatever faults are switched on."""
        name, started = request.match_info["method"], time.monotonic()
        detail: JsonObject = {}

        async def carry_out() -> web.Response:
            return await self._answer(request, name, detail)

        response = await self._desk.line.carry(request, name, carry_out)
        self._desk.log.note(
            "call",
            name,
            error=error_of(request, response),
            status=response.status,
            ms=(time.monotonic() - started) * 1000,
            detail=detail,
        )
        return response

    async def _answer(self, request: web.Request, name: str, detail: JsonObject) -> web.Response:
        try:
            arguments, token = await arguments_of(request)
            detail["arguments"] = arguments.shown()
            body = {"ok": True, **self._carry_out(name, arguments, token)}
        except SlackError as refusal:
            if refusal.code == "ratelimited":
                return ratelimited(refusal.detail["retry_after"])
            body = refusal.shown()
        detail["answer"] = body
        return web.json_response(body, headers={"X-OAuth-Scopes": ",".join(sorted(self._desk.app.scopes))})

    def _carry_out(self, name: str, arguments: Arguments, token: str) -> JsonObject:
        method = self._methods.get(name)
        if method is None:
            raise SlackError("unknown_method", detail={"req_method": name})
        self._admit(method, token)
        _require(method, arguments)
        try:
            return method.carry_out(Call(desk=self._desk, method=method, arguments=arguments))
        except SlackError as refusal:
            if refusal.code not in EVERYWHERE.union(method.errors):
                raise AssertionError(f"{name} cannot answer {refusal.code}") from refusal
            raise

    def _admit(self, method: Method, token: str) -> None:
        """Raises SlackError unless this token may call this method now."""
        credentials = self._desk.app.credentials
        if not token:
            raise SlackError("not_authed")
        if token not in {credentials.bot_token, credentials.app_token}:
            raise SlackError("invalid_auth")
        if method.is_for_app_token is not (token == credentials.app_token):
            raise SlackError("not_allowed_token_type")
        if wait := self._desk.tiers.call(method.name, method.tier):
            raise SlackError("ratelimited", detail={"retry_after": wait})
        demand(method.scopes, self._desk.app.scopes)


def _require(method: Method, arguments: Arguments) -> None:
    for name in method.required:
        if not arguments.has(name) or (not arguments.text(name) and name not in method.may_be_empty):
            if name in method.absent:
                raise SlackError(method.absent[name])
            raise SlackError("invalid_arguments", messages=[f"missing required field: {name}"])


def error_of(request: web.Request, response: web.Response) -> str | None:
    """What went wrong with a call, in a word; None if nothing did."""
    if request.transport is None or request.transport.is_closing():
        return "connection_cut"
    try:
        body = json.loads(response.text or "")
    except json.JSONDecodeError:
        return f"http_{response.status}" if response.status >= 400 else "garbage"
    return None if body.get("ok") else str(body.get("error"))
