"""The line a request comes in on: it may be slow, cut, or garbled."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.faults import Fault, Faults

CarryOut = Callable[[], Awaitable[web.Response]]


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How a service says that it failed."""

    ratelimited: Callable[[float], web.Response]
    """With the seconds to wait."""
    internal_error: Callable[[], web.Response]
    error: Callable[[str], web.Response]
    """With an error code of the service's own."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """Carries the requests of one target (`slack`, `pagerduty`) through the faults that are switched on."""

    target: str
    faults: Faults
    wording: Wording

    async def carry(self, request: web.Request, method: str, carry_out: CarryOut) -> web.Response:
        """Answers with `carry_out`, or with whatever goes wrong; latency is half before it and half after.

        What has arrived whole is carried out, also when by then nobody waits for the answer any more.
        """
        await request.read()
        half = self.faults.latency(self.target, method) / 2
        if half:
            await asyncio.sleep(half)
        response = await self._answer(request, self.faults.strike(self.target, method), carry_out)
        if half:
            await asyncio.sleep(half)
        return response

    async def _answer(self, request: web.Request, fault: Fault | None, carry_out: CarryOut) -> web.Response:
        refusal = self._refusal(request, fault) if fault else None
        if refusal is not None:
            return refusal
        response = await carry_out()
        match fault.kind if fault else None:
            case "internal_error_applied":
                return self.wording.internal_error()
            case "drop_after":
                return cut(request)
            case "garbage_json":
                return web.Response(text="<html>upstream connect error", content_type="application/json")
            case _:
                return response

    def _refusal(self, request: web.Request, fault: Fault) -> web.Response | None:
        """The answer of a fault that keeps the request from being carried out."""
        match fault.kind:
            case "http_500" | "http_503":
                return web.Response(status=int(fault.kind[5:]), text="upstream connect error")
            case "ratelimited":
                return self.wording.ratelimited(fault.retry_after)
            case "internal_error_not_applied":
                return self.wording.internal_error()
            case "drop_before":
                return cut(request)
            case kind if kind.startswith("error:"):
                return self.wording.error(kind.removeprefix("error:"))
            case _:
                return None


def cut(request: web.Request) -> web.Response:
    """Resets the connection; whatever is answered goes nowhere."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)
