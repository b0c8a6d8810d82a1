"""Zendesk, to be looked at: how many tickets were opened, how many of them wait, and the newest ones.

Zendesk's search lags minutes behind, and shows at most 1,000 tickets; the counts know of more.
"""

import asyncio
from datetime import UTC, datetime

import httpx

from bot.domain.evidence import CouldNotLook
from bot.domain.ticket import Ticket, Tickets
from bot.integrations.json_api import JsonApi, JsonObject, Params, System, moment

SYSTEM = System(
    name="Zendesk",
    remedy="check ZENDESK_EMAIL and ZENDESK_TOKEN",
    forbidden="let the agent of ZENDESK_EMAIL see all tickets",
)
MOST = 100
"""Tickets of one page."""


class Zendesk:
    """Reads one account. Every call raises `CouldNotLook` when the answer cannot be had."""

    def __init__(self, *, email: str, token: str, url: str, timeout: float) -> None:
        """`url` is the account's address, with or without /api/v2; `timeout` in seconds, for each call."""
        self._site = url.rstrip("/").removesuffix("/api/v2")
        auth = httpx.BasicAuth(f"{email}/token", token)
        self._api = JsonApi(SYSTEM, url=f"{self._site}/api/v2", timeout=timeout, auth=auth)

    async def close(self) -> None:
        """Takes no more calls."""
        await self._api.close()

    async def tickets(self, *, since: datetime, most: int = 5) -> Tickets:
        """The tickets that were opened since: how many, how many of them are not solved, and the newest."""
        opened = f"type:ticket created>={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        counted, waiting, newest = await asyncio.gather(
            self._count(opened), self._count(f"{opened} status<solved"), self._newest(opened, min(max(most, 1), MOST))
        )
        return Tickets(opened=counted, unsolved=waiting, newest=newest)

    async def examine(self) -> str:
        """Who the token lets us be; a wrong one makes us nobody, which Zendesk answers as a success."""
        answer = await self._api.get("/users/me")
        user = self._api.read(lambda body: dict(body["user"]), answer.body)
        if not user.get("id"):
            raise CouldNotLook(f"Zendesk does not know us: {SYSTEM.remedy}.")
        return f"Zendesk answers to {user.get('email')}."

    async def _count(self, query: str) -> int:
        answer = await self._api.get("/search/count", {"query": query})
        return self._api.read(lambda body: int(body["count"]), answer.body)

    async def _newest(self, query: str, most: int) -> tuple[Ticket, ...]:
        params: Params = {"query": query, "sort_by": "created_at", "sort_order": "desc", "per_page": most}
        answer = await self._api.get("/search", params)
        found = self._api.read(lambda body: list(map(self._ticket, body["results"])), answer.body)
        return tuple(found[:most])

    def _ticket(self, found: JsonObject) -> Ticket:
        """The address that people open is another than the API's."""
        number = int(found["id"])
        return Ticket(
            id=str(number),
            subject=str(found.get("subject") or "(no subject)"),
            priority=str(found.get("priority") or ""),
            created_at=moment(found["created_at"]),
            url=f"{self._site}/agent/tickets/{number}",
        )
