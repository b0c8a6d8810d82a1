"""More instances help against too many people, and are not given to a service whose database would suffer."""

import pytest

from bot.domain.errors import Refused, Superseded
from bot.domain.plan import Risk
from playbooks.changes import CHANGES
from playbooks.changes.scale import SCALE
from tests.lookout import inside
from tests.workshop import Workshop


@pytest.fixture
async def shop(shop: Workshop) -> Workshop:
    """The platform's database was looked into before."""
    await inside(shop.over.world)
    return shop


def bounds(shop: Workshop, service: str) -> tuple[int, int]:
    state = shop.over.ground.platform.service(service)
    return state.min_instances, state.max_instances


async def test_a_surge_has_room_with_twice_as_many(shop: Workshop) -> None:
    shop.breaks("traffic-surge")

    plan = await shop.plan(SCALE, "control-plane")
    await shop.carry_out(SCALE, plan)

    assert plan.risk is Risk.SAFE
    assert plan.after == "2 to 20 instances, for 4 h, then 2 to 10 instances again by itself"
    assert any("instances at most" in each for each in plan.evidence)
    assert bounds(shop, "control-plane") == (2, 20)
    assert shop.serving("control-plane") == {"00041": 100}
    assert shop.broken == []
    assert (await shop.verify(SCALE, plan)).helped


async def test_it_goes_back_even_when_that_is_more_than_twice_as_many(shop: Workshop) -> None:
    plan = await shop.plan(SCALE, "web 1 3")
    assert plan.risk is Risk.DISRUPTIVE
    assert plan.after == "1 to 3 instances, for good"
    await shop.carry_out(SCALE, plan)

    with pytest.raises(Refused, match="twice as many at once: 6 now"):
        await shop.plan(SCALE, "web 10")
    (shop.undone,) = shop.begun(plan, times=1)
    await shop.carry_out(SCALE, await shop.undoes(CHANGES, SCALE, plan))

    assert bounds(shop, "web") == (2, 10)


async def test_no_more_than_the_database_has_connections_for(shop: Workshop) -> None:
    shop.over.ground.platform.scale("agent-runtime", least=2, most=24)

    with pytest.raises(Refused, match=r"20 instances of Control plane could exhaust the database.*ask for 1\d"):
        await shop.plan(SCALE, "control-plane 20")
    assert (await shop.plan(SCALE, "control-plane 14")).risk is Risk.SAFE


async def test_when_nobody_can_tell_a_second_person_agrees(shop: Workshop) -> None:
    shop.has_pool_sizes({"control-plane": None})
    plan = await shop.plan(SCALE, "control-plane 12")
    assert plan.risk is Risk.DISRUPTIVE
    assert any("pool_size" in each for each in plan.warnings)


async def test_where_the_database_is_what_is_slow_more_instances_are_doubted(shop: Workshop) -> None:
    shop.breaks("slow-queries", minutes=15)
    plan = await shop.plan(SCALE, "control-plane 12")
    assert plan.risk is Risk.DISRUPTIVE
    assert any("more instances ask more of it" in each for each in plan.warnings)


async def test_what_is_so_already_and_what_changed_meanwhile(shop: Workshop) -> None:
    assert (await shop.plan(SCALE, "web 2 10")).nothing_to_do == "Web application has 2 to 10 instances already."
    plan = await shop.plan(SCALE, "web 12")
    shop.over.ground.platform.scale("web", least=3, most=9)
    with pytest.raises(Superseded, match="changed meanwhile"):
        await shop.carry_out(SCALE, plan)
    assert bounds(shop, "web") == (3, 9)
