"""Reads are made as the quota allows, by business time, and whoever waits goes on when that jumps."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.integrations.read_quota import ReadQuota
from sandbox.clock import SandboxClock

START = datetime(2026, 3, 4, 15, tzinfo=UTC)


async def test_whoever_waits_goes_on_when_the_first_read_is_long_enough_ago() -> None:
    clock = SandboxClock(start=START, ticking=False)
    quota = ReadQuota(clock, most=2, within=timedelta(minutes=1))
    await quota.turn()
    clock.advance(30)
    await quota.turn()

    waiting = [asyncio.create_task(quota.turn()) for _ in range(2)]
    await asyncio.sleep(0)
    clock.advance(29)
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)

    clock.advance(1)
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert sum(task.done() for task in waiting) == 1, "the second read is too young"

    clock.advance(30)
    await asyncio.gather(*waiting)
