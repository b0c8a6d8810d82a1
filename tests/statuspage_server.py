"""The practice ground's Statuspage on a port of its own, and the bot's client pointed at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from bot.integrations.statuspage import Statuspage as StatuspageClient
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, Faults
from sandbox.log import Log
from sandbox.slack.archive import Archive
from sandbox.statuspage import API_KEY, PAGE, Statuspage

START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class StatuspageServer:
    """A running Statuspage whose clock moves only when told."""

    statuspage: Statuspage
    clock: SandboxClock
    faults: Faults
    log: Log
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/statuspage/v1"

    def client(self, *, api_key: str = API_KEY, page: str = PAGE, timeout: float = 5) -> StatuspageClient:
        """The bot's own client, set up for this page."""
        return StatuspageClient(api_key=api_key, page=page, url=self.url, timeout=timeout)

    def break_down(self, kind: str, *, method: str = "*", times: int | None = None, retry_after: float = 1) -> None:
        """Switches a fault on."""
        fault = Fault(name=kind, kind=kind, target="statuspage", method=method, times=times, retry_after=retry_after)
        self.faults.add(fault)

    def calls(self) -> list[str]:
        """What was asked, in order."""
        return [entry.name for entry in self.log.entries(kind="statuspage")]


@asynccontextmanager
async def statuspage_server() -> AsyncIterator[StatuspageServer]:
    """Runs a Statuspage for as long as the block lasts."""
    clock, faults = SandboxClock(start=START, ticking=False), Faults()
    log = Log(clock)
    statuspage = Statuspage(clock=clock, archive=Archive(None), faults=faults, log=log)
    application = web.Application()
    application.add_routes(statuspage.routes())
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield StatuspageServer(statuspage=statuspage, clock=clock, faults=faults, log=log, port=runner.addresses[0][1])
    await runner.cleanup()
