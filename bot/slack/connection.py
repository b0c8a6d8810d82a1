"""Socket Mode: several connections to Slack, each replaced as soon as it is lost.

Every envelope arrives on any one of them and may be acknowledged on any, so that with two or more nothing is missed
while one is lost. One that Slack wants renewed goes on hearing until its successor does.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.payload import is_whole

log = structlog.get_logger()

PATIENCE = 10.0
"""Seconds without a connection after which the vendor's client is thrown away for a new one: once it holds an
address that was used already, it tries that one for ever."""
OVERLAP = 5.0
"""Seconds a socket may outlive Slack's wish to renew it, while its successor connects; Slack gives about ten."""
GOODBYE = 2.0
"""Seconds a socket gets to close; one that is deaf never answers."""
_LOOKS_PER_PING = 4


class SocketConnections:
    """The bot's ears in Socket Mode."""

    def __init__(self, app: AsyncApp, *, app_token: str, connections: int, ping: float) -> None:
        """`app` hears what arrives; each of `connections` is proven alive every `ping` seconds."""
        self._lines = [_Line(app, app_token=app_token, ping=ping, number=number) for number in range(connections)]

    async def start(self) -> None:
        """Begins to connect and returns at once; goes on trying until it is stopped."""
        for line in self._lines:
            line.start()

    def connected(self) -> bool:
        """Whether anything of Slack's would be heard now."""
        return any(line.is_open() for line in self._lines)

    async def stop(self, patience: float = 3.0) -> None:
        """Disconnects, after what is being handled is acknowledged, or `patience` seconds."""
        await asyncio.gather(*(line.stop(patience) for line in self._lines))


class _Socket(SocketModeClient):
    """The vendor's client, which keeps itself connected; except that it leaves its renewal to others."""

    def __init__(self, web_client: AsyncWebClient, *, app_token: str, ping: float, renew: Callable[[], None]) -> None:
        logger = logging.getLogger(__name__)
        # The vendor logs a stack trace for every second without a connection; what matters is logged below.
        logger.setLevel(logging.CRITICAL)
        super().__init__(app_token=app_token, logger=logger, web_client=web_client, ping_interval=ping)
        self.proxy = web_client.proxy
        self.on_error_listeners.append(self._reconnect)
        self._renew = renew
        self.connecting: asyncio.Task[None] = asyncio.create_task(self.connect())  # type: ignore[no-untyped-call]

    def is_open(self) -> bool:
        return self.current_session is not None and not self.closed and not self.current_session.closed

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        # The vendor's own answer closes this socket before there is another.
        if message.get("type") == "disconnect":
            self._renew()
        else:
            await super().run_message_listeners(message, raw_message)

    async def close(self) -> None:
        self.connecting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.connecting
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await super().close()  # type: ignore[no-untyped-call]

    async def _reconnect(self, message: WSMessage) -> None:
        """A ping without an answer ends the connection at once, and not only when the vendor's monitor looks again."""
        del message
        await self.connect_to_new_endpoint()


class _Line:
    """One connection, kept."""

    def __init__(self, app: AsyncApp, *, app_token: str, ping: float, number: int) -> None:
        self._app = app
        self._app_token = app_token
        self._ping = ping
        self._number = number
        self._socket: _Socket | None = None
        self._renewal = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep())

    def is_open(self) -> bool:
        return self._socket is not None and self._socket.is_open()

    async def stop(self, patience: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._idle.wait()
        if self._keeping:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping

    async def _keep(self) -> None:
        try:
            while True:
                await self._replace()
                await self._until_it_must_be_replaced()
        finally:
            if self._socket:
                await self._socket.close()

    async def _replace(self) -> None:
        """Puts a new socket in the place of the present one, which goes on hearing until the new one does."""
        self._renewal.clear()
        new = _Socket(self._app.client, app_token=self._app_token, ping=self._ping, renew=self._renewal.set)
        new.socket_mode_request_listeners.append(self._handle)
        try:
            if self.is_open():
                await asyncio.wait({new.connecting}, timeout=OVERLAP)
                # What Slack sent last may still be on its way.
                await asyncio.sleep(self._ping)
        finally:
            old, self._socket = self._socket, new
            if old:
                await old.close()

    async def _until_it_must_be_replaced(self) -> None:
        """Returns when Slack wants it renewed, or it was closed for so long that the vendor's client must be stuck."""
        was_open = False
        last_open = time.monotonic()
        while time.monotonic() - last_open < PATIENCE:
            if (is_open := self.is_open()) != was_open:
                log.info("socket connected" if is_open else "socket lost", connection=self._number)
                was_open = is_open
            if is_open:
                last_open = time.monotonic()
            if await self._is_to_be_renewed(within=self._ping / _LOOKS_PER_PING):
                return
        log.warning("socket given up, trying anew", connection=self._number)

    async def _is_to_be_renewed(self, *, within: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                return await self._renewal.wait()
        return False

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if not is_whole(request.payload):
            log.warning("an envelope that is not whole was left", kind=request.type)
            return
        self._in_hand += 1
        self._idle.clear()
        started = time.time()
        try:
            response = await run_async_bolt_app(self._app, request)
            await send_async_response(self._socket or client, request, response, started)
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()
