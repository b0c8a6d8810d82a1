"""The HTTP side: Slack's signed requests and other systems' webhooks in, and how the bot is: alive, ready, and its figures."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field

import uvicorn
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.request_head import HeadInTime, PatientConfig

Figures = Callable[[], Awaitable[Mapping[str, float | Mapping[str, float]]]]
"""The bot's figures by name, as `/metrics` shows them; all of them are gauges, some for each kind of lane."""
Troubles = Callable[[], Awaitable[list[str]]]
"""What keeps the bot from being ready, a sentence each; empty when it is."""

Endpoint = Callable[[Request], Awaitable[Response]]

PREFIX = "opsbot_"
HEAD_WITHIN = 15.0
"""Seconds in which a request's head must have arrived."""


class AddressTaken(Exception):
    """Something else listens where the bot should."""


@dataclass(frozen=True, kw_only=True)
class Pages:
    """What stands behind the addresses. Without `slack` the bot hears Slack over sockets."""

    troubles: Troubles
    figures: Figures
    slack: Endpoint | None = None
    webhooks: Mapping[str, Endpoint] = field(default_factory=dict)
    """What other systems send, by the last part of its address below `/webhooks/`."""
    public: Mapping[str, Endpoint] = field(default_factory=dict)
    """What anybody may read, by its address."""

    def app(self) -> Starlette:
        routes = [
            Route("/healthz", self._health),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
        ]
        if self.slack:
            routes.append(Route("/slack/events", self.slack, methods=["POST"]))
        routes += [Route(f"/webhooks/{name}", endpoint, methods=["POST"]) for name, endpoint in self.webhooks.items()]
        routes += [Route(address, endpoint) for address, endpoint in self.public.items()]
        return Starlette(routes=routes)

    async def _health(self, request: Request) -> Response:
        """Alive means that the process answers; a restart repairs neither Slack nor the database."""
        del request
        return PlainTextResponse("alive")

    async def _ready(self, request: Request) -> Response:
        del request
        troubles = await self.troubles()
        return JSONResponse({"ready": not troubles, "troubles": troubles}, status_code=503 if troubles else 200)

    async def _metrics(self, request: Request) -> Response:
        del request
        registry = CollectorRegistry()
        for name, value in (await self.figures()).items():
            words = name.replace("_", " ")
            if isinstance(value, Mapping):
                gauge = Gauge(f"{PREFIX}{name}", words, labelnames=["lane"], registry=registry)
                for lane, each in value.items():
                    gauge.labels(lane).set(each)
            else:
                Gauge(f"{PREFIX}{name}", words, registry=registry).set(value)
        return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")


class _Server(uvicorn.Server):
    """A server that leaves signals to the process it is a part of, and ends when it is told to, not at its next look."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        self._told.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        """Wakes once a second, for the date in its answers."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Waits for nobody where nobody is being answered; uvicorn lets a tenth of a second pass in any case."""
        for each in (*self.servers, *(sockets or ())):
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # in which connections that only were kept are gone
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a taken address is told before anything else starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise AddressTaken(
            f"Cannot listen on {host}:{port} ({error.strerror}); stop what does, or set OPSBOT_LISTEN to another address."
        ) from error
    listener.listen(128)
    return listener


def address_of(listener: socket.socket) -> str:
    """Where a socket listens, as others reach it from this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@contextlib.asynccontextmanager
async def serving(
    app: Starlette, listener: socket.socket, *, head_within: float = HEAD_WITHIN
) -> AsyncIterator[Callable[[], Coroutine[None, None, None]]]:
    """Has the app answer on the socket; yields what runs it, and makes it end at the end."""
    config = PatientConfig(
        app, http=HeadInTime, log_config=None, access_log=False, lifespan="off", server_header=False, ws="none"
    )
    config.h11_max_incomplete_event_size = 64 * 1024
    config.head_within = head_within
    server = _Server(config)

    async def run() -> None:
        await server.serve(sockets=[listener])

    try:
        yield run
    finally:
        server.end()  # it closes the socket itself
