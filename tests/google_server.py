"""The practice ground's Google Cloud on a port of its own, and the bot's clients pointed at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.integrations.cloud_logging import CloudLogging
from bot.integrations.cloud_monitoring import CloudMonitoring
from bot.integrations.cloud_run import CloudRun
from bot.integrations.google_channel import GoogleChannels
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, Faults
from sandbox.google.server import GoogleCloud
from sandbox.log import Log
from sandbox.slack.archive import Archive
from sandbox.world.platform import Platform

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
KEY = b"a key of this test's own"


@dataclass(frozen=True, kw_only=True)
class GoogleServer:
    """A running platform whose clock moves only when told, and the ways to it."""

    platform: Platform
    google: GoogleCloud
    clock: SandboxClock
    faults: Faults
    log: Log
    channels: GoogleChannels

    @property
    def project(self) -> str:
        return self.platform.project

    def run(self, *, timeout: float = 5, regions: tuple[str, ...] = ("us-central1",), key: bytes = KEY) -> CloudRun:
        """The bot's own client of Cloud Run, set up for this platform."""
        return CloudRun(
            channels=self.channels,
            project=self.project,
            regions=regions,
            endpoint=self.google.endpoint,
            timeout=timeout,
            key=key,
        )

    def logging(self, *, timeout: float = 5, project: str = "") -> CloudLogging:
        """The bot's own client of Cloud Logging."""
        return CloudLogging(
            channels=self.channels,
            project=project or self.project,
            endpoint=self.google.endpoint,
            timeout=timeout,
            clock=self.clock,
        )

    def monitoring(self, *, timeout: float = 5) -> CloudMonitoring:
        """The bot's own client of Cloud Monitoring."""
        return CloudMonitoring(
            channels=self.channels,
            project=self.project,
            endpoint=self.google.endpoint,
            timeout=timeout,
            clock=self.clock,
        )

    def break_down(self, kind: str, *, method: str = "*", times: int | None = None, latency_ms: float = 0) -> None:
        """Switches a fault on."""
        fault = Fault(name=kind, kind=kind, target="google", method=method, times=times, latency_ms=latency_ms)
        self.faults.add(fault)

    def calls(self) -> list[str]:
        """What was asked, in order."""
        return [entry.name for entry in self.log.entries(kind="google")]


@asynccontextmanager
async def google_server() -> AsyncIterator[GoogleServer]:
    """Runs a platform behind Google's APIs for as long as the block lasts."""
    clock, faults, archive = SandboxClock(start=START, ticking=False), Faults(), Archive(None)
    log, platform, channels = Log(clock), Platform(clock, archive), GoogleChannels()
    google = GoogleCloud(platform, archive=archive, faults=faults, log=log, address=lambda: "http://127.0.0.1:9")
    await google.start()
    try:
        yield GoogleServer(platform=platform, google=google, clock=clock, faults=faults, log=log, channels=channels)
    finally:
        await channels.close()
        await google.stop()
