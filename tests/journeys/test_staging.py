"""A version is tried in staging first: it has everything there at once, has to answer, and is known to have been there."""

from dataclasses import replace

import pytest

from bot.domain.effect import Attempt
from bot.domain.errors import Refused, Superseded, Waiting
from bot.domain.plan import Risk
from playbooks.changes import CHANGES
from playbooks.changes.deploy import DEPLOY
from playbooks.changes.kind import Lacking
from sandbox.faults import Fault
from sandbox.world.build import Build, Flaws, commit_of, frozen_build
from tests.workshop import Workshop

SERVICE, THERE = "control-plane", "control-plane-staging"


def built(shop: Workshop, *, errors: float = 0.0) -> Build:
    """Somebody's merged commit was built at somebody's wish, and no pipeline took it to staging."""
    commit = shop.over.ground.neighbours.github.merge("agent-marketplace/control-plane", "Sort runs by age")
    now = shop.over.now.timestamp()
    build = Build(service=SERVICE, version=commit.sha[:7], commit=commit, flaws=Flaws(errors=errors), ready_at=now)
    shop.over.ground.platform.chronicle.happen("built", of=SERVICE, by="ben", detail=frozen_build(build))
    shop.over.pass_minutes(1)
    return build


async def test_a_version_is_tried_in_staging_and_may_be_deployed_then(shop: Workshop) -> None:
    build = built(shop)
    with pytest.raises(Refused, match="not green: not deployed to staging"):
        await shop.plan(DEPLOY, f"{SERVICE} {build.version}")

    plan = await shop.plan(DEPLOY, f"{SERVICE} staging {build.version}")
    assert (plan.risk, plan.target) == (Risk.SAFE, "staging/control-plane")
    assert plan.title == f"Deploy Control plane {build.version} to staging"
    assert plan.differences[-1] == "then asked: /health, /ready"
    assert (await shop.carry_out(DEPLOY, plan)).says == "00039 has all the traffic in staging."
    found = await shop.verify(DEPLOY, plan)

    assert (found.helped, found.found) == (True, ("/health answers well", "/ready answers well"))
    assert shop.serving(THERE) == {"00039": 100}
    assert shop.serving(SERVICE) == {"00041": 100}
    assert "already" in (await shop.plan(DEPLOY, f"{SERVICE} {build.version} staging")).nothing_to_do
    assert "its pre-deployment checklist is green" in (await shop.plan(DEPLOY, f"{SERVICE} {build.version}")).evidence


async def test_what_is_not_well_in_staging_did_not_help_and_is_taken_back(shop: Workshop) -> None:
    build = built(shop, errors=0.9)
    plan = await shop.plan(DEPLOY, f"{SERVICE} {build.version} staging")
    await shop.carry_out(DEPLOY, plan)
    found = await shop.verify(DEPLOY, plan)
    assert (found.helped, found.found[0]) == (False, "/health: 503 Service Unavailable")
    with pytest.raises(Refused, match="staging is not well: /health: 503"):
        await shop.plan(DEPLOY, f"{SERVICE} {build.version}")

    back = await shop.undoes(CHANGES, DEPLOY, plan)
    await shop.carry_out(DEPLOY, back)
    assert (await shop.verify(DEPLOY, back)).helped
    assert shop.over.ground.platform.service(THERE).latest_created.build != build


@pytest.mark.parametrize("lost", ["drop_after", "drop_before"])
async def test_after_a_lost_answer_one_revision_is_made_and_no_more(shop: Workshop, lost: str) -> None:
    build = built(shop)
    plan = await shop.plan(DEPLOY, f"{SERVICE} {build.version} staging")
    shop.loses(lost, "Services.UpdateService")
    await shop.carry_out(DEPLOY, plan)
    assert shop.serving(THERE) == {"00039": 100}
    assert len(shop.over.ground.platform.revisions(THERE)) == 2


