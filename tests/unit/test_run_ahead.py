"""Time that runs ahead passes every quarter of an hour, waits for the bot, and can be stopped."""

import asyncio
from datetime import UTC, datetime, timedelta

from sandbox.clock import SandboxClock
from sandbox.log import Log
from sandbox.run_ahead import RunAhead

START = datetime(2026, 3, 9, 13, 52, 30, tzinfo=UTC)


async def passed(*, chatty: bool = False) -> tuple[list[str], RunAhead]:
    """The minutes that an hour goes through; the bot may say something at each quarter."""
    clock = SandboxClock(start=START, ticking=False)
    log, seen, done = Log(clock), list[str](), asyncio.Event()
    ahead = RunAhead(clock, log, quiet=0.02)

    def jumped() -> None:
        seen.append(f"{clock.now():%H:%M:%S}")
        if chatty and clock.now().minute % 15 == 0:
            asyncio.get_running_loop().call_soon(log.note, "call", "chat.postMessage")
        if ahead.until is None:
            done.set()

    ahead.run(3600)
    clock.on_jump(jumped)
    async with asyncio.timeout(30):
        await done.wait()
    return seen, ahead


async def test_it_stops_at_every_quarter_of_an_hour() -> None:
    seen, ahead = await passed()
    assert list(dict.fromkeys(seen)) == ["14:00:00", "14:15:00", "14:30:00", "14:45:00", "14:52:30"]
    assert ahead.until is None


async def test_it_looks_in_again_soon_where_the_bot_had_something_to_do() -> None:
    seen, _ = await passed(chatty=True)
    quarters = ["14:00:00", "14:02:00", "14:15:00", "14:17:00", "14:30:00", "14:32:00", "14:45:00", "14:47:00"]
    assert list(dict.fromkeys(seen)) == [*quarters, "14:52:30"]


async def test_it_waits_for_whatever_the_bot_has_to_say() -> None:
    clock = SandboxClock(start=START, ticking=False)
    log = Log(clock)
    ahead = RunAhead(clock, log, quiet=0.05)
    ahead.run(3600)
    for _ in range(20):
        await asyncio.sleep(0.01)
        log.note("call", "chat.postMessage")
    assert clock.now() == START + timedelta(minutes=7, seconds=30)
    ahead.stop()


async def test_it_is_stopped() -> None:
    clock = SandboxClock(start=START, ticking=False)
    ahead = RunAhead(clock, Log(clock), quiet=0.001)
    ahead.run(3600)
    await asyncio.sleep(0)
    ahead.stop()
    assert ahead.until is None
    at = clock.now()
    await asyncio.sleep(0.02)
    assert clock.now() == at
