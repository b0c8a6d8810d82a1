"""A ping over a real socket: taken or not, the address stands in no sentence, for whoever knows it can silence the alarm."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.errors import Retry
from bot.integrations.heartbeat import HeartbeatPing
from bot.web import listening, serving


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Somebody outside who listens for pings at /secret, and answers 503 at /failing."""

    async def take(request: Request) -> Response:
        return PlainTextResponse("OK", status_code=200 if request.url.path == "/secret" else 503)

    listener = listening("127.0.0.1", 0)
    app = Starlette(routes=[Route("/{name}", take)])
    async with asyncio.TaskGroup() as group, serving(app, listener) as serve:
        group.create_task(serve())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


async def test_a_ping_is_taken(address: str) -> None:
    ping = HeartbeatPing(url=f"{address}/secret", timeout=30)
    await ping.ping()
    await ping.close()


@pytest.mark.parametrize("path", ["/failing", ":1/secret"])
async def test_one_that_is_not_is_said_without_its_address(address: str, path: str) -> None:
    ping = HeartbeatPing(url=address.rpartition(":")[0] + path if path[0] == ":" else address + path, timeout=30)
    with pytest.raises(Retry) as refused:
        await ping.ping()
    assert "127.0.0.1" not in str(refused.value)
    await ping.close()
