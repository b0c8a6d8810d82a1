"""Every change of a service is made, found to have helped, and taken back: then all is as it was."""

from collections.abc import AsyncIterator

import pytest

from playbooks.changes import CHANGES
from sandbox.postgres_server import PostgresServer
from tests.pinned_shop import OF_SERVICES, pinned_shop
from tests.workshop import Workshop


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    async with pinned_shop(sqlite_store_url, postgres_server) as shop:
        yield shop


def served(shop: Workshop, service: str) -> object:
    """What customers are served with: code, settings and limits of what answers, how many, and whether they get there."""
    state = shop.over.ground.platform.service(service)
    templates = [(share.revision.template, share.percent) for share in state.serving(shop.over.now.timestamp())]
    live = [(each.image, each.environment, each.cpu, each.memory, part) for each, part in templates if part]
    return live, state.min_instances, state.max_instances, state.ingress


async def test_every_change_of_a_service_is_made_helps_and_is_taken_back(shop: Workshop) -> None:
    for name, words in OF_SERVICES.items():
        kind, service = CHANGES[name], words.split()[0]
        before = served(shop, service)
        plan = await shop.plan(kind, words)
        assert not plan.nothing_to_do, name
        assert plan.undo, name
        await shop.carry_out(kind, plan)
        assert (await shop.verify(kind, plan)).helped, name
        made = shop.over.ground.platform.revisions(service)
        await shop.carry_out(kind, plan, look=True)
        assert shop.over.ground.platform.revisions(service) == made, f"{name} is not done again after a crash"

        back = await shop.undoes(CHANGES, kind, plan)
        await shop.carry_out(CHANGES[back.kind], back)
        shop.over.pass_minutes(1)
        assert served(shop, service) == before, name
