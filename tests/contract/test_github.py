"""The practice ground's GitHub answers as the real one is documented to (docs.github.com/rest)."""

import base64
from pathlib import Path

import httpx
import pytest

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.github.github import GitHub
from sandbox.log import Log
from sandbox.slack.archive import Archive
from sandbox.world.platform import Platform
from tests.neighbours_server import START, NeighboursServer

CODE = "/repos/agent-marketplace/control-plane"


async def sha_of(http: httpx.AsyncClient, ref: str = "main") -> str:
    return str((await http.get(f"{CODE}/commits/{ref}")).json()["sha"])


async def test_nobody_comes_in_without_the_token(server: NeighboursServer) -> None:
    async with httpx.AsyncClient(trust_env=False) as stranger:
        answer = await stranger.get(f"{server.url}/github{CODE}")

    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


async def test_every_answer_counts_the_calls_of_the_hour(server: NeighboursServer, http: httpx.AsyncClient) -> None:
    first, second = await http.get(CODE), await http.get(CODE)
    assert int(second.headers["X-RateLimit-Remaining"]) == int(first.headers["X-RateLimit-Remaining"]) - 1
    assert int(first.headers["X-RateLimit-Reset"]) == int(server.clock.now().timestamp()) + 3600

    server.clock.advance(3600)
    assert (await http.get("/rate_limit")).json()["resources"]["core"]["remaining"] == 4999


async def test_lists_come_in_pages_and_name_the_next(server: NeighboursServer, http: httpx.AsyncClient) -> None:
    for number in range(3):
        await http.post(f"{CODE}/issues", json={"title": f"Issue {number}"})

    page = await http.get(f"{CODE}/issues", params={"per_page": 2, "state": "all"})
    assert len(page.json()) == 2
    following = await http.get(page.links["next"]["url"])
    assert len(following.json()) == 2
    assert "next" not in following.links


async def test_a_head_an_unknown_repository_and_an_unknown_commit(http: httpx.AsyncClient) -> None:
    assert (await http.get("/repos/agent-marketplace/gone")).status_code == 404
    answer = await http.get(f"{CODE}/commits/0123456789")
    assert (answer.status_code, answer.json()["message"]) == (422, "No commit found for SHA: 0123456789")


async def test_a_commit_without_statuses_is_pending(http: httpx.AsyncClient) -> None:
    answer = (await http.get(f"{CODE}/commits/{await sha_of(http)}/status")).json()

    assert (answer["state"], answer["total_count"]) == ("pending", 0)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "missing_field"),
        ({"title": " "}, "missing_field"),
        ({"title": "x" * 257}, "title is too long"),
        ({"title": "x", "body": "x" * 65_537}, "body is too long"),
    ],
)
async def test_an_issue_that_is_wrong_is_refused(http: httpx.AsyncClient, body: dict[str, str], says: str) -> None:
    answer = await http.post(f"{CODE}/issues", json=body)

    assert answer.status_code == 422
    assert answer.json()["message"] == "Validation Failed"
    assert says in answer.text


async def test_an_issue_is_commented_on_changed_and_closed(server: NeighboursServer, http: httpx.AsyncClient) -> None:
    made = (await http.post(f"{CODE}/issues", json={"title": "Leak", "labels": ["bug"]})).json()
    one = f"{CODE}/issues/{made['number']}"
    server.clock.advance(60)

    assert (await http.post(f"{one}/comments", json={"body": " "})).status_code == 422
    assert (await http.post(f"{one}/comments", json={"body": "Seen"})).status_code == 201
    assert (await http.patch(one, json={"state": "open and shut"})).status_code == 422
    closed = (await http.patch(one, json={"state": "closed"})).json()
    assert (closed["state"], closed["comments"]) == ("closed", 1)
    assert closed["updated_at"] > made["updated_at"]
    numbers = [each["number"] for each in (await http.get(f"{CODE}/issues")).json()]
    assert made["number"] not in numbers
    assert "Seen" in (await httpx.AsyncClient(trust_env=False).get(made["html_url"])).text


async def test_a_file_is_brought_by_a_branch_and_a_pull_request(
    server: NeighboursServer, http: httpx.AsyncClient
) -> None:
    ref = {"ref": "refs/heads/report", "sha": await sha_of(http)}
    assert (await http.get(f"{CODE}/git/ref/heads/report")).status_code == 404
    assert (await http.post(f"{CODE}/git/refs", json=ref)).status_code == 201
    again = await http.post(f"{CODE}/git/refs", json=ref)
    assert (again.status_code, again.json()["message"]) == (422, "Reference already exists")

    change = {"message": "Add", "content": base64.b64encode(b"One").decode(), "branch": "report"}
    first = await http.put(f"{CODE}/contents/docs/a.md", json=change)
    assert first.status_code == 201
    assert (await http.put(f"{CODE}/contents/docs/a.md", json=change)).status_code == 422
    assert (await http.put(f"{CODE}/contents/docs/a.md", json={**change, "sha": "0" * 40})).status_code == 409
    sha = first.json()["content"]["sha"]
    assert (await http.put(f"{CODE}/contents/docs/a.md", json={**change, "sha": sha})).status_code == 200
    assert (await http.put(f"{CODE}/contents/b.md", json={**change, "content": "%"})).status_code == 422
    assert server.neighbours.github.file("agent-marketplace/control-plane", "report", "docs/a.md") == "One"

    request = {"title": "Add", "head": "report", "base": "main"}
    assert (await http.post(f"{CODE}/pulls", json={**request, "head": "gone"})).status_code == 422
    made = await http.post(f"{CODE}/pulls", json=request)
    assert made.status_code == 201
    assert "already exists" in (await http.post(f"{CODE}/pulls", json=request)).text
    found = (await http.get(f"{CODE}/pulls", params={"head": "agent-marketplace:report"})).json()
    assert [each["number"] for each in found] == [made.json()["number"]]
    assert (await http.get(f"{CODE}/pulls/{made.json()['number']}")).json()["head"]["ref"] == "report"


async def test_too_many_calls_are_answered_with_403_and_a_wait(
    server: NeighboursServer, http: httpx.AsyncClient
) -> None:
    server.break_down("ratelimited")
    answer = await http.get(CODE)

    assert (answer.status_code, answer.headers["Retry-After"]) == (403, "1")


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first = github_of(archive)
    first.open_issue("agent-marketplace/web", "Leak")
    before = first.issues("agent-marketplace/web")
    await archive.stop()

    again = Archive(tmp_path)
    assert github_of(again).issues("agent-marketplace/web") == before
    await again.stop()


def github_of(archive: Archive) -> GitHub:
    clock = SandboxClock(start=START, ticking=False)
    platform = Platform(clock, archive)
    return GitHub(platform, archive=archive, faults=Faults(), log=Log(clock), address=lambda: "http://127.0.0.1:1")
