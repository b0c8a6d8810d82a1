"""A version is tagged and released once, of exactly the commit that was agreed to; then it can be built and deployed."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.effect import Attempt
from bot.domain.errors import GiveUp, Refused, Retry, Superseded, Unsure
from bot.domain.plan import Plan, Risk
from bot.integrations.cloud_build import CloudBuild
from bot.integrations.github_releases import GitHubReleases
from bot.integrations.github_writing import GitHubWriting
from playbooks.changes.build import BUILD
from playbooks.changes.kind import Lacking
from playbooks.changes.release import RELEASE
from sandbox.faults import Fault
from sandbox.github.door import TOKEN
from sandbox.github.github import GitHub
from sandbox.postgres_server import PostgresServer
from tests.workshop import Workshop, workshop

SERVICE, CODE = "control-plane", "agent-marketplace/control-plane"
REF = "POST /repos/{owner}/{name}/git/refs"
RELEASES = "POST /repos/{owner}/{name}/releases"


@pytest.fixture
async def shop(sqlite_store_url: str, postgres_server: PostgresServer) -> AsyncIterator[Workshop]:
    async with workshop(sqlite_store_url, postgres=postgres_server) as shop:
        url = f"{shop.over.ground.url}/github"
        releases = GitHubReleases(GitHubWriting(token=TOKEN, url=url, timeout=5))
        endpoint = shop.over.ground.environment()["OPSBOT_CLOUD_BUILD_ENDPOINT"]
        builds = CloudBuild(project="agent-marketplace", timeout=5, endpoint=endpoint)
        shop.hands = replace(shop.hands, releases=releases, builds=builds)
        yield shop
        await releases.close()
        await builds.close()


def github(shop: Workshop) -> GitHub:
    return shop.over.ground.neighbours.github


def loses(shop: Workshop, kind: str, method: str) -> None:
    shop.over.ground.faults.add(Fault(name=kind, kind=kind, target="github", method=method, times=1))


def released(shop: Workshop) -> list[str]:
    return [each["tag_name"] for each in github(shop).releases(CODE)]


async def killed(shop: Workshop, plan: Plan, *, after: int) -> None:
    """The process dies after so many attempts, and nobody remembers what they noted."""
    for _ in range(after):
        with pytest.raises((Retry, Unsure)):
            await RELEASE.carry_out(shop.hands, plan, Attempt(key="try", serial=1, first_at=shop.over.now))


async def test_a_version_is_tagged_and_released_with_its_notes(shop: Workshop) -> None:
    github(shop).merge(CODE, "Sort runs by age")
    shop.over.pass_minutes(1)
    newest = github(shop).merge(CODE, "Say how old a run is", by="dee")
    plan = await shop.plan(RELEASE, f"{SERVICE} 1.8.0")
    assert (plan.risk, plan.title) == (Risk.SAFE, "Release Control plane 1.8.0")
    assert (plan.before, plan.after) == (
        "v1.7.1 is the last",
        f"v1.8.0 is {newest.sha[:8]}, with a release and its notes",
    )
    assert [each.partition(" ")[2] for each in plan.evidence] == [
        "Say how old a run is by dee",
        "Sort runs by age by ben",
    ]

    done = await shop.carry_out(RELEASE, plan)
    assert done.says.startswith("v1.8.0 is released (http")
    assert done.says.endswith("; next: /ops build control-plane 1.8.0")
    assert (await shop.verify(RELEASE, plan)).helped
    assert github(shop).tags(CODE)["v1.8.0"] == newest.sha
    (release,) = github(shop).releases(CODE)
    assert release["body"].splitlines()[1:] == ["* Sort runs by age by @ben", "* Say how old a run is by @dee"]

    assert (await shop.does(BUILD, f"{SERVICE} 1.8.0")).helped
    assert "1.8.0" in (await shop.plan(RELEASE, f"{SERVICE} v1.8.0")).nothing_to_do


@pytest.mark.parametrize("method", [REF, RELEASES])
@pytest.mark.parametrize("lost", ["drop_after", "drop_before"])
async def test_after_a_lost_answer_it_is_looked_and_nothing_made_twice(shop: Workshop, lost: str, method: str) -> None:
    plan = await shop.plan(RELEASE, f"{SERVICE} 1.8.0")
    loses(shop, lost, method)
    await shop.carry_out(RELEASE, plan)
    assert released(shop) == ["v1.8.0"]


@pytest.mark.parametrize("attempts", [1, 2])
async def test_after_a_crash_it_goes_on_where_it_was(shop: Workshop, attempts: int) -> None:
    plan = await shop.plan(RELEASE, f"{SERVICE} 1.8.0")
    await killed(shop, plan, after=attempts)
    await shop.carry_out(RELEASE, plan, look=True)
    assert released(shop) == ["v1.8.0"]


async def test_a_tag_that_somebody_else_gave_meanwhile_is_not_moved(shop: Workshop) -> None:
    github(shop).merge(CODE, "Sort runs by age")
    plan = await shop.plan(RELEASE, f"{SERVICE} 1.8.0 main")
    other = await shop.plan(RELEASE, f"{SERVICE} 1.8.0 v1.7.0")
    await shop.carry_out(RELEASE, other)

    with pytest.raises(Superseded, match=r"v1\.8\.0 was given to .* meanwhile"):
        await shop.carry_out(RELEASE, plan)
    assert (await RELEASE.verify(shop.over.world, plan, shop.over.now)).helped is False
    assert len(released(shop)) == 1


async def test_what_cannot_be_released_is_told_with_the_nearest_that_can(shop: Workshop) -> None:
    for words, sentence in {
        f"{SERVICE} 1.8": "`1.8` is no version; did you mean 1.8.0?",
        f"{SERVICE} next": "`next` is no version; write it like 1.9.0 or 2.0.0-rc.1.",
        f"{SERVICE} 1.6.1": "a tag is never moved. The next version that is free: /ops release control-plane 1.7.2.",
        f"{SERVICE} 1.8.0 v1.7.9": "no commit, tag or branch called v1.7.9; did you mean v1.7.1?",
        f"{SERVICE} 1.8.0 main now": "A version and perhaps a commit are named",
        "1.8.0": "There is no service `1.8.0`",
    }.items():
        with pytest.raises(Refused) as refused:
            await shop.plan(RELEASE, words)
        assert sentence in str(refused.value)
    with pytest.raises(Lacking):
        shop.read(RELEASE, SERVICE)


async def test_an_older_line_and_a_commit_beside_the_branch_are_pointed_out(shop: Workshop) -> None:
    plan = await shop.plan(RELEASE, f"{SERVICE} 1.6.2 v1.7.0")
    assert plan.warnings == ("v1.7.1 is there already, and newer.",)
    assert plan.before == "v1.6.1 is the last"


@pytest.mark.parametrize(("version", "early"), [("2.0.0-rc.1", True), ("2.0.0", False)])
async def test_what_is_not_final_is_released_as_such(shop: Workshop, version: str, *, early: bool) -> None:
    await shop.carry_out(RELEASE, await shop.plan(RELEASE, f"{SERVICE} {version}"))
    assert [each["prerelease"] for each in github(shop).releases(CODE)] == [early]


async def test_where_all_code_is_in_one_repository_the_version_alone_will_do(shop: Workshop) -> None:
    organisation = shop.over.world.organisation
    services = {key: replace(each, repository=CODE) for key, each in organisation.services.items()}
    shop.over = replace(
        shop.over, world=replace(shop.over.world, organisation=replace(organisation, services=services))
    )
    assert (await shop.plan(RELEASE, "1.8.0")).title == "Release Control plane 1.8.0"


async def test_a_token_that_may_not_write_says_what_it_lacks(shop: Workshop) -> None:
    plan = await shop.plan(RELEASE, f"{SERVICE} 1.8.0")
    loses(shop, "error:403", "POST /repos/{owner}/{name}/git/tags")
    with pytest.raises(GiveUp, match="let GITHUB_TOKEN write there"):
        await shop.carry_out(RELEASE, plan)
