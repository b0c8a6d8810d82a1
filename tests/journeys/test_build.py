"""An image of a commit is built once, whatever is lost on the way, and can be deployed afterwards."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Unsure, Waiting
from bot.domain.evidence import CouldNotLook
from bot.domain.plan import Plan, Risk
from bot.integrations.cloud_build import CloudBuild
from playbooks.changes.build import BUILD
from playbooks.changes.deploy import DEPLOY
from playbooks.changes.kind import Lacking
from sandbox.faults import Fault
from sandbox.postgres_server import PostgresServer
from tests.workshop import Workshop, workshop

SERVICE, CODE = "control-plane", "agent-marketplace/control-plane"
RUN = "POST /v1/projects/{project}/locations/{location}/triggers/{trigger}:run"


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    async with workshop(sqlite_store_url, postgres=postgres_server) as shop:
        endpoint = shop.over.ground.environment()["OPSBOT_CLOUD_BUILD_ENDPOINT"]
        builds = CloudBuild(project="agent-marketplace", timeout=5, endpoint=endpoint)
        shop.hands = replace(shop.hands, builds=builds)
        yield shop
        await builds.close()


def merged(shop: Workshop, title: str = "Sort runs by age") -> str:
    """Somebody merges something that nothing has built yet."""
    return shop.over.ground.neighbours.github.merge(CODE, title).sha


def begun(shop: Workshop) -> int:
    return len(shop.over.ground.neighbours.builds.begun(SERVICE))


def loses(shop: Workshop, kind: str) -> None:
    shop.over.ground.faults.add(Fault(name=kind, kind=kind, target="cloud-build", method=RUN, times=1))


def _digest(shop: Workshop) -> str:
    """Of the image that was built last."""
    return list(shop.over.ground.platform.state().builds.values())[-1].digest


async def attempted(shop: Workshop, plan: Plan) -> None:
    """The first attempt, after which the process dies, or whose answer is lost."""
    with pytest.raises(Unsure):
        await BUILD.carry_out(shop.hands, plan, Attempt(key="try", serial=1, first_at=shop.over.now))


async def test_a_commit_is_built_and_its_image_can_be_deployed(shop: Workshop) -> None:
    sha = merged(shop)
    plan = await shop.plan(BUILD, f"{SERVICE} {sha[:7]}")
    assert (plan.risk, plan.target, plan.title) == (Risk.SAFE, "image/control-plane", f"Build Control plane {sha[:7]}")
    assert plan.evidence[0] == f"{sha[:8]} Sort runs by age by ben"

    done = await shop.carry_out(BUILD, plan)
    found = await shop.verify(BUILD, plan)

    log = "https://console.cloud.google.com/cloud-build/builds;region=us-central1/"
    assert f"It is being built: {log}" in shop.waited[1]
    assert done.says.startswith(f"{sha[:7]} is built ({log}")
    assert done.says.endswith(f"; next: /deploy control-plane {sha[:7]}")
    assert (found.helped, found.found) == (True, (f"Artifact Registry has it as {_digest(shop)}",))
    deploy = await shop.plan(DEPLOY, f"{SERVICE} {sha[:7]} waive staging has no room today")
    assert deploy.title == f"Deploy Control plane {sha[:7]}"


async def test_what_a_branch_means_today_gets_the_name_of_its_commit(shop: Workshop) -> None:
    sha = merged(shop)
    plan = await shop.plan(BUILD, f"{SERVICE} main")
    assert plan.title == f"Build Control plane {sha[:12]}"
    assert plan.command.endswith(f"--sha {sha} --substitutions _TAG={sha[:12]}")


async def test_an_image_that_is_there_is_not_built_again(shop: Workshop) -> None:
    plan = await shop.plan(BUILD, f"{SERVICE} 1.7.1")
    assert plan.nothing_to_do == "There is an image 1.7.1 of Control plane already: /deploy control-plane 1.7.1"


@pytest.mark.parametrize("lost", ["drop_after", "drop_before"])
async def test_after_a_lost_answer_it_is_looked_for_and_built_once(shop: Workshop, lost: str) -> None:
    plan = await shop.plan(BUILD, f"{SERVICE} {merged(shop)}")
    loses(shop, lost)
    await attempted(shop, plan)
    await shop.carry_out(BUILD, plan, look=True)
    assert begun(shop) == 1


async def test_after_a_crash_it_is_followed_and_not_begun_again(shop: Workshop) -> None:
    plan = await shop.plan(BUILD, f"{SERVICE} {merged(shop)}")
    with pytest.raises(Waiting):
        await BUILD.carry_out(shop.hands, plan, Attempt(key="try", serial=1, first_at=shop.over.now))
    await shop.carry_out(BUILD, plan, look=True)
    assert begun(shop) == 1


async def test_a_build_that_fails_says_where_its_log_is_and_can_be_asked_for_again(shop: Workshop) -> None:
    sha = merged(shop)
    shop.over.ground.neighbours.builds.fail_next(SERVICE)
    with pytest.raises(GiveUp, match=r"the build ended with failure: https://console"):
        await shop.carry_out(BUILD, await shop.plan(BUILD, f"{SERVICE} {sha}"))

    assert (await shop.does(BUILD, f"{SERVICE} {sha}")).helped
    assert begun(shop) == 2


async def test_a_build_that_somebody_has_to_approve_is_waited_for_in_sight(shop: Workshop) -> None:
    builds = shop.over.ground.neighbours.builds
    builds.guard(SERVICE)
    plan = await shop.plan(BUILD, f"{SERVICE} {merged(shop)}")
    await shop.carry_out(BUILD, plan, each=lambda: builds.approve(SERVICE) if len(shop.waited) == 4 else None)
    assert "the build has to be approved: https://console" in shop.waited[1]
    assert (await shop.verify(BUILD, plan)).helped
    assert begun(shop) == 1


async def test_what_cannot_be_built(shop: Workshop) -> None:
    newest = merged(shop)
    for words, sentence in {
        f"{SERVICE} 1.7.9": "no commit, tag or branch called 1.7.9; did you mean v1.7.1?",
        f"{SERVICE} deadbeef": f"the newest is {newest[:8]} Sort runs by age by ben.",
        f"{SERVICE} a..b": "`a..b` is no commit, tag or branch.",
        f"{SERVICE} main and more": "Only the service and one commit are named",
        "controlplane main": "did you mean `control-plane`?",
    }.items():
        with pytest.raises(Refused) as refused:
            await shop.plan(BUILD, words)
        assert sentence in str(refused.value)
    with pytest.raises(Lacking):
        shop.read(BUILD, SERVICE)


async def test_a_service_that_names_no_trigger_or_a_wrong_one_says_what_to_correct(shop: Workshop) -> None:
    merged(shop)
    organisation = shop.over.world.organisation
    service = organisation.services[SERVICE]

    def triggered(trigger: str | None) -> None:
        known = {SERVICE: replace(service, shipping=replace(service.shipping, build_trigger=trigger))}
        world = replace(shop.over.world, organisation=replace(organisation, services=known))
        shop.over, shop.hands = replace(shop.over, world=world), replace(shop.hands, world=world)

    triggered("global/other-image")
    with pytest.raises(GiveUp, match="knows no trigger other-image in global; correct build_trigger"):
        await shop.carry_out(BUILD, await shop.plan(BUILD, f"{SERVICE} main"))
    triggered(None)
    with pytest.raises(Refused, match="does not say what builds Control plane; give it build_trigger"):
        await shop.plan(BUILD, f"{SERVICE} main")


async def test_a_registry_that_does_not_answer_is_no_pass(shop: Workshop) -> None:
    plan = await shop.plan(BUILD, f"{SERVICE} {merged(shop)}")
    found = await BUILD.verify(shop.over.world, plan, shop.over.now)
    assert (found.helped, len(found.found)) == (None, 1)
    fault = Fault(name="down", kind="error:500", target="artifact-registry", method="*", times=1)
    shop.over.ground.faults.add(fault)
    with pytest.raises(CouldNotLook):
        await BUILD.verify(shop.over.world, plan, shop.over.now)
