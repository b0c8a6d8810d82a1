"""Server-sent events: lines to whoever listens, until they or the server go away."""

import asyncio
import contextlib
import json
from collections.abc import Iterable

from aiohttp import web

from sandbox.payload import JsonObject

Queue = asyncio.Queue[JsonObject | None]
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
LONGEST_SILENCE = 15.0
"""Seconds after which a comment is sent, so that a listener who left is noticed."""


class Listeners:
    """Everybody who listens to one stream; `key` tells them apart, such as the user they are."""

    def __init__(self) -> None:
        self._queues: dict[Queue, str] = {}

    def tell(self, event: JsonObject, *, to: str | None = None) -> None:
        """Sends an event to all, or to those of one key."""
        for queue, key in self._queues.items():
            if to in {None, key}:
                queue.put_nowait(event)

    def present(self) -> set[str]:
        """Who listens."""
        return set(self._queues.values())

    def close(self) -> None:
        """Ends every listener's stream."""
        for queue in self._queues:
            queue.put_nowait(None)

    async def serve(
        self, request: web.Request, *, key: str = "", first: Iterable[JsonObject] = ()
    ) -> web.StreamResponse:
        """Sends the `first` events and then what is told, until the listener leaves."""
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        queue: Queue = asyncio.Queue()
        for event in first:
            queue.put_nowait(event)
        self._queues[queue] = key
        try:
            with contextlib.suppress(ConnectionError):
                await _pour(queue, response)
        finally:
            del self._queues[queue]
        return response


async def _pour(queue: Queue, response: web.StreamResponse) -> None:
    await response.write(b": welcome\n\n")
    while True:
        try:
            async with asyncio.timeout(LONGEST_SILENCE):
                event = await queue.get()
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if event is None:
            return
        await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