async def test_after_a_crash_it_goes_on_with_the_revision_that_was_made(shop: Workshop) -> None:
    build = built(shop)
    plan = await shop.plan(DEPLOY, f"{SERVICE} {build.version} staging")
    with pytest.raises(Waiting):
        await DEPLOY.carry_out(shop.hands, plan, Attempt(key="try", serial=1, first_at=shop.over.now))
    await shop.carry_out(DEPLOY, plan, look=True)
    assert len(shop.over.ground.platform.revisions(THERE)) == 2


async def test_staging_that_somebody_else_changed_meanwhile_is_left_alone(shop: Workshop) -> None:
    build = built(shop)
    plan = await shop.plan(DEPLOY, f"{SERVICE} {build.version} staging")
    shop.over.ground.platform.scale(THERE, least=1, most=3)
    with pytest.raises(Superseded):
        await shop.carry_out(DEPLOY, plan)


async def test_where_nothing_is_asked_nobody_can_tell(shop: Workshop) -> None:
    build, organisation = built(shop), shop.over.world.organisation
    service = organisation.services[SERVICE]
    silent = replace(service, health_url=None, shipping=replace(service.shipping, smoke=()))
    world = replace(shop.over.world, organisation=replace(organisation, services={SERVICE: silent}))
    shop.over, shop.hands = replace(shop.over, world=world), replace(shop.hands, world=world)
    plan = await shop.plan(DEPLOY, f"{SERVICE} staging {build.version}")
    assert plan.warnings == ("Nothing is asked afterwards: name smoke paths of it in opsbot.yaml.",)
    await shop.carry_out(DEPLOY, plan)
    assert (await shop.verify(DEPLOY, plan)).helped is None


async def test_what_cannot_be_staged(shop: Workshop) -> None:
    with pytest.raises(Refused, match="what stands for Web application in staging; give it staging: web-staging"):
        await shop.plan(DEPLOY, "web staging 1.7.1")
    with pytest.raises(Lacking) as lacking:
        shop.read(DEPLOY, f"{SERVICE} staging")
    assert lacking.value.known == {"service": SERVICE, "where": "staging"}


async def test_the_form_tells_where_apart_from_why(shop: Workshop) -> None:
    in_production = {"service": SERVICE, "version": "1.7.1", "waived": "staging is taken today"}
    assert DEPLOY.read((SERVICE, "1.7.1", "", "staging is taken today"), shop.asked()) == in_production
    in_staging = {"service": SERVICE, "version": "1.7.1", "waived": "", "where": "staging"}
    assert DEPLOY.read((SERVICE, "1.7.1", "staging"), shop.asked()) == in_staging


async def test_a_commit_without_an_image_is_refused_with_a_press_that_builds_it(shop: Workshop) -> None:
    commit = shop.over.ground.neighbours.github.merge("agent-marketplace/control-plane", "Sort runs by age")
    with pytest.raises(Refused) as refused:
        await shop.plan(DEPLOY, f"{SERVICE} {commit.sha[:7]}")
    assert "Build it from its commit first" in str(refused.value)
    assert f"{commit.sha[:8]} Sort runs by age by ben" in str(refused.value)
    (build,) = refused.value.offers
    assert (build.action, build.value) == ("ask-change", f"build/{SERVICE}/{commit.sha[:7]}")


async def test_an_image_is_found_by_the_branch_whose_commit_it_is_called_after(shop: Workshop) -> None:
    build = built(shop)
    plan = await shop.plan(DEPLOY, f"{SERVICE} main waive it is needed today")
    assert plan.title == f"Deploy Control plane {build.version}"


async def test_a_version_can_be_deployed_though_github_does_not_answer(shop: Workshop) -> None:
    commit = commit_of(SERVICE, title="Make 1.9.0", author="ben@example.com", at=shop.over.now)
    build = Build(service=SERVICE, version="1.9.0", commit=commit)
    shop.over.ground.platform.chronicle.happen("built", of=SERVICE, by="ben", detail=frozen_build(build))
    shop.over.ground.faults.add(Fault(name="down", kind="error:500", target="github", method="*"))
    plan = await shop.plan(DEPLOY, f"{SERVICE} 1.9.0 waive GitHub is down")
    assert plan.because[1] == "the checklist is waived: GitHub is down"
