"""What contract tests may ask for: Slack on loopback, GitHub, and the whole practice ground with an app connected to it."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import httpx
import pytest

from sandbox.clock import SandboxClock
from sandbox.server import Sandbox
from tests.contract.page import Page
from tests.contract.tiny_app import MANIFEST, TinyApp, over_sockets
from tests.neighbours_server import NeighboursServer
from tests.real_prometheus import prometheus_path
from tests.slack_on_loopback import SlackOnLoopback

NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def prometheus() -> str:
    """The path of a Prometheus; without one the test is skipped, but never where CI is set."""
    found = prometheus_path()
    advice = "no Prometheus was found: install it (apt-get install prometheus), or set PROMETHEUS to one"
    if not found and os.environ.get("CI"):
        pytest.fail(advice)
    return found or pytest.skip(advice)


@pytest.fixture
async def slack() -> AsyncIterator[SlackOnLoopback]:
    """A small workspace, spoken to over the wire."""
    loopback = SlackOnLoopback()
    await loopback.start()
    yield loopback
    await loopback.stop()


@pytest.fixture
async def http(server: NeighboursServer) -> AsyncIterator[httpx.AsyncClient]:
    """GitHub, called as anybody could who has the token."""
    async with server.raw() as client:
        yield client


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """The whole practice ground; its clock stands at nine."""
    sandbox = Sandbox(manifest=MANIFEST, clock=SandboxClock(start=NINE, ticking=False), ack_within=1)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def app(sandbox: Sandbox) -> AsyncIterator[TinyApp]:
    """A tiny real app, connected to it over a socket."""
    async with over_sockets(sandbox) as app:
        yield app


@pytest.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[Page]:
    """The page without a browser."""
    async with aiohttp.ClientSession() as session:
        yield Page(sandbox, session)
