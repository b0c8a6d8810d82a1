"""The bot is killed at a crash point, started again, and everything is done that was decided, once."""

from pathlib import Path

import pytest

from tests.chaos.life import Death
from tests.chaos.ordeal import ordeal


@pytest.mark.parametrize(
    ("step", "hits"),
    [
        ("unit: {} commit", (1, 1)),  # of declaring; then of the one after it, taking command
        ("claim: {} commit", (1, 2)),
        ("send: {}", (1, 3)),
        ("finish: {} commit", (1, 2)),
    ],
)
async def test_nothing_is_lost_or_done_twice(step: str, hits: tuple[int, ...], store_url: str, tmp_path: Path) -> None:
    deaths = [Death(point=step.format(when), hit=hit) for hit in hits for when in ("before", "after")]
    async with ordeal(store_url, tmp_path) as trial:
        toll = await trial.suffer(deaths)

    assert toll.wrongs == []
    assert toll.kills >= 2, "how often a point is passed is not promised, but each is"
    assert toll.steps == 5
