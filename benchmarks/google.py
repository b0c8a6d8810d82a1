"""Google's clients: how long loading them takes, how long the event loop stands still meanwhile, and what they weigh."""

import asyncio
import json
import sys

from benchmarks.figure import Figure, median, seconds
from benchmarks.google_clients import NOON, Cost
from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.google.server import GoogleCloud
from sandbox.log import Log
from sandbox.slack.archive import Archive
from sandbox.world.platform import Platform

LONGEST_STALL = 0.05
MEMORY_MB = 200


async def google(*, repeat: int) -> list[Figure]:
    """A fresh process for each repetition, for a library is loaded only once."""
    clock, archive = SandboxClock(start=NOON, ticking=False), Archive(None)
    cloud = GoogleCloud(Platform(clock, archive), archive=archive, faults=Faults(), log=Log(clock), address=str)
    await cloud.start()
    try:
        costs = [await _cost(cloud.endpoint) for _ in range(repeat + 1)][1:]
    finally:
        await cloud.stop()
    return [
        Figure(
            what="Google's clients loaded in the background", ours=seconds(median([c.loading for c in costs])), met=True
        ),
        _stall("loading Google's clients", [cost.stall_loading for cost in costs]),
        _stall("reading 1,000 log entries and a day of numbers", [cost.stall_looking for cost in costs]),
        _memory(max(cost.memory for cost in costs)),
    ]


def _stall(what: str, stalls: list[float]) -> Figure:
    return Figure(
        what=f"longest standstill of the event loop, {what}",
        ours=f"{seconds(median(stalls))} (worst {seconds(max(stalls))})",
        target=f"≤ {seconds(LONGEST_STALL)}",
        met=median(stalls) <= LONGEST_STALL,
    )


def _memory(megabytes: float) -> Figure:
    return Figure(
        what="memory of a process with Google's clients alone",
        ours=f"{megabytes:.0f} MB",
        target=f"≤ {MEMORY_MB} MB",
        met=megabytes <= MEMORY_MB,
    )


async def _cost(endpoint: str) -> Cost:
    command = [sys.executable, "-m", "benchmarks.google_clients", endpoint]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await child.communicate()
    return Cost(**json.loads(output))
