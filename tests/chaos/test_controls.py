"""Controls: what keeps chaos harmless is taken away, and the very same checks must notice."""

import asyncio
from pathlib import Path

import pytest

from sandbox.faults import Fault
from tests.chaos.blind import blind, seeing
from tests.chaos.life import Death, Led
from tests.chaos.ordeal import PATIENCE, TITLE, Ordeal, ordeal

IMPATIENT = {"OPSBOT_HTTP_TIMEOUT_SECONDS": "0.7"}


def cut() -> Fault:
    """Applied, and no answer."""
    return Fault(name="cut", kind="drop_after", method="chat.postMessage", times=3)


def late() -> Fault:
    """Applied after 1.2 s, when an impatient bot has given up waiting."""
    return Fault(name="late", kind="latency", method="chat.postMessage", times=2, latency_ms=2400)


def twice(trial: Ordeal) -> list[str]:
    return [wrong for wrong in trial.outside.wrongs() if wrong.startswith("twice")]


async def relayed(trial: Ordeal, led: Led, declared: Path) -> None:
    """An incident is declared by a bot that dies at once; another life carries out what was decided."""
    trial.titles.append(TITLE)
    first, second = trial.mortal(Death(point="unit: after commit", since=declared)), trial.mortal(led=led)
    async with trial.hurrying(), asyncio.timeout(PATIENCE):
        await first.start()
        await trial.see(lambda: trial.ground.sockets.connected > 0)
        await trial.drained()
        await asyncio.to_thread(declared.touch)
        await trial.ground.acting.command("ben", "general", f"/incident declare critical {TITLE}")
        await first.ended()
        await second.start()
        await trial.drained()
        await trial.end(second)


@pytest.mark.parametrize(("led", "sees"), [(seeing, True), (blind, False)])
async def test_a_bot_that_does_not_look_posts_twice(
    *, led: Led, sees: bool, sqlite_store_url: str, tmp_path: Path
) -> None:
    async with ordeal(sqlite_store_url, tmp_path) as trial:
        trial.ground.faults.add(cut())
        await relayed(trial, led, tmp_path / "declared")
        found = twice(trial)

    assert (found == []) is sees, found


async def test_what_takes_effect_late_is_waited_for(sqlite_store_url: str, tmp_path: Path) -> None:
    """The clock runs fast: 30 seconds are 5 of the machine's."""
    patient = IMPATIENT | {"OPSBOT_SETTLE_SECONDS": "30", "OPSBOT_URGENT_SETTLE_SECONDS": "30"}
    async with ordeal(sqlite_store_url, tmp_path, environment=patient) as trial:
        trial.ground.faults.add(late())
        toll = await trial.suffer([])

    assert toll.wrongs == []


async def test_without_waiting_it_is_done_twice(sqlite_store_url: str, tmp_path: Path) -> None:
    hasty = IMPATIENT | {"OPSBOT_SETTLE_SECONDS": "0", "OPSBOT_URGENT_SETTLE_SECONDS": "0"}
    async with ordeal(sqlite_store_url, tmp_path, environment=hasty) as trial:
        trial.ground.faults.add(late())
        async with trial.keeping(), asyncio.timeout(PATIENCE):
            trial.titles.append(TITLE)
            await trial.declare(TITLE)
            await trial.see(lambda: bool(twice(trial)))
