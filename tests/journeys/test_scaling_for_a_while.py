"""More instances are lent: they go back by themselves, unless somebody keeps them longer or scales otherwise."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


def bounds(town: Town, service: str = "control-plane") -> tuple[int, int]:
    state = town.ground.platform.service(service)
    return state.min_instances, state.max_instances


async def scaled(town: Town, words: str = "control-plane for 2h") -> None:
    """Somebody scales where everybody reads along, and one press does it."""
    await town.slash(f"/ops scale {words}", where="alerts")
    await town.press("Scale", by="ana", where="alerts")
    await town.pass_time(seconds=10)


async def test_a_surge_is_healed_and_the_instances_go_back_by_themselves(town: Town) -> None:
    town.ground.platform.break_("traffic-surge")
    await town.pass_time(minutes=9)

    await scaled(town)
    assert bounds(town) == (2, 20)
    assert town.ground.platform.broken() == []
    await town.pass_time(minutes=8)
    assert "It goes back by itself" in town.read("CHG-1", "alerts")

    town.ground.platform.relieve("surge", "control-plane")
    await town.pass_time(minutes=100)
    assert bounds(town) == (2, 20)
    await town.pass_time(minutes=20)
    await town.pass_time(seconds=10)

    assert bounds(town) == (2, 10)
    assert "control-plane has 2 to 10 instances again" in town.read("instances again", "alerts")
    assert town.ground.platform.broken() == []


async def test_who_needs_them_longer_presses_once(town: Town) -> None:
    await scaled(town)
    await town.pass_time(minutes=100)
    await town.press("Keep it 2 h longer", by="ben", where="alerts")
    await town.pass_time(minutes=100)
    assert bounds(town) == (2, 20)
    await town.pass_time(minutes=60)
    assert bounds(town) == (2, 10)


async def test_bounds_that_somebody_set_meanwhile_stay(town: Town) -> None:
    await scaled(town)
    town.ground.platform.scale("control-plane", least=3, most=15)
    await town.pass_time(minutes=130)
    assert bounds(town) == (3, 15)
    assert "was scaled otherwise meanwhile" in town.read("otherwise meanwhile", "alerts")


async def test_during_a_freeze_they_stay_until_it_is_over(town: Town) -> None:
    await scaled(town)
    await town.slash("/ops freeze on for the launch", by="ana", where="alerts")
    await town.pass_time(minutes=130)
    assert bounds(town) == (2, 20)
    await town.slash("/ops freeze off", by="ana", where="alerts")
    await town.pass_time(minutes=2)
    await town.pass_time(minutes=1)
    assert bounds(town) == (2, 10)


async def test_what_was_taken_back_by_hand_is_not_taken_back_again(town: Town) -> None:
    await scaled(town)
    await town.pass_time(minutes=8)
    await town.press("Undo", by="ana", where="alerts")
    await town.press("Agree", by="ben", where="alerts")
    await town.pass_time(seconds=10)
    assert bounds(town) == (2, 10)
    town.ground.platform.scale("control-plane", least=2, most=20)
    await town.pass_time(minutes=130)
    assert bounds(town) == (2, 20)
