"""Socket Mode: several connections to Slack, each replaced as soon as it is lost.

Every envelope arrives on any one of them, so that with two or more nothing is missed while one is renewed.
"""

import asyncio
import contextlib
import logging
import time

import structlog
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

log = structlog.get_logger()

PATIENCE = 10.0
"""Seconds without a connection after which the vendor's client is thrown away for a new one: once it holds an
address that was used already, it tries that one for ever."""
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


class _Line:
    """One connection, kept."""

    def __init__(self, app: AsyncApp, *, app_token: str, ping: float, number: int) -> None:
        self._app = app
        self._app_token = app_token
        self._ping = ping
        self._number = number
        self._handler: AsyncSocketModeHandler | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep())

    def is_open(self) -> bool:
        client = self._client()
        session = client.current_session if client else None
        return client is not None and session is not None and not client.closed and not session.closed

    async def stop(self, patience: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._idle.wait()
        if self._keeping:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping

    async def _keep(self) -> None:
        while True:
            handler = self._new_handler()
            connecting = asyncio.create_task(handler.connect_async())
            try:
                await self._until_given_up()
            finally:
                self._handler = None
                connecting.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await connecting
                await handler.close_async()

    async def _until_given_up(self) -> None:
        """Returns when there was no connection for so long that the vendor's client must be stuck."""
        was_open = False
        last_open = time.monotonic()
        while time.monotonic() - last_open < PATIENCE:
            await asyncio.sleep(self._ping / _LOOKS_PER_PING)
            if (is_open := self.is_open()) != was_open:
                log.info("socket connected" if is_open else "socket lost", connection=self._number)
                was_open = is_open
            if is_open:
                last_open = time.monotonic()
        log.warning("socket given up, trying anew", connection=self._number)

    def _new_handler(self) -> AsyncSocketModeHandler:
        logger = logging.getLogger(__name__)
        # The vendor logs a stack trace for every second without a connection; what matters is logged above.
        logger.setLevel(logging.CRITICAL)
        handler = AsyncSocketModeHandler(self._app, self._app_token, logger=logger, ping_interval=self._ping)
        handler.client.proxy = self._app.client.proxy
        handler.client.on_error_listeners.append(self._reconnect)
        handler.client.socket_mode_request_listeners = [self._handle]
        self._handler = handler
        return handler

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        handler = self._handler
        if handler is None or not isinstance(client, SocketModeClient):
            return
        self._in_hand += 1
        self._idle.clear()
        try:
            await handler.handle(client, request)
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()

    async def _reconnect(self, message: WSMessage) -> None:
        """A ping without an answer ends the connection at once, and not only when the vendor's monitor looks again."""
        del message
        if client := self._client():
            await client.connect_to_new_endpoint()

    def _client(self) -> SocketModeClient | None:
        return self._handler.client if self._handler else None
