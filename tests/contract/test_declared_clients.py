"""What sets off declared changes, against the practice ground: workflows of GitHub and signed webhooks."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from bot.domain.declared_change import Telling
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.integrations.github_workflows import GitHubWorkflows
from bot.integrations.github_writing import GitHubWriting
from bot.integrations.hook import HookSender
from sandbox.github.door import TOKEN
from sandbox.hook_receiver import SECRET
from tests.neighbours_server import NeighboursServer

CODE = "agent-marketplace/control-plane"
DISPATCH = "POST /repos/{owner}/{name}/actions/workflows/{workflow}/dispatches"
TELLING = Telling(name="flush", mark="abc123", parameters={"region": "eu"})


@asynccontextmanager
async def workflows_of(server: NeighboursServer, *, token: str = TOKEN) -> AsyncIterator[GitHubWorkflows]:
    client = GitHubWorkflows(GitHubWriting(token=token, url=f"{server.url}/github", timeout=5))
    yield client
    await client.close()


@asynccontextmanager
async def hooks_of(server: NeighboursServer, *, secret: str = SECRET) -> AsyncIterator[HookSender]:
    client = HookSender(secret=secret, timeout=5, clock=server.clock)
    yield client
    await client.close()


async def test_a_run_is_found_by_its_mark_and_followed_to_its_end(server: NeighboursServer) -> None:
    since = server.clock.now() - timedelta(minutes=1)
    async with workflows_of(server) as workflows:
        assert await workflows.find(CODE, "reindex.yml", mark="abc123", since=since) is None
        await workflows.dispatch(CODE, "reindex.yml", ref="main", mark="abc123", inputs={"region": "eu"})
        begun = await workflows.find(CODE, "reindex.yml", mark="abc123", since=since)
        assert begun
        assert not begun.done
        assert await workflows.find(CODE, "reindex.yml", mark="other", since=since) is None

        server.clock.advance(60)
        ended = await workflows.find(CODE, "reindex.yml", mark="abc123", since=since)
        assert ended
        assert (ended.done, ended.failure) == (True, "")
        assert server.neighbours.github.workflows.dispatched("reindex.yml") == [{"region": "eu", "opsbot": "abc123"}]


async def test_a_run_that_failed_says_so(server: NeighboursServer) -> None:
    server.neighbours.github.workflows.fail_next("reindex.yml")
    async with workflows_of(server) as workflows:
        since = server.clock.now()
        await workflows.dispatch(CODE, "reindex.yml", ref="main", mark="abc123", inputs={})
        server.clock.advance(60)
        ended = await workflows.find(CODE, "reindex.yml", mark="abc123", since=since)

    assert ended
    assert ended.failure == "failure"


async def test_what_github_will_never_do_is_told_apart_from_what_nobody_knows(server: NeighboursServer) -> None:
    async with workflows_of(server) as workflows:
        with pytest.raises(GiveUp, match="Unexpected inputs provided"):
            await workflows.dispatch(CODE, "reindex.yml", ref="main", mark="m", inputs={"colour": "red"})
        with pytest.raises(GiveUp, match="does not show the repository"):
            await workflows.dispatch(CODE, "other.yml", ref="main", mark="m", inputs={})
        server.break_down("drop_after", method=DISPATCH, times=1)
        with pytest.raises(Unsure):
            await workflows.dispatch(CODE, "reindex.yml", ref="main", mark="m", inputs={})
        server.break_down("ratelimited", method=DISPATCH, times=1)
        with pytest.raises(Retry, match="slow down"):
            await workflows.dispatch(CODE, "reindex.yml", ref="main", mark="m", inputs={})
    async with workflows_of(server, token="wrong") as strange:
        with pytest.raises(GiveUp, match="GITHUB_TOKEN"):
            await strange.dispatch(CODE, "reindex.yml", ref="main", mark="m", inputs={})

    assert len(server.neighbours.github.workflows.dispatched("reindex.yml")) == 1


async def test_a_webhook_is_signed_with_its_time_and_taken_once(server: NeighboursServer) -> None:
    async with hooks_of(server) as hooks:
        await hooks.tell(f"{server.url}/hook/flush", TELLING)
        await hooks.tell(f"{server.url}/hook/flush", TELLING)

    taken = {"name": "flush", "change": "abc123", "parameters": {"region": "eu"}}
    assert server.neighbours.hooks.taken == {"abc123": taken}


async def test_a_signature_of_another_secret_or_another_time_is_refused(server: NeighboursServer) -> None:
    async with hooks_of(server, secret="another") as strange:
        with pytest.raises(GiveUp, match=r"refuses \(401: .*the signature is wrong"):
            await strange.tell(f"{server.url}/hook/flush", TELLING)
    written = str(int(server.clock.now().timestamp()) - 600)
    signed = hmac.new(SECRET.encode(), f"{written}.{{}}".encode(), hashlib.sha256).hexdigest()
    headers = {"X-Opsbot-Timestamp": written, "X-Opsbot-Signature": f"v1={signed}"}
    async with httpx.AsyncClient(trust_env=False) as http:
        late = await http.post(f"{server.url}/hook/flush", content=b"{}", headers=headers)

    assert (late.status_code, late.json()) == (401, {"error": "the signature is too old"})
    assert server.neighbours.hooks.taken == {}


async def test_a_receiver_that_breaks_off_may_have_heard_it_and_one_that_is_not_there_has_not(
    server: NeighboursServer,
) -> None:
    async with hooks_of(server) as hooks:
        server.break_down("drop_after", target="hook", times=1)
        with pytest.raises(Unsure):
            await hooks.tell(f"{server.url}/hook/flush", TELLING)
        server.break_down("error:500", target="hook", times=1)
        with pytest.raises(Unsure, match="500"):
            await hooks.tell(f"{server.url}/hook/flush", TELLING)
        with pytest.raises(Retry, match="cannot be reached"):
            await hooks.tell("http://127.0.0.1:1/hook/flush", TELLING)
