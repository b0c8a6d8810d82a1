"""What is gone back to is the last revision that served and was healthy, never merely the one before."""

from collections.abc import AsyncIterator

import pytest

from playbooks.evidence.good_revision import Choice, choose
from sandbox.postgres_server import PostgresServer
from sandbox.world.cloud_service import Target
from tests.lookout import Lookout, lookout

SERVICE = "control-plane"


@pytest.fixture
async def hill(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Lookout]:
    async with lookout(sqlite_store_url, postgres=postgres_server) as over:
        yield over


async def choice(hill: Lookout, *known_bad: str) -> Choice:
    found = await choose(hill.world, hill.world.organisation.services[SERVICE], known_bad=known_bad)
    assert found
    return found


def objections(found: Choice) -> dict[str, tuple[str, ...]]:
    return {each.revision.name: each.objections for each in found.candidates}


async def test_the_one_before_is_chosen_when_it_served_well(hill: Lookout) -> None:
    hill.breaks("bad-deploy")
    hill.pass_minutes(10)

    found = await choice(hill)

    assert found.bad.name == "control-plane-00042"
    assert found.good
    assert found.good.revision.name == "control-plane-00041"
    assert found.good.served.error_ratio is not None
    assert found.good.served.error_ratio < 0.01


async def test_one_that_failed_requests_is_passed_over(hill: Lookout) -> None:
    hill.breaks("bad-deploy")
    hill.pass_minutes(90)
    hill.breaks("bad-deploy")
    hill.pass_minutes(10)

    found = await choice(hill)

    assert found.bad.name == "control-plane-00043"
    assert found.good
    assert found.good.revision.name == "control-plane-00041"
    assert objections(found)["control-plane-00042"][0] == "21.0 % of its requests failed"


async def test_one_that_hardly_served_is_passed_over(hill: Lookout) -> None:
    hill.breaks("innocent-deploy", SERVICE)
    hill.pass_minutes(1)
    hill.breaks("bad-deploy")
    hill.pass_minutes(10)

    found = await choice(hill)

    assert found.good
    assert found.good.revision.name == "control-plane-00041"
    assert "it never served" in objections(found)["control-plane-00042"]


async def test_one_that_did_not_start_is_passed_over(hill: Lookout) -> None:
    hill.breaks("wont-start", SERVICE)
    hill.pass_minutes(10)
    hill.breaks("bad-deploy")
    hill.pass_minutes(10)

    found = await choice(hill)

    assert found.good
    assert found.good.revision.name == "control-plane-00041"
    assert objections(found)["control-plane-00042"][:1] == ("it is not ready",)


async def test_one_that_was_rolled_back_before_is_passed_over(hill: Lookout) -> None:
    hill.breaks("bad-deploy")
    hill.pass_minutes(10)

    found = await choice(hill, "control-plane-00041")

    assert found.good
    assert found.good.revision.name == "control-plane-00040"
    assert objections(found)["control-plane-00041"] == ("it was rolled back before",)


async def test_the_stable_half_of_a_canary_needs_no_further_proof(hill: Lookout) -> None:
    hill.breaks("bad-deploy")
    hill.ground.platform.set_traffic(
        SERVICE,
        [Target(percent=90, revision="control-plane-00041"), Target(percent=10, revision="control-plane-00042")],
    )
    hill.pass_minutes(10)

    found = await choice(hill)

    assert found.bad.name == "control-plane-00042"
    assert found.good
    assert (found.good.revision.name, found.good.serving) == ("control-plane-00041", True)


async def test_where_none_is_known_to_be_good_a_person_has_to_choose(hill: Lookout) -> None:
    hill.breaks("bad-deploy")
    hill.pass_minutes(10)
    everything = [each.name for each in hill.ground.platform.revisions(SERVICE)]

    found = await choice(hill, *everything)

    assert found.good is None
    assert all(each.objections for each in found.candidates)
