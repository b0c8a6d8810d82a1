"""A bad deploy is rolled back by two people, or in an outage with one press, and ended so that the next deploy serves."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    """A town around a platform that can be changed."""
    async with opened(replace(plan, cloud=True, postgres=postgres_server)) as town:
        yield town


def serving(town: Town, service: str = "control-plane") -> dict[str, int]:
    """Where the traffic goes, by revision."""
    at = town.now.timestamp()
    state = town.ground.platform.service(service)
    return {share.revision.name: share.percent for share in state.serving(at) if share.percent}


async def test_an_outage_is_healed_by_a_rollback_and_the_next_deploy_serves_again(town: Town) -> None:
    town.ground.platform.break_("bad-deploy")
    await town.pass_time(minutes=9)
    await town.slash("/incident declare critical API fails")
    room = town.room()
    await town.slash("/incident impact services: control-plane; users: all", where=room)

    await town.slash("/rollback control-plane", where=room)
    card = town.read("CHG-1")
    assert "Roll back Control plane to 00041" in card
    await town.press("Roll back", by="ana")
    await town.pass_time(seconds=10)
    assert serving(town) == {"control-plane-00041": 100}
    await town.pass_time(minutes=6)
    assert "✅ CHG-1 · Roll back Control plane to 00041" in town.read("CHG-1")
    assert "✅ CHG-1 Roll back Control plane to 00041 · done" in town.read("CHG-1", "alerts")
