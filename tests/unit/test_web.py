"""The HTTP side over a real socket: whoever does not say in time what they want is hung up on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.web import listening, serving

HEAD = b"POST / HTTP/1.1\r\nHost: opsbot\r\nContent-Length: 2\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """One connection to the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def hung_up(self) -> bytes:
        """What was answered until the server hung up."""
        async with asyncio.timeout(60):
            return await self.reader.read()

    async def answered(self) -> bytes:
        """The answer's head and body."""
        async with asyncio.timeout(60):
            return await self.reader.readuntil(b"ok")


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server of little patience, which answers "ok" to whatever it has read."""

    port: int

    @contextlib.asynccontextmanager
    async def caller(self) -> AsyncIterator[Caller]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Caller(reader=reader, writer=writer)
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async def answer(request: Request) -> Response:
        await request.body()
        return PlainTextResponse("ok")

    app = Starlette(routes=[Route("/", answer, methods=["POST"])])
    listener = listening("127.0.0.1", 0)
    port = listener.getsockname()[1]
    async with asyncio.TaskGroup() as group, serving(app, listener, head_within=0.1) as serve:
        group.create_task(serve())
        yield Server(port=port)


async def test_a_silent_connection_is_hung_up(server: Server) -> None:
    async with server.caller() as silent:
        assert await silent.hung_up() == b""


async def test_half_a_head_is_hung_up(server: Server) -> None:
    async with server.caller() as slow:
        slow.writer.write(HEAD[:20])
        assert await slow.hung_up() == b""


async def test_half_a_second_head_is_hung_up_too(server: Server) -> None:
    async with server.caller() as slow:
        slow.writer.write(HEAD + b"ab")
        assert (await slow.answered()).startswith(b"HTTP/1.1 200")
        slow.writer.write(HEAD[:20])
        assert await slow.hung_up() == b""


async def test_a_head_in_time_gives_its_body_time(server: Server) -> None:
    """How long a body may take is for whoever reads it to say."""
    async with server.caller() as prompt, server.caller() as silent:
        prompt.writer.write(HEAD)
        await silent.hung_up()
        prompt.writer.write(b"ab")
        assert (await prompt.answered()).startswith(b"HTTP/1.1 200")
