"""Every change of a service is made, found to have helped, and taken back: then all is as it was."""

from collections.abc import AsyncIterator

import pytest

from playbooks.changes import CHANGES
from sandbox.postgres_server import PostgresServer
from sandbox.world.cloud_service import Target
from tests.workshop import Workshop, workshop

MADE = {
    "rollback": "web 00040",
    "restart": "web",
    "scale": "web 12",
    "env": "web LOG_LEVEL=debug",
    "resources": "web 1Gi",
    "isolate": "web",
    "deploy": "web 1.6.1 waive it served for weeks",
    "finalize": "billing",
    "to-latest": "agent-runtime",
}
"""What is asked of each; billing is pinned to an older revision, and agent-runtime to its latest."""


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    async with workshop(sqlite_store_url, postgres=postgres_server) as shop:
        platform = shop.over.ground.platform
        for service, which in (("billing", 1), ("agent-runtime", 0)):
            revision = platform.revisions(service)[which].name
            platform.set_traffic(service, [Target(percent=100, revision=revision)])
        shop.over.pass_minutes(20)
        yield shop


def served(shop: Workshop, service: str) -> object:
    """What customers are served with: code, settings and limits of what answers, how many, and whether they get there."""
    state = shop.over.ground.platform.service(service)
    templates = [(share.revision.template, share.percent) for share in state.serving(shop.over.now.timestamp())]
    live = [(each.image, each.environment, each.cpu, each.memory, part) for each, part in templates if part]
    return live, state.min_instances, state.max_instances, state.ingress


async def test_every_change_of_a_service_is_made_helps_and_is_taken_back(shop: Workshop) -> None:
    for name, words in MADE.items():
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
