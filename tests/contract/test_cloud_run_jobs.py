"""The bot's own hand on Cloud Run jobs, against the practice ground."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import GiveUp, Unsure
from bot.domain.evidence import CouldNotLook
from bot.integrations.cloud_run_jobs import CloudRunJobs
from tests.google_server import GoogleServer, google_server

REGION, JOB = "us-central1", "nightly-report"


@pytest.fixture
async def server() -> AsyncIterator[GoogleServer]:
    async with google_server() as running:
        yield running


@pytest.fixture
def jobs(server: GoogleServer) -> CloudRunJobs:
    return CloudRunJobs(channels=server.channels, project=server.project, endpoint=server.google.endpoint, timeout=5)


async def test_an_execution_is_found_by_its_mark_and_followed_to_its_end(
    server: GoogleServer, jobs: CloudRunJobs
) -> None:
    assert await jobs.find(JOB, REGION, mark="abc123") is None
    await jobs.run(JOB, REGION, mark="abc123", variables={"batch_size": "10"})
    begun = await jobs.find(JOB, REGION, mark="abc123")
    assert begun
    assert not begun.done
    assert await jobs.find(JOB, REGION, mark="other") is None
    assert server.google.jobs
    assert server.google.jobs.begun(JOB) == [{"BATCH_SIZE": "10", "OPSBOT_CHANGE": "abc123"}]

    server.clock.advance(61)
    ended = await jobs.find(JOB, REGION, mark="abc123")
    assert ended
    assert (ended.done, ended.failure) == (True, "")


async def test_an_execution_that_failed_says_so(server: GoogleServer, jobs: CloudRunJobs) -> None:
    assert server.google.jobs
    server.google.jobs.fail_next(JOB)
    await jobs.run(JOB, REGION, mark="abc123", variables={})
    server.clock.advance(61)
    ended = await jobs.find(JOB, REGION, mark="abc123")

    assert ended
    assert ended.failure == "failure"


async def test_what_is_not_there_and_what_nobody_knows(server: GoogleServer, jobs: CloudRunJobs) -> None:
    with pytest.raises(GiveUp, match="does not find it any more"):
        await jobs.run("other", REGION, mark="m", variables={})
    with pytest.raises(CouldNotLook, match="has no job “other”"):
        await jobs.find("other", REGION, mark="m")
    with pytest.raises(GiveUp, match=r"run\.jobs\.runWithOverrides"):
        await jobs.run(JOB, "mars-north1", mark="m", variables={})
    server.break_down("drop_after", times=1)
    with pytest.raises(Unsure):
        await jobs.run(JOB, REGION, mark="m", variables={})
    assert await jobs.find(JOB, REGION, mark="m")
