"""The body of a request from outside, whatever its headers promise of it."""

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

PATIENCE = 10.0
"""Seconds in which a body must have arrived; Slack itself waits for three until it was answered."""


async def body_of(request: Request, *, largest: int) -> bytes | Response:
    """The body, or the answer as soon as it has more than `largest` bytes (413) or takes too long (408)."""
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > largest:
                    return PlainTextResponse("too large", status_code=413)
    except (TimeoutError, ClientDisconnect):
        return PlainTextResponse("too slow", status_code=408)
    return bytes(body)
