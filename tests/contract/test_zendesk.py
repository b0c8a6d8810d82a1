"""The practice ground's Zendesk answers as the real one is documented to (developer.zendesk.com, Search)."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.zendesk import EMAIL, TOKEN
from tests.neighbours_server import START, NeighboursServer


@pytest.fixture
async def http(server: NeighboursServer) -> AsyncIterator[httpx.AsyncClient]:
    auth = httpx.BasicAuth(f"{EMAIL}/token", TOKEN)
    async with httpx.AsyncClient(base_url=f"{server.url}/zendesk/api/v2", auth=auth, trust_env=False) as client:
        yield client


async def test_a_stranger_is_nobody_and_finds_nothing(server: NeighboursServer) -> None:
    async with httpx.AsyncClient(base_url=f"{server.url}/zendesk/api/v2", trust_env=False) as stranger:
        me = await stranger.get("/users/me.json")
        search = await stranger.get("/search.json", params={"query": "type:ticket"})

    assert (me.status_code, me.json()["user"]["id"]) == (200, None)
    assert search.status_code == 401


async def test_a_query_is_understood_word_by_word(server: NeighboursServer, http: httpx.AsyncClient) -> None:
    async def count(query: str) -> int:
        return int((await http.get("/search/count.json", params={"query": query})).json()["count"])

    since = f"{START:%Y-%m-%d}"
    every = server.platform.tickets()
    assert await count("type:ticket") == len(every)
    assert await count("type:user") == 0
    today = sum(f"{each.opened_at:%Y-%m-%d}" >= since for each in every)
    assert await count(f"type:ticket created>={since}") == today
    assert await count("type:ticket status<solved") + await count("type:ticket status>=solved") == len(every)


@pytest.mark.parametrize("query", ["type:ticket created>=soon", "type:ticket status<finished"])
async def test_a_query_that_makes_no_sense_is_refused(http: httpx.AsyncClient, query: str) -> None:
    assert (await http.get("/search", params={"query": query})).status_code == 422


async def test_only_a_thousand_are_listed(http: httpx.AsyncClient) -> None:
    query = {"query": "type:ticket", "per_page": "100"}
    first = (await http.get("/search", params={**query, "sort_order": "desc"})).json()
    assert first["results"] == sorted(first["results"], key=lambda each: each["created_at"], reverse=True)

    assert (await http.get("/search", params={**query, "page": "10"})).status_code == 200
    beyond = await http.get("/search", params={**query, "page": "11"})
    assert (beyond.status_code, beyond.json()["error"]) == (422, "invalid")
