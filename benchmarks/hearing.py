"""How soon the bot hears again after sockets are lost without a word: no goodbye, no reset, only silence."""

import asyncio
import time

from benchmarks.figure import Figure, median, seconds
from benchmarks.ground import PATIENCE, SOCKETS, Ground, ground

HEARS_WITHIN = 2.0


async def hearing(*, repeat: int) -> list[Figure]:
    """One of two sockets lost, and both."""
    async with ground() as town:
        await town.start_bot()
        one = [await _heard_again(town, 1) for _ in range(repeat)]
        both = [await _heard_again(town, SOCKETS) for _ in range(repeat)]
    return [_figure("one of two sockets", one), _figure("both sockets", both)]


async def _heard_again(town: Ground, lost: int) -> float:
    """Seconds until as many sockets hear as before, and a command is answered."""
    await asyncio.sleep(1.5)
    sockets = town.sandbox.sockets
    began = time.monotonic()
    sockets.deafen(lost)
    async with asyncio.timeout(PATIENCE):
        await sockets.hear(SOCKETS)
    took = time.monotonic() - began
    outcome = await town.sandbox.acting.command("ana", "general", "/incident list")
    assert outcome.ok, outcome.error
    return took


def _figure(which: str, took: list[float]) -> Figure:
    return Figure(
        what=f"{which} lost without a word → hears again",
        ours=f"{seconds(median(took))} (worst {seconds(max(took))})",
        target=f"≤ {seconds(HEARS_WITHIN)}",
        met=max(took) <= HEARS_WITHIN,
        is_main=which == "both sockets",
    )
