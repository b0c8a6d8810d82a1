"""The practice ground's Prometheus on a port of its own, and the bot's client pointed at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from bot.integrations.prometheus import Prometheus as PrometheusClient
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, Faults
from sandbox.log import Log
from sandbox.prometheus.prometheus import BASE, Prometheus
from sandbox.prometheus.scraping import scraping
from sandbox.world.platform import Platform

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class PrometheusServer:
    """A running Prometheus whose clock moves only when told."""

    platform: Platform
    clock: SandboxClock
    faults: Faults
    log: Log
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{BASE}"

    def client(self, *, timeout: float = 5) -> PrometheusClient:
        """The bot's own client, set up for it."""
        return PrometheusClient(url=self.url, timeout=timeout)

    def break_down(self, kind: str, **further: float) -> None:
        """Switches a fault on."""
        self.faults.add(Fault(name=kind, kind=kind, target="prometheus", **further))  # type: ignore[arg-type]


@asynccontextmanager
async def prometheus_server() -> AsyncIterator[PrometheusServer]:
    """Runs it for as long as the block lasts."""
    clock, faults = SandboxClock(start=NOON, ticking=False), Faults()
    log, platform = Log(clock), Platform(clock)
    prometheus = Prometheus(scraping(platform), clock=clock, faults=faults, log=log)
    application = web.Application()
    application.add_routes(prometheus.routes())
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield PrometheusServer(platform=platform, clock=clock, faults=faults, log=log, port=runner.addresses[0][1])
    await runner.cleanup()
