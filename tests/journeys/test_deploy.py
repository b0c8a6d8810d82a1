"""A version is deployed bit by bit: a good one gets everything, a bad one hardly anybody meets."""

from dataclasses import asdict, replace

import pytest

from bot.domain.deployment import Shipment
from bot.domain.errors import GiveUp, Refused, Superseded
from bot.domain.plan import Risk
from playbooks.changes import CHANGES
from playbooks.changes.deploy import DEPLOY
from playbooks.changes.finalize import FINALIZE
from playbooks.changes.kind import Lacking
from playbooks.changes.rollback import ROLLBACK
from sandbox.faults import Fault
from sandbox.world.build import Build, Flaws, commit_of
from sandbox.world.cloud_service import Target
from tests.workshop import Workshop

SERVICE = "control-plane"
CODE = "agent-marketplace/control-plane"


def built(shop: Workshop, version: str, *, errors: float = 0.0, staged: bool = True) -> Build:
    """Somebody's commit was built as a version; an hour later it is on staging as well."""
    commit = commit_of(
        SERVICE, title=f"Make {version}", author="ben@example.com", at=shop.over.now, files=("src/a.py",)
    )
    build = Build(service=SERVICE, version=version, commit=commit, flaws=Flaws(errors=errors))
    shop.over.ground.platform.chronicle.happen("built", of=SERVICE, by="ben@example.com", detail=asdict(build))
    shop.over.pass_minutes(65 if staged else 5)
    return build


async def test_a_good_version_gets_all_the_traffic_step_by_step(shop: Workshop) -> None:
    build = built(shop, "1.9.0")
    plan = await shop.plan(DEPLOY, f"{SERVICE} 1.9.0")
    began, seen = shop.over.now, []

    def note() -> None:
        if (shares := shop.serving(SERVICE)) not in seen:
            seen.append(shares)

    done = await shop.carry_out(DEPLOY, plan, each=note)

    assert plan.risk is Risk.DISRUPTIVE
    assert "its pre-deployment checklist is green" in plan.evidence
    assert "Make 1.9.0" in plan.evidence[0]
    assert seen == [{"00041": 100}, {"00041": 95, "00042": 5}, {"00041": 75, "00042": 25}, {"00042": 100}]
    assert (shop.over.now - began).total_seconds() > 20 * 60
    assert done.says == "00042 has all the traffic, and later deployments will."
    state = shop.over.ground.platform.service(SERVICE)
    assert not state.pinned
    assert state.latest_created.build == build
    assert (await shop.verify(DEPLOY, plan)).helped

    await shop.carry_out(ROLLBACK, await shop.undoes(CHANGES, DEPLOY, plan))
    assert shop.serving(SERVICE) == {"00041": 100}


async def test_a_plan_tells_which_commit_it_brings_to_production_where_that_is_known(shop: Workshop) -> None:
    build, before = built(shop, "1.9.0"), shop.over.ground.platform.service(SERVICE).latest_created.build
    assert before
    new, old = (Shipment(repository=CODE, commit=each.commit.sha, environment="production") for each in (build, before))
    plan = await shop.plan(DEPLOY, f"{SERVICE} 1.9.0")
    assert DEPLOY.ships(plan) == new
    assert DEPLOY.ships(await shop.plan(DEPLOY, f"{SERVICE} {build.digest} waive the tag was taken away")) is None

    await shop.carry_out(DEPLOY, plan)
    back = await shop.plan(ROLLBACK, f"{SERVICE} 00041")
    assert ROLLBACK.ships(back) == replace(old, task="rollback")
    await shop.carry_out(ROLLBACK, back)
    assert FINALIZE.ships(await shop.plan(FINALIZE, SERVICE)) == old
    assert ROLLBACK.ships(await shop.plan(ROLLBACK, f"{SERVICE} 00042")) == replace(new, task="rollback")

    shop.over.ground.faults.add(Fault(name="gone", kind="http_503", target="github", method="*"))
    assert FINALIZE.ships(await shop.plan(FINALIZE, SERVICE)) is None


