"""Three processes on one PostgreSQL: whoever leads is killed or frozen, and another takes over at once."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.chaos.conftest import Tally
from tests.chaos.mortal import KILLED, TIMED_OUT, Mortal
from tests.chaos.ordeal import Ordeal, ordeal
from tests.chaos.toll import Toll

TAKEN_OVER = 10.0
"""Seconds within which another leads."""


class Replicas:
    """Processes on one database, any of which Slack may reach."""

    def __init__(self, trial: Ordeal) -> None:
        self.trial = trial
        self.living: list[Mortal] = []
        self.slowest = 0.0

    async def add(self) -> None:
        self.living.append(self.trial.mortal())
        await self.living[-1].start()

    async def leader(self) -> Mortal:
        """Whoever leads, once somebody does."""
        async with self.trial.records() as kept, asyncio.timeout(TAKEN_OVER):
            while True:
                _, pid = await kept.leader()
                if found := next((each for each in self.living if each.pid == pid), None):
                    return found
                await asyncio.sleep(0.02)

    async def strike(self, leader: Mortal, *, kill: bool) -> None:
        """Kills or freezes the leader, and waits for the next one."""
        leader.kill() if kill else leader.freeze()
        self.living.remove(leader)
        began = time.monotonic()
        await self.leader()
        self.slowest = max(self.slowest, time.monotonic() - began)
        leader.thaw()
        async with asyncio.timeout(TAKEN_OVER):
            self.trial.buried(await leader.ended(), expected=KILLED if kill else TIMED_OUT)

    async def end(self) -> None:
        for each in self.living:
            await self.trial.end(each)


@asynccontextmanager
async def replicas(url: str, folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Replicas]:
    async with AsyncExitStack() as stack:
        # Slack's own limit: within a shorter one a process that waits for a frozen one's lock would not give up in time.
        trial = await stack.enter_async_context(ordeal(url, folder, environment=environment, ack_within=3.0))
        await stack.enter_async_context(trial.hurrying())
        found = Replicas(trial)
        stack.push_async_callback(found.end)
        for _ in range(3):
            await found.add()
        await trial.see(lambda: trial.ground.sockets.connected == 6)
        yield found


async def strike_in_turn(url: str, folder: Path, environment: Mapping[str, str], rounds: int) -> tuple[Toll, float]:
    """Leaders are killed and frozen in turn, each while an incident is being declared; the slowest succession."""
    dice = random.Random(rounds)
    async with replicas(url, folder, environment) as some:
        for turn in range(rounds):
            leader = await some.leader()
            working = asyncio.create_task(some.trial.work(f"Case {turn} is open"))
            await asyncio.sleep(dice.uniform(0, 0.5))
            await some.strike(leader, kill=turn % 2 == 0)
            await some.add()
            await working
        await some.trial.calm()
    return await some.trial.account(), some.slowest


async def test_another_takes_over_and_nothing_is_done_twice(postgres_store_url: str, tmp_path: Path) -> None:
    toll, slowest = await strike_in_turn(postgres_store_url, tmp_path, {}, rounds=2)

    assert toll.wrongs == []
    assert toll.kills == 2
    assert slowest < TAKEN_OVER


@pytest.mark.chaos
async def test_leaders_fall_for_a_long_time(postgres_store_url: str, tmp_path: Path, tally: Tally) -> None:
    """With the lease as it is in production."""
    lease = {"OPSBOT_LEASE_SECONDS": "6"}
    toll, slowest = await strike_in_turn(postgres_store_url, tmp_path, lease, rounds=16)
    tally(f"leaders killed and frozen, followed within {slowest:.1f} s", toll)

    assert toll.wrongs == []
    assert slowest < TAKEN_OVER
