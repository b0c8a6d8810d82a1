"""The bot hears Slack again soon, whatever becomes of its sockets; Slack is the practice ground's."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.slack.bolt import bolt_app
from bot.slack.client import slack_session, web_client
from bot.slack.connection import SocketConnections
from bot.slack.identity import Identity
from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.log import Entry
from sandbox.server import Sandbox
from sandbox.slack.app import PLAIN_MANIFEST

START = datetime(2026, 3, 9, 14, 2, tzinfo=UTC)
PING = 0.2


class Ears:
    """A bot that only listens."""

    def __init__(self, port: int = 0) -> None:
        self.sandbox = new_sandbox(port)
        self.heard: list[str] = []
        self.fails = 0
        self.opened: list[int] = []
        """How many sockets were open when each was opened."""
        self.sandbox.log.on_entry(self.note)
        self.sockets: SocketConnections

    def note(self, entry: Entry) -> None:
        if entry.name == "socket opened":
            self.opened.append(int(str(entry.detail["connections"])))

    async def listen(self, url: str, *, ping: float = PING) -> None:
        credentials = self.sandbox.app.credentials
        self._session = slack_session(5)
        client = web_client(credentials.bot_token, f"{url}/api/", session=self._session)
        app = bolt_app(client, Identity(client))
        app.event("app_mention")(self._hear)
        app.event("message")(self._ignore)
        self.sockets = SocketConnections(app, app_token=credentials.app_token, connections=2, ping=ping)
        await self.sockets.start()

    async def deafen(self) -> None:
        await self.sockets.stop()
        await self._session.close()

    async def _hear(self, event: dict[str, Any], ack: Callable[[], Awaitable[None]]) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("The database is gone.")
        self.heard.append(event["text"])
        await ack()

    async def _ignore(self, ack: Callable[[], Awaitable[None]]) -> None:
        await ack()

    async def say(self, text: str) -> None:
        await self.sandbox.acting.message("ana", "general", f"<@U0OPSBOT> {text}")


def new_sandbox(port: int = 0) -> Sandbox:
    return Sandbox(manifest=PLAIN_MANIFEST, clock=SandboxClock(start=START, ticking=False), port=port, ack_within=3)


async def until(condition: Callable[[], bool], *, within: float) -> None:
    """Returns once the condition holds; fails when it takes too long."""
    ends = time.monotonic() + within
    while not condition():
        assert time.monotonic() < ends, "It takes too long."
        await asyncio.sleep(0.01)


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    ears = Ears()
    await ears.sandbox.start()
    await ears.listen(ears.sandbox.url)
    await until(lambda: ears.sandbox.sockets.connected == 2, within=2)
    yield ears
    await ears.deafen()
    await ears.sandbox.stop()


async def test_what_is_said_is_heard_once(ears: Ears) -> None:
    for number in range(10):
        await ears.say(str(number))

    await until(lambda: len(ears.heard) == 10, within=3)
    await ears.sandbox.idle()

    assert sorted(ears.heard) == [f"<@U0OPSBOT> {number}" for number in range(10)]
    assert ears.sockets.connected()


async def test_the_bot_hears_again_within_two_seconds_of_going_deaf_without_a_word(ears: Ears) -> None:
    await ears.deafen()
    await ears.listen(ears.sandbox.url, ping=1)
    await until(lambda: ears.sandbox.sockets.connected == 2, within=2)

    ears.sandbox.faults.add(Fault(name="deaf", kind="deaf_socket", target="socket", times=1))
    deaf_since = time.monotonic()
    while not ears.heard:
        await ears.say("Do you hear me?")
        await asyncio.sleep(0.05)

    assert time.monotonic() - deaf_since < 2


async def test_sockets_that_slack_wants_renewed_lose_nothing(ears: Ears) -> None:
    """Here Slack renews all at once; what is said in between comes again, as Slack does after a minute."""
    ears.sandbox.faults.add(Fault(name="refresh", kind="disconnect", target="socket", times=1))
    for number in range(5):
        await ears.say(str(number))
    await until(lambda: len(ears.opened) == 4 and ears.sandbox.sockets.connected == 2, within=3)
    ears.sandbox.clock.advance(61)

    await until(lambda: len(set(ears.heard)) == 5, within=5)

    assert max(ears.opened) == 4


async def test_a_failing_listener_is_not_acknowledged_so_that_slack_tries_again(ears: Ears) -> None:
    ears.fails = 1
    await ears.say("now")
    await until(lambda: ears.fails == 0, within=2)
    assert ears.heard == []

    await ears.sandbox.idle()
    ears.sandbox.clock.advance(1)

    await until(lambda: len(ears.heard) == 1, within=8)


async def test_a_slack_that_is_down_at_start_is_connected_to_once_it_is_there() -> None:
    first = new_sandbox()
    await first.start()
    port = int(first.url.rpartition(":")[2])
    await first.stop()
    ears = Ears(port)
    await ears.listen(f"http://127.0.0.1:{port}")
    await asyncio.sleep(PING * 2)
    assert not ears.sockets.connected()

    await ears.sandbox.start()
    await until(ears.sockets.connected, within=3)
    await ears.say("hello")
    await until(lambda: ears.heard == ["<@U0OPSBOT> hello"], within=3)

    await ears.deafen()
    await ears.sandbox.stop()


async def test_nothing_is_left_running_after_a_stop(ears: Ears) -> None:
    before = asyncio.all_tasks()
    await ears.sockets.stop()
    await until(lambda: ears.sandbox.sockets.connected == 0, within=2)

    assert not ears.sockets.connected()
    assert len(asyncio.all_tasks()) < len(before)
