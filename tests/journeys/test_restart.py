"""Restarting starts what serves anew, never what was rolled back, and helps against a leak for a while."""

import pytest

from bot.domain.errors import GiveUp, Refused, Superseded
from bot.domain.plan import Risk
from playbooks.changes import CHANGES
from playbooks.changes.kind import Lacking
from playbooks.changes.restart import RESTART
from playbooks.changes.rollback import ROLLBACK
from sandbox.world.cloud_service import Target
from tests.workshop import Workshop


def fullest(shop: Workshop, service: str) -> float:
    """How full the memory of its fullest instance is."""
    return max(max(each.memory.levels) for each in shop.over.ground.platform.load().services[service].shares)


async def test_a_leak_is_gone_for_a_while(shop: Workshop) -> None:
    shop.breaks("memory-leak", minutes=15)
    full = fullest(shop, "agent-runtime")

    plan = await shop.plan(RESTART, "agent-runtime")
    assert plan.risk is Risk.DISRUPTIVE
    assert any("memory" in line for line in plan.evidence)
    done = await shop.carry_out(RESTART, plan)

    assert done.says == "00043 has all the traffic."
    assert shop.serving("agent-runtime") == {"00043": 100}
    assert full > 0.75
    assert fullest(shop, "agent-runtime") < 0.5
    assert shop.broken == ["memory-leak"]
    assert (await shop.verify(RESTART, plan)).helped


async def test_after_a_rollback_what_serves_is_restarted_and_stays_pinned(shop: Workshop) -> None:
    shop.breaks("bad-deploy")
    await shop.does(ROLLBACK, "control-plane")

    plan = await shop.plan(RESTART, "control-plane")
    await shop.carry_out(RESTART, plan)

    assert shop.serving("control-plane") == {"00043": 100}
    state = shop.over.ground.platform.service("control-plane")
    assert state.pinned
    assert state.latest_created.build == state.revisions[2].build
    assert "/rollback finalize control-plane" in " ".join(plan.warnings)
    assert shop.broken == []


async def test_it_can_be_taken_back(shop: Workshop) -> None:
    plan = await shop.plan(RESTART, "web")
    await shop.carry_out(RESTART, plan)

    back = await shop.undoes(CHANGES, RESTART, plan)
    await shop.carry_out(ROLLBACK, back)

    assert shop.serving("web") == {"00041": 100}


async def test_what_changed_since_it_was_planned_is_left_alone(shop: Workshop) -> None:
    plan = await shop.plan(RESTART, "web")
    shop.over.ground.platform.scale("web", least=2, most=9)

    with pytest.raises(Superseded, match="changed meanwhile"):
        await shop.carry_out(RESTART, plan)

    assert shop.serving("web") == {"00041": 100}


async def test_traffic_that_somebody_moves_meanwhile_stays_where_it_is(shop: Workshop) -> None:
    plan = await shop.plan(RESTART, "web")

    def pin() -> None:
        if len(shop.waited) == 1:
            shop.over.ground.platform.set_traffic("web", [Target(percent=100, revision="web-00041")])

    with pytest.raises(GiveUp, match="moved by somebody meanwhile"):
        await shop.carry_out(RESTART, plan, each=pin)

    assert shop.serving("web") == {"00041": 100}


async def test_instances_that_do_not_start_get_no_traffic(shop: Workshop) -> None:
    shop.breaks("secret-gone", minutes=1)
    plan = await shop.plan(RESTART, "billing")

    with pytest.raises(GiveUp, match="00042 did not start"):
        await shop.carry_out(RESTART, plan)

    assert shop.serving("billing") == {"00041": 100}


async def test_who_restarts_again_and_again_is_told_that_it_leaks(shop: Workshop) -> None:
    assert not any("leaks" in each for each in (await shop.plan(RESTART, "web")).warnings)
    shop.past = shop.begun(await shop.plan(RESTART, "web"), times=3)

    assert any("3 times within a day" in each for each in (await shop.plan(RESTART, "web")).warnings)


async def test_what_cannot_be_restarted_is_refused(shop: Workshop) -> None:
    with pytest.raises(Refused, match="did you mean `billing`"):
        shop.read(RESTART, "biling")
    with pytest.raises(Refused, match="Only the service"):
        shop.read(RESTART, "web now")
    with pytest.raises(Lacking):
        shop.read(RESTART, "")

    shop.over.ground.platform.scale("web", least=2, most=9)
    shop.over.ground.platform.deploy("web", shop.over.ground.platform.service("web").template)
    with pytest.raises(Refused, match="still changing"):
        await shop.plan(RESTART, "web")
