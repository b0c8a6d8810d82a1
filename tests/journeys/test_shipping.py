"""From a merged commit to production: released, built with the press beside a refusal, tried in staging, deployed."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.faults import Fault
from sandbox.postgres_server import PostgresServer
from sandbox.world.build import Build, Flaws, frozen_build
from tests.as_seen import labels_of
from tests.town import Plan, Town, opened

CODE = "agent-marketplace/control-plane"
SERVICE = "control-plane"


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


def serving(town: Town, service: str) -> dict[str, int]:
    shares = town.ground.platform.service(service).serving(town.now.timestamp())
    return {share.revision.name.removeprefix(f"{service}-"): share.percent for share in shares if share.percent}


async def wait(town: Town, *, times: int = 8) -> None:
    """Time passes while something is under way outside, which is asked for every few seconds."""
    for _ in range(times):
        await town.pass_time(seconds=11)


async def ask(town: Town, command: str, key: str) -> str:
    """Ana asks for something where all can see it; what its card says."""
    await town.slash(command, where="alerts")
    return town.read(f"{key} · ", "alerts")


async def test_from_a_merged_commit_to_production(town: Town) -> None:
    github = town.ground.neighbours.github
    commit = github.merge(CODE, "Sort runs by age")
    await town.pass_time(minutes=2)

    assert "Safe: one press does it" in await ask(town, "/ops release control-plane 1.8.0", "CHG-1")
    await town.press("Release", by="ana", where="alerts", near="CHG-1 · ")
    await wait(town, times=3)
    assert "Done. v1.8.0 is released (http" in town.read("CHG-1 · ", "alerts")
    assert github.tags(CODE)["v1.8.0"] == commit.sha

    refused = await ask(town, "/deploy control-plane 1.8.0", "CHG-2")
    assert "There is no image of Control plane called 1.8.0. Build it from its commit first" in refused
    await town.press("Build", by="ana", where="alerts", near="CHG-2 · ")
    await town.press("Build", by="ana", where="alerts", near="CHG-3 · ")
    await wait(town, times=3)
    assert "Under way … It is being built: https://console" in town.read("CHG-3 · ", "alerts")
    await wait(town, times=9)
    built = town.read("CHG-3 · ", "alerts")
    assert "Done. 1.8.0 is built (https://console.cloud.google.com/cloud-build/builds;region=us-central1/" in built
    assert "Artifact Registry has it as sha256:" in built
    assert [each["_TAG"] for each in town.ground.neighbours.builds.begun("control-plane")] == ["1.8.0"]

    await ask(town, "/deploy control-plane staging 1.8.0", "CHG-4")
    await town.press("Deploy", by="ana", where="alerts", near="CHG-4 · ")
    await wait(town)
    assert "/ready answers well" in town.read("CHG-4 · ", "alerts")
    assert serving(town, "control-plane-staging") == {"00039": 100}

    card = await ask(town, "/deploy control-plane 1.8.0", "CHG-5")
    assert "its pre-deployment checklist is green" in card
    assert "A second person has to agree" in card
    assert serving(town, "control-plane") == {"00041": 100}


async def built(town: Town, title: str, *, errors: float = 0.0) -> Build:
    """Somebody's merged commit was built, and no pipeline took it anywhere."""
    commit, now = town.ground.neighbours.github.merge(CODE, title), town.now.timestamp()
    build = Build(service=SERVICE, version=commit.sha[:7], commit=commit, flaws=Flaws(errors=errors), ready_at=now)
    town.ground.platform.chronicle.happen("built", of=SERVICE, by="ben", detail=frozen_build(build))
    await town.pass_time(minutes=1)
    return build


async def test_what_is_deployed_is_recorded_at_github_with_how_it_went(town: Town) -> None:
    github, states = town.ground.neighbours.github, []
    for number, errors in enumerate((0.0, 0.9), start=1):
        build = await built(town, f"Sort runs by age, {number}", errors=errors)
        await ask(town, f"/deploy {SERVICE} staging {build.version}", f"CHG-{number}")
        await town.press("Deploy", by="ana", where="alerts", near=f"CHG-{number} · ")
        await wait(town, times=20)
        record = github.deployments(CODE)[-1]
        assert (record["sha"], record["environment"]) == (build.commit.sha, "staging")
        assert record["description"] == f"CHG-{number}: Deploy Control plane {build.version} to staging"
        assert all("/archives/C" in link for link in record["links"])
        states.append(record["states"])
        await town.pass_time(minutes=6)

    assert states == [["success", "in_progress"], ["failure", "in_progress"]]
    assert len(github.deployments(CODE)) == 2


async def test_by_its_own_record_a_rollback_knows_what_it_takes_back_and_is_recorded_itself(town: Town) -> None:
    build = await built(town, "Sort runs by age")
    await ask(town, f"/deploy {SERVICE} {build.version} waive staging is being repaired", "CHG-1")
    await town.press("Agree", by="ben", where="alerts", near="CHG-1 · ")
    await wait(town, times=150)
    assert serving(town, SERVICE) == {"00042": 100}
    card = await ask(town, f"/rollback {SERVICE}", "CHG-2")
    assert "Takes back: “Sort runs by age” by ben" in card
    await town.press("Agree", by="ben", where="alerts", near="CHG-2 · ")
    await wait(town, times=30)

    first, second = town.ground.neighbours.github.deployments(CODE)
    assert (first["sha"], first["environment"]) == (build.commit.sha, "production")
    assert second["sha"] != first["sha"]
    assert (first["task"], second["task"]) == ("deploy", "rollback")
    assert first["states"] == second["states"] == ["success", "in_progress"]


async def test_what_github_does_not_let_us_record_is_said_below_the_card_and_stops_nothing(town: Town) -> None:
    town.ground.faults.add(Fault(name="no", kind="error:403", target="github", method="POST */deployments"))
    version = next(iter(town.ground.neighbours.github.tags(CODE))).removeprefix("v")
    await ask(town, f"/deploy {SERVICE} staging {version}", "CHG-1")
    await town.press("Deploy", by="ana", where="alerts", near="CHG-1 · ")
    await wait(town, times=20)

    assert "/ready answers well" in town.read("CHG-1 · ", "alerts")
    told = [text for text in town.texts("alerts") if "is not recorded as a deployment at GitHub" in text]
    assert told == [
        "CHG-1 is not recorded as a deployment at GitHub (agent-marketplace/control-plane, staging), because GitHub does "
        "not allow it: let GITHUB_TOKEN write there (403). The change itself is as its card says."
    ]


async def test_who_has_no_role_builds_and_releases_nothing(town: Town) -> None:
    await town.slash("/ops build web main", by="cho", where="alerts")
    assert "CHG-1 Build web main: You may not ask for “Build”." in town.directs("cho")[-1]
    assert not [text for text in town.texts("alerts") if "CHG-1" in text]
    assert "You may not ask for “Release”." in await town.slash("/ops release web 1.8.0", by="cho", where="alerts")
    await ask(town, "/ops build web main", "CHG-2")
    await town.press("Build", by="cho", where="alerts", near="CHG-2 · ")
    assert not town.ground.neighbours.builds.begun("web")


async def test_a_refused_deployment_of_what_is_no_commit_offers_nothing_to_build(town: Town) -> None:
    card = await ask(town, "/deploy control-plane 9.9.9", "CHG-1")
    assert "nor a commit: name a version, a tag or a commit" in card
    assert labels_of(town.find("CHG-1 · ", "alerts")) == ["Plan it again"]
