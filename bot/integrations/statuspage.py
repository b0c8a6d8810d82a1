"""Statuspage.io: the incidents of one page, and its components, over its REST API.

Statuspage knows no idempotency key. Every incident of ours carries an opaque key and the number of its last notice in
its metadata, written by the same call as the notice itself, so that one look tells whether a call took effect.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from bot.domain.errors import GiveUp, Retry, Unsure
from bot.integrations.trusted import trusted

JsonObject = dict[str, Any]

OURS = "opsbot"
"""The part of an incident's metadata that is ours."""
PER_PAGE = 100
MOST_PAGES = 10
THROTTLED_FOR = 60.0
"""Seconds to wait when Statuspage says to slow down and not for how long: it counts in windows of a minute."""
TOO_MANY = {420, HTTPStatus.TOO_MANY_REQUESTS}
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
NONSENSE = "Statuspage's answer makes no sense"


class Statuspage:
    """One page at Statuspage. What goes wrong is told in words that follow "because"."""

    def __init__(self, *, api_key: str, page: str, url: str, timeout: float) -> None:
        """`timeout` in seconds, for each call."""
        self._page = f"/pages/{page}"
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"OAuth {api_key}"},
            timeout=timeout,
            trust_env=False,
            verify=trusted(),
        )

    async def close(self) -> None:
        """Takes no more calls."""
        await self._client.aclose()

    async def open(self, incident: JsonObject) -> JsonObject:
        """Opens an incident, and answers it as Statuspage has it."""
        return _object(await self._write("POST", "/incidents", {"incident": incident}))

    async def change(self, incident: str, changes: JsonObject) -> None:
        """Changes an incident; raises `Gone` when somebody took it away."""
        await self._write("PATCH", f"/incidents/{incident}", {"incident": changes})

    async def incident(self, incident: str) -> JsonObject | None:
        """An incident by its id; None when somebody took it away."""
        try:
            return _object(await self._read(f"/incidents/{incident}", {}))
        except Gone:
            return None

    async def find(self, key: str) -> JsonObject | None:
        """The incident that carries a key of ours, among the latest of the page."""
        for number in range(1, MOST_PAGES + 1):
            found = _list(await self._read("/incidents", {"page": number, "limit": PER_PAGE}))
            if ours := next((each for each in found if mark_of(each).get("key") == key), None):
                return ours
            if len(found) < PER_PAGE:
                return None
        return None

    async def components(self) -> Mapping[str, str]:
        """The ids of the page's components by name, in small letters."""
        ids: dict[str, str] = {}
        for number in range(1, MOST_PAGES + 1):
            found = _list(await self._read("/components", {"page": number, "per_page": PER_PAGE}))
            ids |= {str(each.get("name", "")).strip().lower(): str(each.get("id", "")) for each in found}
            if len(found) < PER_PAGE:
                break
        return ids

    async def _read(self, path: str, params: Mapping[str, int]) -> object:
        try:
            response = await self._client.get(f"{self._page}{path}", params=params)
        except httpx.HTTPError as error:
            raise Retry(f"Statuspage cannot be reached ({type(error).__name__})") from error
        _refuse(response)
        if not response.is_success:
            raise Retry(f"Statuspage is failing ({response.status_code})")
        return _json(response, Retry)

    async def _write(self, method: str, path: str, body: JsonObject) -> object:
        """Whether a call that failed on the way was carried out is not known; it is looked up before the next one."""
        try:
            response = await self._client.request(method, f"{self._page}{path}", json=body)
        except NOT_SENT as error:
            raise Retry(f"Statuspage cannot be reached ({type(error).__name__})") from error
        except httpx.HTTPError as error:
            raise Unsure(f"Statuspage did not answer ({type(error).__name__})") from error
        _refuse(response)
        if not response.is_success:
            raise Unsure(f"Statuspage is failing ({response.status_code})")
        return _json(response, Unsure)


class Gone(GiveUp):
    """There is no such thing on the page."""


def mark_of(incident: JsonObject) -> Mapping[str, object]:
    """What we wrote into the metadata of an incident; empty when it is not ours."""
    metadata = incident.get("metadata")
    ours = metadata.get(OURS) if isinstance(metadata, dict) else None
    return ours if isinstance(ours, dict) else {}


def _refuse(response: httpx.Response) -> None:
    """Raises what a plain no means."""
    status = response.status_code
    if status in TOO_MANY:
        raise Retry("Statuspage asks us to slow down", after=_wait(response), throttled=True)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise GiveUp("Statuspage does not let us in: check STATUSPAGE_API_KEY and STATUSPAGE_PAGE_ID")
    if status == HTTPStatus.NOT_FOUND:
        raise Gone("Statuspage has no such page or incident: check STATUSPAGE_PAGE_ID")
    if response.is_client_error and status != HTTPStatus.REQUEST_TIMEOUT:
        raise GiveUp(f"Statuspage refuses: {_words(response)}")


def _wait(response: httpx.Response) -> float:
    written = response.headers.get("Retry-After", "")
    return min(max(float(written), 1.0), 300.0) if written.isdecimal() else THROTTLED_FOR


def _words(response: httpx.Response) -> str:
    """Statuspage's own words for what is wrong."""
    try:
        body = response.json()
    except ValueError:
        return f"it answered {response.status_code}"
    error = body.get("error", body) if isinstance(body, dict) else body
    told = "; ".join(map(str, error)) if isinstance(error, list) else str(error)
    return told[:300]


def _json(response: httpx.Response, doubt: type[Retry] | type[Unsure]) -> object:
    try:
        return response.json()
    except ValueError as error:
        raise doubt(NONSENSE) from error


def _object(found: object) -> JsonObject:
    if not isinstance(found, dict):
        raise Unsure(NONSENSE)
    return found


def _list(found: object) -> list[JsonObject]:
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Retry(NONSENSE)
    return found
