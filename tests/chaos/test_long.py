"""The whole matrix: every point, many hits, every kind of fault, both databases; and kills at random moments."""

import asyncio
import random
from pathlib import Path

import pytest

from bot.store.points import POINTS
from sandbox.faults import Fault
from tests.chaos.conftest import Tally
from tests.chaos.life import Death
from tests.chaos.ordeal import PATIENCE, TITLE, ordeal

HITS = (1, 2, 3, 5, 8)
FAULTS = ("", "drop_after", "internal_error_applied", "http_503")
RANDOM_KILLS = 10
"""Of one incident."""
LONGEST_LIFE = 2.5
"""Seconds; a room is open after about one."""

pytestmark = pytest.mark.chaos


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", POINTS)
async def test_every_point_and_every_fault(
    point: str, fault: str, store_url: str, tmp_path: Path, tally: Tally
) -> None:
    deaths = [Death(point=point, hit=hit) for hit in HITS]
    async with ordeal(store_url, tmp_path) as trial:
        if fault:
            trial.ground.faults.add(Fault(name="slack", kind=fault, method="c*", times=4))
            trial.ground.faults.add(Fault(name="pagerduty", kind=fault, target="pagerduty", times=2))
        toll = await trial.suffer(deaths)
    tally("killed at every point", toll)

    assert toll.wrongs == []
    assert toll.kills
    assert toll.steps == 5


@pytest.mark.parametrize("seed", range(10))
async def test_kills_at_any_moment(seed: int, store_url: str, tmp_path: Path, tally: Tally) -> None:
    """Ten kills of one incident's bot; over seeds and databases 200."""
    dice = random.Random(seed)
    async with ordeal(store_url, tmp_path) as trial:
        trial.ground.faults.add(Fault(name="slack", kind=dice.choice(FAULTS[1:]), method="c*", times=10))
        working = asyncio.create_task(trial.work(TITLE))
        async with trial.hurrying(), asyncio.timeout(PATIENCE * 2):
            for _ in range(RANDOM_KILLS):
                mortal = trial.mortal()
                await mortal.start()
                await asyncio.sleep(dice.uniform(0, LONGEST_LIFE))
                mortal.kill()
                trial.buried(await mortal.ended())
        async with trial.keeping():
            await working
            await trial.calm()
        toll = await trial.account()
    tally("killed at any moment", toll)

    assert toll.wrongs == []
    assert toll.kills == RANDOM_KILLS
