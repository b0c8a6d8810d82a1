"""What builds images and releases versions, against the practice ground: what is refused is told from what nobody knows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.evidence import CouldNotLook
from bot.integrations.cloud_build import CloudBuild
from bot.integrations.github_releases import GitHubReleases
from bot.integrations.github_writing import LONGEST_BODY, GitHubWriting
from sandbox.github.door import TOKEN
from tests.neighbours_server import NeighboursServer

CODE, TRIGGER, REGION = "agent-marketplace/control-plane", "control-plane-image", "us-central1"
RUN = "POST /v1/projects/{project}/locations/{location}/triggers/{trigger}:run"
LIST = "GET /v1/projects/{project}/locations/{location}/builds"


@asynccontextmanager
async def builds_of(server: NeighboursServer) -> AsyncIterator[CloudBuild]:
    endpoint = server.neighbours.environment()["OPSBOT_CLOUD_BUILD_ENDPOINT"]
    client = CloudBuild(project="agent-marketplace", timeout=5, endpoint=endpoint)
    yield client
    await client.close()


@asynccontextmanager
async def writing_to(server: NeighboursServer, *, seconds: float = 5) -> AsyncIterator[GitHubWriting]:
    client = GitHubWriting(token=TOKEN, url=f"{server.url}/github", timeout=seconds)
    yield client
    await client.close()


def newest(server: NeighboursServer) -> str:
    commit = server.neighbours.github.commit(CODE, "main")
    assert commit
    return commit.sha


async def test_a_build_is_found_by_its_mark_and_followed_to_its_image(server: NeighboursServer) -> None:
    since, sha = server.clock.now() - timedelta(minutes=1), newest(server)
    async with builds_of(server) as builds:
        assert await builds.find(REGION, mark="abc123", since=since) is None
        await builds.begin(TRIGGER, REGION, commit=sha, tag="1.8.0", mark="abc123")
        begun = await builds.find(REGION, mark="abc123", since=since)
        assert begun
        assert (begun.done, begun.failure, dict(begun.images)) == (False, "", {})
        assert await builds.find(REGION, mark="other", since=since) is None
        assert await builds.find(REGION, mark="abc123", since=since + timedelta(hours=1)) is None

        server.clock.advance(90)
        ended = await builds.find(REGION, mark="abc123", since=since)
    images = server.images()
    digest = await images.digest("us-central1-docker.pkg.dev/agent-marketplace/services/control-plane", "1.8.0")
    await images.close()
    assert ended
    assert ended.done
    assert list(ended.images.values()) == [digest]


async def test_a_build_is_found_behind_many_others(server: NeighboursServer) -> None:
    since, sha = server.clock.now(), newest(server)
    async with builds_of(server) as builds:
        await builds.begin(TRIGGER, REGION, commit=sha, tag="1.8.0", mark="first")
        for number in range(120):
            await builds.begin(TRIGGER, REGION, commit=sha, tag="1.8.1", mark=f"other-{number}")
        assert await builds.find(REGION, mark="first", since=since)


async def test_a_build_that_failed_says_so(server: NeighboursServer) -> None:
    server.neighbours.builds.fail_next("control-plane")
    async with builds_of(server) as builds:
        since = server.clock.now()
        await builds.begin(TRIGGER, REGION, commit=newest(server), tag="1.8.0", mark="abc123")
        server.clock.advance(90)
        ended = await builds.find(REGION, mark="abc123", since=since)
    assert ended
    assert (ended.done, ended.failure) == (True, "failure")


async def test_what_cloud_build_will_never_do_is_told_apart_from_what_nobody_knows(server: NeighboursServer) -> None:
    sha = newest(server)
    async with builds_of(server) as builds:
        with pytest.raises(GiveUp, match="knows no trigger no-such in us-central1; correct build_trigger"):
            await builds.begin("no-such", REGION, commit=sha, tag="1", mark="m")
        with pytest.raises(GiveUp, match="Couldn't read commit"):
            await builds.begin(TRIGGER, REGION, commit="0" * 40, tag="1", mark="m")
        for kind, error, words in (
            ("drop_after", Unsure, "Cloud Build"),
            ("error:500", Unsure, "500"),
            ("garbage_json", Unsure, "makes no sense"),
            ("ratelimited", Retry, "slow down"),
            ("error:403", GiveUp, r"roles/cloudbuild\.builds\.editor"),
        ):
            server.break_down(kind, target="cloud-build", method=RUN, times=1)
            with pytest.raises(error, match=words):
                await builds.begin(TRIGGER, REGION, commit=sha, tag="1", mark="m")
        server.break_down("error:500", target="cloud-build", method=LIST, times=1)
        with pytest.raises(CouldNotLook):
            await builds.find(REGION, mark="m", since=server.clock.now())


async def test_its_examination_names_a_trigger_that_is_not_there(server: NeighboursServer) -> None:
    endpoint = server.neighbours.environment()["OPSBOT_CLOUD_BUILD_ENDPOINT"]
    named = [(REGION, TRIGGER), (REGION, TRIGGER), ("global", "no-such")]
    good = CloudBuild(project="agent-marketplace", timeout=5, endpoint=endpoint, triggers=named[:2])
    bad = CloudBuild(project="agent-marketplace", timeout=5, endpoint=endpoint, triggers=named)
    assert await good.examine() == "Cloud Build answers, and has every trigger that opsbot.yaml names (1)."
    with pytest.raises(CouldNotLook, match="knows no trigger no-such in global; correct build_trigger"):
        await bad.examine()
    await good.close()
    await bad.close()


async def test_a_tag_is_made_of_one_commit_and_never_moved(server: NeighboursServer) -> None:
    server.neighbours.github.merge(CODE, "Sort runs by age")
    first = server.neighbours.github.commit(CODE, "v1.7.0")
    assert first
    async with writing_to(server) as writing:
        releases = GitHubReleases(writing)
        await releases.tag(CODE, "v9.0.0", commit=first.sha, message="Release 9.0.0")
        with pytest.raises(GiveUp, match="Reference already exists"):
            await releases.tag(CODE, "v9.0.0", commit=newest(server), message="Release 9.0.0")
        with pytest.raises(GiveUp, match="Object does not exist"):
            await releases.tag(CODE, "v9.0.1", commit="0" * 40, message="Release 9.0.1")
        await releases.release(CODE, "v9.0.0", title="9.0.0", early=False)
        with pytest.raises(GiveUp, match="tag_name"):
            await releases.release(CODE, "v9.0.0", title="9.0.0", early=False)
    assert server.neighbours.github.tags(CODE)["v9.0.0"] == first.sha
    assert len(server.neighbours.github.releases(CODE)) == 1


async def test_what_is_read_of_tags_and_releases(server: NeighboursServer) -> None:
    code = server.github()
    assert "v1.7.1" in await code.tags(CODE)
    assert await code.release(CODE, "v1.7.1") is None
    tagged, bare = await code.find(CODE, "tags/v1.7.1"), await code.find(CODE, "HEAD")
    assert tagged == bare
    assert await code.find(CODE, "tags/v7.7.7") is None
    with pytest.raises(CouldNotLook):
        await code.find("agent-marketplace/no-such", "main")
    await code.close()


async def test_a_call_that_writes_ends_within_its_deadline_however_slowly_github_answers(
    server: NeighboursServer,
) -> None:
    server.break_down("latency", method="*", latency_ms=60_000)
    async with writing_to(server, seconds=0.2) as writing:
        with pytest.raises(Unsure, match=r"within 0\.2 s"):
            await writing.make(f"/repos/{CODE}/issues", {"title": "x"})
        with pytest.raises(Retry, match=r"within 0\.2 s"):
            await writing.find(f"/repos/{CODE}")


async def test_a_text_that_is_too_long_for_github_is_refused_before_it_is_sent(server: NeighboursServer) -> None:
    async with writing_to(server) as writing:
        await writing.make(f"/repos/{CODE}/issues", {"title": "x", "body": "é" * LONGEST_BODY})
        with pytest.raises(GiveUp, match="65,537 characters, and GitHub takes 65,536: make it shorter"):
            await writing.make(f"/repos/{CODE}/issues", {"title": "x", "body": "é" * (LONGEST_BODY + 1)})
    assert len([name for name in server.calls() if name.startswith("POST")]) == 1
