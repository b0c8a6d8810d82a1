"""A process may be killed anywhere: after a restart everything was done, once, and in order."""

import random
import signal
import time
from pathlib import Path

import pytest

from bot.store.points import POINTS, no_points
from tests.chaos.outbox_process import declare_and_finish, dying_at, follow_up, process, room_of
from tests.forked import Forked
from tests.outside_file import OutsideFile


def start(url: str, folder: Path, incidents: list[int], *, point: str = "", hit: int = 1) -> Forked:
    """A process that declares incidents and carries everything out."""
    outside = folder / "outside"

    async def main() -> None:
        points = dying_at(point, hit) if point else no_points
        store, relay = process(url, outside, points=points)
        await declare_and_finish(store, relay, incidents)

    return Forked(main, folder / "log")


def hold_to_promises(folder: Path, incidents: list[int]) -> None:
    """Everything was done exactly once, the messages of a place in the order in which they were put."""
    applied = OutsideFile(folder / "outside").lines()
    wanted = [key for incident in incidents for key, _ in [*room_of(incident), follow_up(incident)]]
    assert sorted(key for key, _, lane in applied if not lane.startswith("find/")) == sorted(wanted), (
        folder / "log"
    ).read_text()[-4000:]
    assert [lane for *_, lane in applied if lane.startswith("find/")] == ["find/#alerts"]
    for incident in incidents:
        order = [key for key, _, lane in applied if lane == f"messages/room/{incident}"]
        assert order == [f"{incident}/2", f"{incident}/6", f"{incident}/after"]
    announced = [key for key, _, lane in applied if lane == "messages/channel/#alerts"]
    assert announced == [f"{incident}/7" for incident in incidents]


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_every_crash_point_nothing_is_lost_or_repeated(store_url: str, tmp_path: Path, point: str) -> None:
    died = start(store_url, tmp_path, [1], point=point).wait()
    again = start(store_url, tmp_path, [1]).wait()

    assert (died, again) == (-signal.SIGKILL, 0), (tmp_path / "log").read_text()[-4000:]
    hold_to_promises(tmp_path, [1])


@pytest.mark.chaos
@pytest.mark.parametrize("hit", range(2, 9))
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_every_pass_of_every_crash_point(store_url: str, tmp_path: Path, point: str, hit: int) -> None:
    incidents = [1, 2]
    start(store_url, tmp_path, incidents, point=point, hit=hit).wait()
    start(store_url, tmp_path, incidents, point=point, hit=1).wait()

    assert start(store_url, tmp_path, incidents).wait() == 0, (tmp_path / "log").read_text()[-4000:]
    hold_to_promises(tmp_path, incidents)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(20))
def test_killed_at_random_moments(store_url: str, tmp_path: Path, seed: int) -> None:
    dice, incidents = random.Random(seed), list(range(1, 6))
    for _ in range(5):
        child = start(store_url, tmp_path, incidents)
        time.sleep(dice.uniform(0.02, 0.5))
        child.kill()

    assert start(store_url, tmp_path, incidents).wait() == 0, (tmp_path / "log").read_text()[-4000:]
    hold_to_promises(tmp_path, incidents)
