"""The page without a browser: its requests, and the stream it listens to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.server import Sandbox

Json = dict[str, Any]


class Page:
    """A browser page without the browser."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self._url = sandbox.url
        self._session = session

    async def get(self, path: str, **query: str) -> Json:
        async with self._session.get(f"{self._url}{path}", params=query) as response:
            answer: Json = await response.json()
            return answer

    async def post(self, path: str, body: Json) -> Json:
        async with self._session.post(f"{self._url}{path}", json=body) as response:
            answer: Json = await response.json()
            return answer

    async def delete(self, path: str) -> Json:
        async with self._session.delete(f"{self._url}{path}") as response:
            answer: Json = await response.json()
            return answer

    @asynccontextmanager
    async def stream(self, user: str) -> AsyncIterator["Stream"]:
        """What the page is told, from now on."""
        async with self._session.get(f"{self._url}/client/stream", params={"user": user}) as response:
            stream = Stream(response)
            assert (await stream.next())["type"] == "clock"
            assert (await stream.next())["type"] == "bot"
            yield stream


class Stream:
    """Events as they come."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self, kind: str = "") -> Json:
        """The next event, of this type if one is given."""
        async with asyncio.timeout(60):
            while True:
                line = await self._response.content.readline()
                event: Json = json.loads(line[5:]) if line.startswith(b"data:") else {}
                if event and kind in {"", event["type"]}:
                    return event
