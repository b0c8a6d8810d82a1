"""Instances get more room, made from what serves; what Cloud Run would refuse is refused before."""

import pytest

from bot.domain.errors import Refused
from bot.domain.plan import Risk
from playbooks.changes.kind import Lacking
from playbooks.changes.resources import RESOURCES
from playbooks.changes.rollback import ROLLBACK
from tests.workshop import Workshop


async def test_more_memory_comes_with_the_code_that_serves(shop: Workshop) -> None:
    shop.breaks("bad-deploy")
    await shop.does(ROLLBACK, "control-plane")
    good = shop.over.ground.platform.revisions("control-plane")[1]

    plan = await shop.plan(RESOURCES, "control-plane 2Gi")
    await shop.carry_out(RESOURCES, plan)

    made = shop.over.ground.platform.revisions("control-plane")[0]
    assert plan.risk is Risk.DISRUPTIVE
    assert plan.differences[0] == "memory 1Gi → 2Gi"
    assert (made.template.memory, made.template.cpu, made.build) == ("2Gi", "2", good.build)
    assert shop.serving("control-plane") == {"00043": 100}
    assert (await shop.verify(RESOURCES, plan)).helped


async def test_what_does_not_fit_or_is_so_already(shop: Workshop) -> None:
    with pytest.raises(Lacking):
        shop.read(RESOURCES, "billing")
    with pytest.raises(Refused, match="8Gi of memory needs at least 2 CPUs"):
        await shop.plan(RESOURCES, "billing 8Gi")
    assert (await shop.plan(RESOURCES, "billing 1 512Mi")).nothing_to_do == (
        "Instances of Billing have 1 CPU, 512Mi already."
    )
