"""A process with Google's clients alone, which measures itself while it loads them and looks; see `benchmarks.google`."""

import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.clock import SystemClock
from bot.domain.metric_query import Aggregation, Measure
from bot.integrations.cloud_logging import CloudLogging
from bot.integrations.cloud_monitoring import CloudMonitoring
from bot.integrations.cloud_run import CloudRun
from bot.integrations.google_channel import GoogleChannels

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TICK = 0.001
PROJECT, REGION = "agent-marketplace", "us-central1"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a fresh process found; seconds and megabytes."""

    loading: float
    stall_loading: float
    stall_looking: float
    memory: float


class Standstill:
    """The longest time in which the event loop let nobody else go on."""

    def __init__(self) -> None:
        self._longest = 0.0

    async def watch(self) -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(TICK)
            self._longest = max(self._longest, time.perf_counter() - begun - TICK)

    def taken(self) -> float:
        """The longest since it was last asked."""
        longest, self._longest = self._longest, 0.0
        return longest


async def _measure(endpoint: str) -> Cost:
    """In the fresh process: loads, then looks twice, for the first look makes what every later one finds made."""
    channels, clock = GoogleChannels(), SystemClock()
    run = CloudRun(channels=channels, project=PROJECT, regions=[REGION], endpoint=endpoint, timeout=30, key=b"key")
    logs = CloudLogging(channels=channels, project=PROJECT, endpoint=endpoint, timeout=30, clock=clock)
    metrics = CloudMonitoring(channels=channels, project=PROJECT, endpoint=endpoint, timeout=30, clock=clock)
    standstill = Standstill()
    watching = asyncio.create_task(standstill.watch())
    await asyncio.sleep(0.1)
    standstill.taken()
    begun = time.perf_counter()
    for client in (run, logs, metrics):
        await client.warm()
    loading, stall_loading = time.perf_counter() - begun, standstill.taken()
    for _ in range(2):
        await _look(run, logs, metrics)
    cost = Cost(
        loading=loading,
        stall_loading=stall_loading,
        stall_looking=standstill.taken(),
        memory=_resident_mb(),
    )
    watching.cancel()
    await channels.close()
    return cost


async def _look(run: CloudRun, logs: CloudLogging, metrics: CloudMonitoring) -> None:
    await run.services()
    await logs.requests("web", since=NOON - timedelta(days=2), until=NOON, statuses=(200, 499))
    await metrics.read(
        Measure.REQUEST_LATENCY,
        "control-plane",
        since=NOON - timedelta(days=1),
        until=NOON,
        step=timedelta(minutes=5),
        aggregation=Aggregation.P95,
        by=["revision"],
    )


def _resident_mb() -> float:
    """Of this process; the most it ever had would be its parent's, from which it was forked."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_measure(sys.argv[1])))))
