"""A workshop in which two services are pinned, and what may be asked of every kind of change of a service there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sandbox.postgres_server import PostgresServer
from sandbox.world.cloud_service import Target
from tests.workshop import Workshop, workshop

OF_SERVICES = {
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
"""Kinds of changes of Cloud Run, each with the words behind its command."""


@asynccontextmanager
async def pinned_shop(url: str, server: PostgresServer) -> AsyncIterator[Workshop]:
    """Billing is pinned to an older revision, and agent-runtime to its latest."""
    async with workshop(url, postgres=server) as shop:
        platform = shop.over.ground.platform
        for service, which in (("billing", 1), ("agent-runtime", 0)):
            revision = platform.revisions(service)[which].name
            platform.set_traffic(service, [Target(percent=100, revision=revision)])
        shop.over.pass_minutes(20)
        yield shop
