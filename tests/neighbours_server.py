"""The practice platform and what is around it on a port of their own, and the bot's clients pointed at them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from aiohttp import web

from bot.integrations.artifact_registry import ArtifactRegistry
from bot.integrations.github import GitHub
from bot.integrations.zendesk import Zendesk
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, Faults
from sandbox.github.door import TOKEN
from sandbox.log import Log
from sandbox.neighbours import Neighbours
from sandbox.slack.archive import Archive
from sandbox.world.platform import Platform

START = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class NeighboursServer:
    """A running platform whose clock moves only when told."""

    platform: Platform
    neighbours: Neighbours
    clock: SandboxClock
    faults: Faults
    log: Log
    url: str

    def github(self, *, token: str = TOKEN, timeout: float = 5, repositories: tuple[str, ...] = ()) -> GitHub:
        """The bot's own client."""
        return GitHub(token=token, url=f"{self.url}/github", timeout=timeout, repositories=repositories)

    def images(self, *, timeout: float = 5) -> ArtifactRegistry:
        """The bot's own client."""
        endpoint = self.neighbours.environment()["OPSBOT_ARTIFACT_REGISTRY_ENDPOINT"]
        return ArtifactRegistry(endpoint=endpoint, timeout=timeout)

    def zendesk(self, *, token: str = "") -> Zendesk:
        """The bot's own client."""
        environment = self.neighbours.environment()
        return Zendesk(
            email=environment["ZENDESK_EMAIL"],
            token=token or environment["ZENDESK_TOKEN"],
            url=environment["OPSBOT_ZENDESK_URL"],
            timeout=5,
        )

    def raw(self) -> httpx.AsyncClient:
        """Calls as anybody could make them, with GitHub's token."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.AsyncClient(base_url=f"{self.url}/github", headers=headers, trust_env=False)

    def break_down(
        self, kind: str, *, target: str = "github", method: str = "*", times: int | None = None, latency_ms: float = 0
    ) -> None:
        """Switches a fault on."""
        fault = Fault(name=kind, kind=kind, target=target, method=method, times=times, latency_ms=latency_ms)
        self.faults.add(fault)

    def calls(self, target: str = "github") -> list[str]:
        """What was asked, in order."""
        return [entry.name for entry in self.log.entries(kind=target)]


@asynccontextmanager
async def neighbours_server(folder: Path | None = None) -> AsyncIterator[NeighboursServer]:
    """Runs a platform and its neighbours for as long as the block lasts; what they were told stays in a `folder`."""
    clock, faults = SandboxClock(start=START, ticking=False), Faults()
    log, platform, archive = Log(clock), Platform(clock), Archive(folder)
    addresses: list[str] = []
    neighbours = Neighbours(platform, archive=archive, faults=faults, log=log, address=lambda: addresses[0])
    application = web.Application()
    application.add_routes(neighbours.routes())
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    addresses.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
    yield NeighboursServer(
        platform=platform, neighbours=neighbours, clock=clock, faults=faults, log=log, url=addresses[0]
    )
    await runner.cleanup()
    await archive.stop()
