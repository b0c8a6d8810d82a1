"""What the process costs: how long it takes to start, and what it needs while nothing happens."""

import asyncio
import os
from pathlib import Path

from benchmarks.figure import Figure, median, seconds
from benchmarks.ground import Ground, ground

CONNECTED_WITHIN = 2.0
MEMORY_MB = 130
CPU_PERCENT = 1.0
SETTLING = 6.0
"""Seconds after the start in which a process is not idle yet."""


async def process(*, repeat: int, idle_seconds: float) -> list[Figure]:
    """Start-up, memory and processor time."""
    await _compile()
    first: list[float] = []
    for _ in range(repeat):
        async with ground() as town:
            first.append(await town.start_bot())
    async with ground() as town:
        again: list[float] = []
        for _ in range(repeat + 1):
            again.append(await town.start_bot())
            await town.stop_bot()
        await town.start_bot()
        idle = await _idle(town, idle_seconds)
    return [_connected("first start, empty database", first), _connected("later start", again[1:]), *idle]


async def _compile() -> None:
    """As the image does when it is built."""
    async with ground() as town:
        await town.start_bot()
        await town.stop_bot()


def _connected(which: str, took: list[float]) -> Figure:
    return Figure(
        what=f"process started → both sockets open, {which}",
        ours=f"{seconds(median(took))} (worst {seconds(max(took))})",
        target=f"≤ {seconds(CONNECTED_WITHIN)}",
        met=median(took) <= CONNECTED_WITHIN,
        is_main=which == "later start",
    )


async def _idle(town: Ground, idle_seconds: float) -> list[Figure]:
    await asyncio.sleep(SETTLING)
    before = processor_seconds(town.process)
    await asyncio.sleep(idle_seconds)
    percent = (processor_seconds(town.process) - before) / idle_seconds * 100
    memory = resident_mb(town.process)
    return [
        Figure(
            what="idle memory (resident)",
            ours=f"{memory:.0f} MB",
            target=f"≤ {MEMORY_MB} MB",
            met=memory <= MEMORY_MB,
            is_main=True,
        ),
        Figure(
            what=f"idle processor time over {idle_seconds:.0f} s",
            ours=f"{percent:.1f} %",
            target=f"≤ {CPU_PERCENT} %",
            met=percent <= CPU_PERCENT,
            is_main=True,
        ),
    ]


def processor_seconds(process: int) -> float:
    """User and system time of a process since it started."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: int) -> float:
    """Memory of a process that is in use, in megabytes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
