"""What the practice ground's REST APIs have in common: who is let in, what goes wrong, and the record of both."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.line import Line
from sandbox.log import Log
from sandbox.payload import JsonObject


class Refused(Exception):
    """A request that is refused, in the words of whom the face stands for."""

    def __init__(self, status: int, body: JsonObject) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What is answered."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[web.Request, JsonObject], Reply]
"""Answers a request, given its JSON body; raises `Refused`."""
Asking = Callable[[web.Request, JsonObject], Awaitable[Reply]]
"""The same where the answer takes its time."""


@dataclass(frozen=True, kw_only=True)
class RestFace:
    """One API, below `root`. Its faults and log entries go by `GET /path/{name}` and the like."""

    root: str
    line: Line
    log: Log
    admit: Callable[[web.Request], None]
    """Raises `Refused` for whoever may not ask."""
    headers: Callable[[], Mapping[str, str]] = dict
    """What every answer carries."""

    def route(self, method: str, path: str, answer: Answer) -> web.RouteDef:
        """An address that answers with JSON."""

        async def at_once(request: web.Request, body: JsonObject) -> Reply:
            return answer(request, body)

        return self.slow_route(method, path, at_once)

    def slow_route(self, method: str, path: str, answer: Asking) -> web.RouteDef:
        """An address that answers with JSON once somebody else has answered."""

        async def shown(request: web.Request, body: JsonObject) -> web.Response:
            reply = await answer(request, body)
            headers = {**self.headers(), **reply.headers}
            if reply.body is None:
                return web.Response(status=reply.status, headers=headers)
            return web.json_response(reply.body, status=reply.status, headers=headers)

        return web.route(method, f"{self.root}{path}", self._handler(f"{method} {path}", shown))

    def _handler(
        self, name: str, shown: Callable[[web.Request, JsonObject], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            begun = time.perf_counter()
            body = await _body(request)

            async def carry_out() -> web.Response:
                try:
                    self.admit(request)
                    return await shown(request, body)
                except Refused as refused:
                    return web.json_response(refused.body, status=refused.status, headers=self.headers())

            response = await self.line.carry(request, name, carry_out)
            self.log.note(
                self.line.target,
                name,
                error=None if response.status < 400 else (response.text or f"HTTP {response.status}")[:200],
                status=response.status,
                ms=(time.perf_counter() - begun) * 1000,
                detail={"path": request.path_qs.removeprefix(self.root), **({"body": body} if body else {})},
            )
            return response

        return handle


async def _body(request: web.Request) -> JsonObject:
    try:
        body = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
