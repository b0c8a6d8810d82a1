"""Closing a service is destructive and seen to be so; opening it again is what takes it back."""

import pytest

from bot.domain.errors import Refused, Superseded
from bot.domain.plan import Risk
from playbooks.changes import CHANGES
from playbooks.changes.isolate import ISOLATE
from tests.workshop import Workshop


async def test_a_service_is_closed_and_opened_again(shop: Workshop) -> None:
    plan = await shop.plan(ISOLATE, "billing")
    await shop.carry_out(ISOLATE, plan)

    assert plan.risk is Risk.DESTRUCTIVE
    assert not shop.over.ground.platform.service("billing").reachable
    found = await shop.verify(ISOLATE, plan)
    assert found.helped
    assert found.found == ("Billing is closed to everybody outside", "from here it does not answer")

    back = await shop.undoes(CHANGES, ISOLATE, plan)
    assert back.risk is Risk.DISRUPTIVE
    await shop.carry_out(ISOLATE, back)
    assert shop.over.ground.platform.service("billing").reachable
    assert (await shop.verify(ISOLATE, back)).helped


async def test_what_is_so_already_what_changed_and_what_is_not_understood(shop: Workshop) -> None:
    assert (await shop.plan(ISOLATE, "billing off")).nothing_to_do == "Billing is open to everybody already."
    with pytest.raises(Refused, match="To open it again"):
        shop.read(ISOLATE, "billing on")

    plan = await shop.plan(ISOLATE, "billing")
    shop.over.ground.platform.scale("billing", least=1, most=5)
    with pytest.raises(Superseded):
        await shop.carry_out(ISOLATE, plan)
    assert shop.over.ground.platform.service("billing").reachable
