"""The services' front doors tell what the world is like, and the images what it was built from."""

import httpx
import pytest

from bot.domain.health import HealthAnswer
from bot.integrations.probe import HealthProbe
from sandbox.world.cloud_service import Target
from tests.neighbours_server import NeighboursServer


async def asked(server: NeighboursServer, service: str) -> HealthAnswer:
    probe = HealthProbe()
    try:
        return await probe.health(server.neighbours.health_url(service))
    finally:
        await probe.close()


@pytest.mark.parametrize("service", ["control-plane", "agent-runtime", "billing", "web"])
async def test_when_all_is_well_every_service_says_so(server: NeighboursServer, service: str) -> None:
    answer = await asked(server, service)

    assert (answer.status, answer.healthy) == (200, True)
    assert answer.revision == server.platform.revisions(service)[0].name


async def test_the_revision_that_gets_the_traffic_answers(server: NeighboursServer) -> None:
    earlier = server.platform.revisions("web")[1].name
    server.platform.set_traffic("web", [Target(percent=100, revision=earlier)])
    server.clock.advance(60)

    assert (await asked(server, "web")).revision == earlier


async def test_a_bad_deploy_shows_at_the_door(server: NeighboursServer) -> None:
    server.platform.break_("bad-deploy", "control-plane")
    server.clock.advance(300)
    async with httpx.AsyncClient(trust_env=False) as client:
        url = server.neighbours.health_url("control-plane")
        statuses = {(await client.get(url)).status_code for _ in range(60)}

    assert statuses == {200, 500}


async def test_there_is_no_service_of_another_name(server: NeighboursServer) -> None:
    assert (await asked(server, "nothing")).status == 404


async def test_an_image_is_found_by_its_tag(server: NeighboursServer) -> None:
    path = "/v1/projects/agent-marketplace/locations/us-central1/repositories/services/packages"
    async with httpx.AsyncClient(base_url=f"{server.url}/artifact-registry", trust_env=False) as client:
        tag = await client.get(f"{path}/web/tags/1.7.0")
        tags = await client.get(f"{path}/web/tags")
        missing = await client.get(f"{path}/web/tags/0.0.1")

    assert tag.json()["version"].rpartition("/")[2].startswith("sha256:")
    assert tag.json() in tags.json()["tags"]
    assert (missing.status_code, missing.json()["error"]["status"]) == (404, "NOT_FOUND")
