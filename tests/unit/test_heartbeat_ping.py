"""A ping over a real socket: taken or not, the address stands in no sentence, for whoever knows it can silence the alarm."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.clock import SystemClock
from bot.domain.errors import Retry
from bot.heartbeat import beating
from bot.integrations.heartbeat import HeartbeatPing
from bot.progress import Progress
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from bot.web import listening, serving


@pytest.fixture
def heard() -> asyncio.Event:
    """Set once a ping has arrived."""
    return asyncio.Event()


@pytest.fixture
async def address(heard: asyncio.Event) -> AsyncIterator[str]:
    """Somebody outside who listens for pings at /secret, and answers 503 at /failing."""

    async def take(request: Request) -> Response:
        heard.set()
        return PlainTextResponse("OK", status_code=200 if request.url.path == "/secret" else 503)

    listener = listening("127.0.0.1", 0)
    app = Starlette(routes=[Route("/{name}", take)])
    async with asyncio.TaskGroup() as group, serving(app, listener) as serve:
        group.create_task(serve())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


async def test_a_ping_is_taken(address: str, heard: asyncio.Event) -> None:
    ping = HeartbeatPing(url=f"{address}/secret", timeout=30)
    await ping.ping()
    await ping.close()
    assert heard.is_set()


@pytest.mark.parametrize("path", ["/failing", ":1/secret"])
async def test_one_that_is_not_is_said_without_its_address(address: str, path: str) -> None:
    ping = HeartbeatPing(url=address.rpartition(":")[0] + path if path[0] == ":" else address + path, timeout=30)
    with pytest.raises(Retry) as refused:
        await ping.ping()
    assert "127.0.0.1" not in str(refused.value)
    await ping.close()


async def test_it_beats_while_the_bot_gets_on(address: str, heard: asyncio.Event, sqlite_store_url: str) -> None:
    store = Store(open_database(sqlite_store_url), SystemClock())
    progress = Progress(store=store, leads=lambda: True, turned=timedelta, ticked=timedelta)
    async with beating(SecretStr(f"{address}/secret"), progress, within=30), asyncio.timeout(60):
        await heard.wait()
    await store.close()


async def test_without_an_address_there_is_none(sqlite_store_url: str) -> None:
    store = Store(open_database(sqlite_store_url), SystemClock())
    progress = Progress(store=store, leads=lambda: True, turned=timedelta, ticked=timedelta)
    before = asyncio.all_tasks()
    async with beating(None, progress, within=30):
        assert asyncio.all_tasks() == before
    await store.close()
