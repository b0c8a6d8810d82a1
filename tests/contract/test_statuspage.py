"""The practice ground's Statuspage answers as the real one is documented to (developer.statuspage.io)."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.statuspage import API_KEY, PAGE
from tests.statuspage_server import StatuspageServer, statuspage_server

Json = dict[str, object]


@pytest.fixture
async def server() -> AsyncIterator[StatuspageServer]:
    async with statuspage_server() as running:
        yield running


@pytest.fixture
async def http(server: StatuspageServer) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"OAuth {API_KEY}"}
    async with httpx.AsyncClient(base_url=f"{server.url}/pages/{PAGE}", headers=headers, trust_env=False) as client:
        yield client


async def opened(http: httpx.AsyncClient, **incident: object) -> httpx.Response:
    return await http.post("/incidents", json={"incident": {"name": "Problem", "status": "investigating", **incident}})


async def test_nobody_comes_in_without_the_key(server: StatuspageServer) -> None:
    async with httpx.AsyncClient(trust_env=False) as stranger:
        answer = await stranger.get(f"{server.url}/pages/{PAGE}/incidents")
    assert (answer.status_code, answer.json()) == (401, {"error": "Could not authenticate"})


async def test_an_incident_sets_its_components_and_keeps_its_updates_latest_first(
    server: StatuspageServer, http: httpx.AsyncClient
) -> None:
    first = await opened(http, body="We look.", components={"component001": "major_outage"}, impact_override="critical")
    assert first.status_code == 201
    incident = first.json()
    assert incident["impact"] == "critical"
    assert server.statuspage.components["Control plane"] == "major_outage"

    change = {"status": "resolved", "body": "Done.", "components": {"component001": "operational"}}
    second = await http.patch(f"/incidents/{incident['id']}", json={"incident": change})
    assert second.status_code == 200
    assert [each["body"] for each in second.json()["incident_updates"]] == ["Done.", "We look."]
    assert second.json()["resolved_at"]
    assert (await http.get("/incidents/unresolved")).json() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 256},
        {"body": "x" * 25_001},
        {"status": "broken"},
        {"impact_override": "huge"},
        {"metadata": {"opsbot": "text"}},
        {"component_ids": ["nobody"]},
        {"components": {"component001": "gone"}},
    ],
)
async def test_what_is_wrong_is_refused_and_changes_nothing(
    server: StatuspageServer, http: httpx.AsyncClient, wrong: Json
) -> None:
    answer = await opened(http, **wrong)

    assert answer.status_code == 422
    assert answer.json()["error"]
    assert server.statuspage.incidents == []
    assert set(server.statuspage.components.values()) == {"operational"}


async def test_lists_come_in_pages(http: httpx.AsyncClient) -> None:
    for number in range(3):
        await opened(http, name=f"Problem {number}")

    assert len((await http.get("/incidents", params={"limit": 2})).json()) == 2
    assert len((await http.get("/incidents", params={"limit": 2, "page": 2})).json()) == 1
    assert len((await http.get("/components", params={"per_page": 2, "page": 2})).json()) == 1


async def test_a_component_can_be_set_by_itself(server: StatuspageServer, http: httpx.AsyncClient) -> None:
    answer = await http.patch("/components/component002", json={"component": {"status": "degraded_performance"}})

    assert answer.json()["status"] == "degraded_performance"
    assert (await http.patch("/components/none", json={"component": {"status": "operational"}})).status_code == 404


async def test_too_many_calls_are_answered_with_420(server: StatuspageServer, http: httpx.AsyncClient) -> None:
    server.break_down("ratelimited", times=1, retry_after=7)
    answer = await http.get("/incidents")

    assert (answer.status_code, answer.headers["Retry-After"]) == (420, "7")
