"""Ends in good order: a process that is told to stop leaves nothing in the air, and a second one does not begin."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from sandbox.faults import Fault
from tests.chaos.ordeal import PATIENCE, Ordeal, ordeal

TITLES = [f"Case {number} is open" for number in range(5)]
SETTLING = {"OPSBOT_SETTLE_SECONDS": "12", "OPSBOT_URGENT_SETTLE_SECONDS": "12"}
"""Two of the machine's seconds while the clock runs fast: what was interrupted takes one to take effect."""
MOMENT = 5.0
"""What a process may take to end on a busy machine, besides what it is allowed for finishing."""


async def command_line(trial: Ordeal) -> asyncio.subprocess.Process:
    """The bot as operators start it."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "practise", trial.ground.url),
        env={**os.environ, **trial.environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


async def stopped_in_the_middle(trial: Ordeal, process: asyncio.subprocess.Process) -> float:
    """Tells it to stop while it opens five war rooms; how many seconds it took to end well."""
    await trial.see(lambda: trial.ground.sockets.connected == 2)
    commands = [
        trial.ground.acting.command("ben", "general", f"/incident declare critical {title}") for title in TITLES
    ]
    assert all(outcome.ok for outcome in await asyncio.gather(*commands))
    await trial.see(lambda: len(trial.ground.log.calls("conversations.create")) >= len(TITLES))
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    await process.communicate()
    assert process.returncode == 0
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("latency_ms", "allowed"),
    [
        (400, 5),  # what was begun is finished
        (2000, 0.5),  # what was begun takes too long, and is interrupted
    ],
)
async def test_a_process_that_is_told_to_stop_leaves_nothing_in_the_air(
    latency_ms: int, allowed: float, sqlite_store_url: str, tmp_path: Path
) -> None:
    settings = SETTLING | {"OPSBOT_SHUTDOWN_SECONDS": str(allowed)}
    async with (
        ordeal(sqlite_store_url, tmp_path, environment=settings, ack_within=3.0) as trial,
        asyncio.timeout(PATIENCE),
    ):
        trial.titles += TITLES
        trial.ground.faults.add(Fault(name="slow", kind="latency", latency_ms=50))
        process = await command_line(trial)
        trial.ground.faults.add(Fault(name="slow", kind="latency", latency_ms=latency_ms))
        took = await stopped_in_the_middle(trial, process)
        async with trial.records() as kept:
            assert await kept.sending() == []
            assert await kept.under_way()
        assert took < allowed + MOMENT

        trial.ground.faults.clear()
        async with trial.keeping():
            await trial.drained()
    assert not [wrong for wrong in trial.outside.wrongs() if wrong.startswith("twice")]


async def test_a_second_process_on_one_file_ends_and_names_the_first(sqlite_store_url: str, tmp_path: Path) -> None:
    async with ordeal(sqlite_store_url, tmp_path) as trial, asyncio.timeout(PATIENCE):
        first = trial.mortal()
        await first.start()
        await trial.see(lambda: trial.ground.sockets.connected == 2)

        second = trial.mortal()
        await second.start()
        assert await second.ended() == 1

        told = await command_line(trial)
        _, said = await told.communicate()
        assert told.returncode == 1
        assert f"The database is in use by process {first.pid}. Stop it first" in said.decode()
        await trial.end(first)
