"""The practice ground's PagerDuty on a port of its own, and the vendor's clients pointed at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from aiohttp import web
from pagerduty import EventsApiV2Client, RestApiV2Client

from bot.integrations.pagerduty import PagerDuty as PagerDutyClient
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, Faults
from sandbox.log import Log
from sandbox.pagerduty.account import Account
from sandbox.pagerduty.pagerduty import PagerDuty
from sandbox.pagerduty.seed import API_TOKEN, ROUTING_KEY, SENDER, example_account
from sandbox.slack.archive import Archive

START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


class Plain(httpx2.HTTPTransport):
    """Speaks plain HTTP, which the vendor's clients refuse to."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = request.url.copy_with(scheme="http")
        return super().handle_request(request)


@dataclass(frozen=True, kw_only=True)
class PagerDutyServer:
    """A running PagerDuty whose clock moves only when told."""

    pagerduty: PagerDuty
    clock: SandboxClock
    faults: Faults
    log: Log
    port: int

    @property
    def events_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/pagerduty/events"

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/pagerduty/api"

    def events(self, routing_key: str = ROUTING_KEY) -> EventsApiV2Client:
        """The vendor's client, which does not try again by itself."""
        client = EventsApiV2Client(routing_key, base_url=self.events_url.replace("http", "https"), transport=Plain())
        client.retry, client.max_network_attempts = {}, 0
        return client

    def rest(self, token: str = API_TOKEN, sender: str = SENDER) -> RestApiV2Client:
        """The vendor's client, which does not try again by itself."""
        base = self.api_url.replace("http", "https")
        client = RestApiV2Client(token, default_from=sender, base_url=base, transport=Plain())
        client.max_network_attempts = 0
        return client

    def client(
        self,
        *,
        routing_key: str | None = ROUTING_KEY,
        api_token: str | None = API_TOKEN,
        sender: str | None = SENDER,
        timeout: float = 5,
    ) -> PagerDutyClient:
        """The bot's own client, set up for this account."""
        return PagerDutyClient(
            routing_key=routing_key,
            api_token=api_token,
            sender=sender,
            events_url=self.events_url,
            api_url=self.api_url,
            timeout=timeout,
            clock=self.clock,
        )

    def break_down(self, kind: str, *, method: str = "*", times: int | None = None, latency_ms: float = 0) -> None:
        """Switches a fault on."""
        fault = Fault(name=kind, kind=kind, target="pagerduty", method=method, times=times, latency_ms=latency_ms)
        self.faults.add(fault)


@asynccontextmanager
async def pagerduty_server(
    *, account: Account | None = None, folder: Path | None = None
) -> AsyncIterator[PagerDutyServer]:
    """Runs a PagerDuty for as long as the block lasts."""
    clock, faults, archive = SandboxClock(start=START, ticking=False), Faults(), Archive(folder)
    log = Log(clock)
    pagerduty = PagerDuty(account or example_account(START), clock=clock, archive=archive, faults=faults, log=log)
    application = web.Application()
    application.add_routes(pagerduty.routes())
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    archive.start()
    yield PagerDutyServer(pagerduty=pagerduty, clock=clock, faults=faults, log=log, port=port)
    await runner.cleanup()
    await archive.stop()
