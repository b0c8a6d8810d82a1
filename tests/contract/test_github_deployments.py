"""The practice ground's deployments answer as GitHub's are documented to (docs.github.com/rest, Deployments)."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from tests.neighbours_server import NeighboursServer, neighbours_server

NAME = "agent-marketplace/control-plane"
CODE = f"/repos/{NAME}"
EXACTLY = {"auto_merge": False, "required_contexts": []}
NOTHING: Mapping[str, object] = MappingProxyType({})


async def made(http: httpx.AsyncClient, more: Mapping[str, object] = NOTHING) -> int:
    answer = await http.post(f"{CODE}/deployments", json={"ref": "main", **EXACTLY, **more})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def test_a_deployment_is_recorded_found_and_told_how_it_went(http: httpx.AsyncClient) -> None:
    number = await made(http, {"environment": "staging", "payload": {"opsbot": "x"}, "description": "Deploy it"})
    one = (await http.get(f"{CODE}/deployments/{number}")).json()
    assert (one["environment"], one["task"], one["payload"], one["description"]) == (
        "staging",
        "deploy",
        {"opsbot": "x"},
        "Deploy it",
    )
    assert one["sha"] == (await http.get(f"{CODE}/commits/main")).json()["sha"]
    found = (await http.get(f"{CODE}/deployments", params={"sha": one["sha"], "environment": "staging"})).json()
    assert number in [each["id"] for each in found]
    assert (await http.get(f"{CODE}/deployments", params={"environment": "nowhere"})).json() == []

    statuses = f"{CODE}/deployments/{number}/statuses"
    assert (await http.get(statuses)).json() == []
    for state in ("in_progress", "success"):
        said = await http.post(statuses, json={"state": state, "log_url": "https://example.com/p1"})
        assert (said.status_code, said.json()["log_url"]) == (201, "https://example.com/p1")
    assert [each["state"] for each in (await http.get(statuses)).json()] == ["success", "in_progress"]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 422, "wasn't supplied"),
        ({"ref": ""}, 422, "wasn't supplied"),
        ({"ref": "0" * 40, **EXACTLY}, 422, "No ref found for: 0000"),
        ({"ref": "main", "auto_merge": "no"}, 422, "properties/auto_merge"),
        ({"ref": "main", "required_contexts": "ci"}, 422, "properties/required_contexts"),
        ({"ref": "v1.7.0"}, 409, "Conflict merging main into v1.7.0"),
        ({"ref": "main", "required_contexts": ["ci"]}, 409, "status checks failed"),
    ],
)
async def test_a_deployment_that_is_wrong_is_refused(
    server: NeighboursServer, http: httpx.AsyncClient, body: Mapping[str, object], status: int, says: str
) -> None:
    answer = await http.post(f"{CODE}/deployments", json=body)

    assert (answer.status_code, says in answer.json()["message"]) == (status, True)
    assert server.neighbours.github.deployments(NAME) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "wasn't supplied"),
        ({"state": "done"}, "Validation Failed"),
        ({"state": "success", "description": "x" * 141}, "Validation Failed"),
        ({"state": "success", "log_url": "javascript:alert(1)"}, "Validation Failed"),
    ],
)
async def test_a_status_that_is_wrong_is_refused(http: httpx.AsyncClient, body: dict[str, str], says: str) -> None:
    answer = await http.post(f"{CODE}/deployments/{await made(http)}/statuses", json=body)

    assert (answer.status_code, says in answer.json()["message"]) == (422, True)


async def test_of_what_is_not_there_nothing_is_said(http: httpx.AsyncClient) -> None:
    number = await made(http)
    elsewhere = f"/repos/agent-marketplace/web/deployments/{number}"
    for path in (f"{CODE}/deployments/1", elsewhere):
        assert (await http.get(path)).status_code == 404
        assert (await http.get(f"{path}/statuses")).status_code == 404
        assert (await http.post(f"{path}/statuses", json={"state": "success"})).status_code == 404


async def test_unless_told_otherwise_a_success_ends_the_one_before_but_not_in_production(
    server: NeighboursServer, http: httpx.AsyncClient
) -> None:
    for environment in ("staging", "production"):
        for _ in range(2):
            number = await made(http, {"environment": environment})
            await http.post(f"{CODE}/deployments/{number}/statuses", json={"state": "success"})

    states = [each["states"][0] for each in server.neighbours.github.deployments(NAME)]
    assert states == ["inactive", "success", "success", "success"]


async def test_after_a_restart_the_latest_that_was_said_is_still_the_first(tmp_path: Path) -> None:
    async with neighbours_server(tmp_path) as server, server.raw() as http:
        statuses = f"{CODE}/deployments/{await made(http)}/statuses"
        for number in range(12):
            await http.post(statuses, json={"state": "in_progress", "description": f"Step {number}"})
        before = (await http.get(statuses)).json()

    async with neighbours_server(tmp_path) as server, server.raw() as http:
        assert (await http.get(statuses)).json() == before
    assert before[0]["description"] == "Step 11"


async def test_the_pipeline_records_no_revision_that_somebody_recorded(
    server: NeighboursServer, http: httpx.AsyncClient
) -> None:
    server.clock.advance(3600)
    before = (await http.get(f"{CODE}/deployments", params={"environment": "production"})).json()
    template = server.platform.service("control-plane").latest_created.template
    server.platform.deploy("control-plane", template)
    again = (await http.get(f"{CODE}/deployments", params={"environment": "production"})).json()
    assert len(again) == len(before) + 1

    number = await made(http, {"ref": again[0]["sha"]})
    found = (await http.get(f"{CODE}/deployments", params={"environment": "production"})).json()
    assert [each["id"] for each in found] == [number, *(each["id"] for each in before)]
