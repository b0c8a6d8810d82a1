"""The way in: every request passes through the faults and is put into the log."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.line import Line
from sandbox.log import Log
from sandbox.payload import JsonObject


class Refusal(Exception):
    """A request that PagerDuty refuses in the words of its REST API."""

    def __init__(self, status: int, message: str, *, code: int, errors: list[str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: JsonObject = {"error": {"message": message, "code": code}}
        if errors:
            self.body["error"]["errors"] = errors

    def response(self) -> web.Response:
        return web.json_response(self.body, status=self.status)


NOT_FOUND = 2100
INVALID = 2001
ARGUMENTS = 2002
CREDENTIALS = 2006
TOO_MANY = 2020


@dataclass(frozen=True, kw_only=True)
class Door:
    """Carries requests over a line, and notes how each went."""

    line: Line
    log: Log

    async def carry(
        self, request: web.Request, name: str, detail: JsonObject, answer: Callable[[], Awaitable[web.Response]]
    ) -> web.Response:
        """Answers a request; a `Refusal` that `answer` raises is an answer too."""
        begun = time.perf_counter()
        response = await self.line.carry(request, name, lambda: _refusable(answer))
        self.log.note(
            "pagerduty",
            name,
            error=None if response.status < 400 else _error(response),
            status=response.status,
            ms=(time.perf_counter() - begun) * 1000,
            detail=detail,
        )
        return response


async def _refusable(answer: Callable[[], Awaitable[web.Response]]) -> web.Response:
    try:
        return await answer()
    except Refusal as refusal:
        return refusal.response()


def _error(response: web.Response) -> str:
    return (response.text or f"HTTP {response.status}")[:200]
