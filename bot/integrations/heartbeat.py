"""Pings a heartbeat's address, such as Healthchecks, Better Stack or Dead Man's Snitch give out; the address is a secret."""

import asyncio
from http import HTTPStatus

import httpx

from bot.domain.errors import Retry
from bot.integrations.trusted import trusted


class HeartbeatPing:
    """One address. What goes wrong is said without it."""

    def __init__(self, *, url: str, timeout: float) -> None:
        """`timeout` in seconds, for the whole answer."""
        self._url = url
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "opsbot"},
            timeout=timeout,
            trust_env=False,
            verify=trusted(),
            follow_redirects=True,
        )

    async def ping(self) -> None:
        """Raises `Retry` when it was not taken."""
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.get(self._url)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise Retry(f"OPSBOT_HEARTBEAT_URL does not answer ({type(error).__name__}).") from error
        if not response.is_success:
            raise Retry(
                f"OPSBOT_HEARTBEAT_URL answers {response.status_code} {HTTPStatus(response.status_code).phrase}."
            )

    async def close(self) -> None:
        """Pings no more."""
        await self._client.aclose()