async def test_a_version_that_fails_is_taken_out_again(shop: Workshop) -> None:
    built(shop, "1.9.0", errors=0.2)
    plan = await shop.plan(DEPLOY, f"{SERVICE} 1.9.0")

    with pytest.raises(GiveUp, match=r"00042 fails .* at 5 %.* /rollback finalize control-plane"):
        await shop.carry_out(DEPLOY, plan)

    assert shop.serving(SERVICE) == {"00041": 100}


async def test_a_version_that_says_itself_that_it_is_not_well_meets_nobody(shop: Workshop) -> None:
    built(shop, "1.9.0", errors=0.9)
    plan = await shop.plan(DEPLOY, f"{SERVICE} 1.9.0")

    with pytest.raises(GiveUp, match=r"does not answer that it is well .* no traffic"):
        await shop.carry_out(DEPLOY, plan)

    assert shop.serving(SERVICE) == {"00041": 100}


async def test_after_a_rollback_and_its_end_the_fix_takes_traffic_again(shop: Workshop) -> None:
    shop.breaks("bad-deploy")
    await shop.does(ROLLBACK, SERVICE)
    await shop.does(FINALIZE, SERVICE)
    built(shop, "1.9.0")

    found = await shop.does(DEPLOY, f"{SERVICE} 1.9.0")

    assert found.helped
    assert shop.serving(SERVICE) == {"00044": 100}
    assert shop.broken == []


async def test_traffic_that_somebody_moves_meanwhile_is_left_alone(shop: Workshop) -> None:
    built(shop, "1.9.0")
    plan = await shop.plan(DEPLOY, f"{SERVICE} 1.9.0")

    moved = [Target(percent=100, revision="control-plane-00040")]

    def move() -> None:
        if shop.serving(SERVICE).get("00042") == 5 and moved:
            shop.over.ground.platform.set_traffic(SERVICE, [moved.pop()])

    with pytest.raises(GiveUp, match="moved by somebody meanwhile"):
        await shop.carry_out(DEPLOY, plan, each=move)


async def test_another_world_than_was_planned_for(shop: Workshop) -> None:
    built(shop, "1.9.0")
    plan = await shop.plan(DEPLOY, f"{SERVICE} 1.9.0")
    shop.over.ground.platform.scale(SERVICE, least=3, most=9)
    with pytest.raises(Superseded):
        await shop.carry_out(DEPLOY, plan)
    assert len(shop.over.ground.platform.revisions(SERVICE)) == 4


async def test_a_checklist_that_is_not_green_is_waived_in_words_or_refused(shop: Workshop) -> None:
    build = built(shop, "1.9.0", staged=False)
    with pytest.raises(Refused, match="not green: not deployed to staging"):
        await shop.plan(DEPLOY, f"{SERVICE} 1.9.0")
    with pytest.raises(Refused, match="not known by a digest alone"):
        await shop.plan(DEPLOY, f"{SERVICE} {build.digest}")
    plan = await shop.plan(DEPLOY, f"{SERVICE} {build.digest} waive the tag was taken away")
    assert "the checklist is waived: the tag was taken away" in plan.because
    assert plan.warnings[0] == "Not green: its commit is not known by a digest alone."


async def test_what_cannot_be_deployed(shop: Workshop) -> None:
    with pytest.raises(Refused, match=r"no image of Control plane called 7\.7\.7"):
        await shop.plan(DEPLOY, f"{SERVICE} 7.7.7")
    with pytest.raises(Refused, match="no image of Control plane called sha256"):
        await shop.plan(DEPLOY, f"{SERVICE} sha256:{'0' * 64}")
    with pytest.raises(Refused, match="another image tomorrow"):
        shop.read(DEPLOY, f"{SERVICE} latest")
    with pytest.raises(Refused, match="tag of the image"):
        shop.read(DEPLOY, f"{SERVICE} no/tag")
    with pytest.raises(Refused, match="10 to 300"):
        shop.read(DEPLOY, f"{SERVICE} 1.9.0 waive because")
    with pytest.raises(Lacking):
        shop.read(DEPLOY, SERVICE)
    live = shop.over.ground.platform.revisions(SERVICE)[0].build
    assert live
    assert "already" in (await shop.plan(DEPLOY, f"{SERVICE} {live.version}")).nothing_to_do
