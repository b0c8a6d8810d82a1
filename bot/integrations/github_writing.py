"""GitHub, to be written to: what goes wrong is told apart by who must act on it.

GitHub knows no idempotency key, so a call of unknown outcome is `Unsure`: whoever makes it looks before trying again.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Any

import httpx

from bot.domain.errors import GiveUp, Retry, Unsure
from bot.integrations.github import HEADERS
from bot.integrations.json_api import JsonObject, throttled

LONGEST_BODY = 65_536
"""Characters of the body of an issue, a pull request or a comment; source: what GitHub answers to more."""
PER_PAGE = 100
MOST_PAGES = 10
THROTTLED_FOR = 60.0
"""Seconds to wait when GitHub says to slow down and not for how long; source: REST guide, best practices."""
LONGEST_THROTTLE = 3600.0
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
NONSENSE = "GitHub's answer makes no sense"


class Absent(GiveUp):
    """There is no such thing, or it is not shown to us."""


class GitHubWriting:
    """Calls in the name of one token. What goes wrong is told in words that follow "because"."""

    def __init__(self, *, token: str, url: str, timeout: float) -> None:
        """`timeout` in seconds, for each call as a whole."""
        self._timeout = timeout
        headers = {**HEADERS, "Authorization": f"Bearer {token}", "User-Agent": "opsbot"}
        self._client = httpx.AsyncClient(base_url=url.rstrip("/"), headers=headers, timeout=timeout, trust_env=False)

    async def close(self) -> None:
        """Takes no more calls."""
        await self._client.aclose()

    async def find(self, path: str, params: Mapping[str, str] | None = None) -> JsonObject | None:
        """One thing; None when there is none."""
        try:
            return _object(await self._read(path, params or {}))
        except Absent:
            return None

    async def each(self, path: str, params: Mapping[str, str]) -> AsyncIterator[JsonObject]:
        """The things of a list, over its first pages, as long as they are asked for."""
        for page in range(1, MOST_PAGES + 1):
            found = await self._read(path, {**params, "per_page": str(PER_PAGE), "page": str(page)})
            if not isinstance(found, list):
                raise Retry(NONSENSE)
            for each in found:
                yield _object(each)
            if len(found) < PER_PAGE:
                return

    async def make(self, path: str, thing: JsonObject, *, method: str = "POST") -> JsonObject:
        """Makes or changes something, and answers it as GitHub has it."""
        return _object(_json(await self._write(method, path, thing), Unsure), Unsure)

    async def order(self, path: str, thing: JsonObject) -> None:
        """Sets something off, of which GitHub says no more than that it will be done."""
        await self._write("POST", path, thing)

    async def _write(self, method: str, path: str, thing: JsonObject) -> httpx.Response:
        if (length := len(str(thing.get("body") or ""))) > LONGEST_BODY:
            raise GiveUp(f"it has {length:,} characters, and GitHub takes {LONGEST_BODY:,}: make it shorter")
        try:
            # The library's own limit is for each step of a call: an answer that trickles would never end.
            async with asyncio.timeout(self._timeout):
                response = await self._client.request(method, path, json=thing)
        except NOT_SENT as error:
            raise Retry(f"GitHub cannot be reached ({type(error).__name__})") from error
        except TimeoutError as error:
            raise Unsure(f"GitHub did not answer within {self._timeout:g} s") from error
        except httpx.HTTPError as error:
            raise Unsure(f"GitHub did not answer ({type(error).__name__})") from error
        _refuse(response)
        if not response.is_success:
            raise Unsure(f"GitHub is failing ({response.status_code})")
        return response

    async def _read(self, path: str, params: Mapping[str, str]) -> object:
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.get(path, params=params)
        except TimeoutError as error:
            raise Retry(f"GitHub did not answer within {self._timeout:g} s") from error
        except httpx.HTTPError as error:
            raise Retry(f"GitHub cannot be reached ({type(error).__name__})") from error
        _refuse(response)
        if not response.is_success:
            raise Retry(f"GitHub is failing ({response.status_code})")
        return _json(response, Retry)


def _refuse(response: httpx.Response) -> None:
    """Raises what a plain no means."""
    status = response.status_code
    if throttled(response):
        raise Retry("GitHub asks us to slow down", after=_wait(response), throttled=True)
    if response.is_redirect:
        raise GiveUp("the repository has moved: correct its name in opsbot.yaml")
    if status == HTTPStatus.UNAUTHORIZED:
        raise GiveUp("GitHub does not let us in: check GITHUB_TOKEN")
    if status == HTTPStatus.FORBIDDEN:
        raise GiveUp(f"GitHub does not allow it: let GITHUB_TOKEN write there ({_words(response)})")
    if status == HTTPStatus.NOT_FOUND:
        raise Absent("GitHub does not show the repository: correct its name, or let GITHUB_TOKEN write there")
    if status == HTTPStatus.GONE:
        raise GiveUp("issues are switched off in that repository: switch them on, or name another one")
    if status == HTTPStatus.CONFLICT:
        raise Retry("somebody else changed it at GitHub just now")
    if response.is_client_error and status != HTTPStatus.REQUEST_TIMEOUT:
        raise GiveUp(f"GitHub refuses: {_words(response)}")


def _wait(response: httpx.Response) -> float:
    written = response.headers.get("retry-after", "")
    return min(max(float(written), 1.0), LONGEST_THROTTLE) if written.isdecimal() else THROTTLED_FOR


def _words(response: httpx.Response) -> str:
    """GitHub's own words for what is wrong."""
    try:
        body = response.json()
    except ValueError:
        return f"it answered {response.status_code}"
    if not isinstance(body, dict):
        return f"it answered {response.status_code}"
    errors = [each.get("message") or each.get("field") for each in body.get("errors") or () if isinstance(each, dict)]
    return "; ".join(str(each) for each in (body.get("message"), *errors) if each)[:300]


def _json(response: httpx.Response, doubt: type[Retry] | type[Unsure]) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError) as error:
        raise doubt(NONSENSE) from error


def _object(found: object, doubt: type[Retry] | type[Unsure] = Retry) -> JsonObject:
    if not isinstance(found, dict):
        raise doubt(NONSENSE)
    return found
