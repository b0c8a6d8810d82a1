"""The built-in status page over HTTP: cheap to ask for however many do, and there when the database is not."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.organisation import Organisation
from bot.status_html import STYLE, page_html, unavailable_html
from bot.status_view import HISTORY, as_json, page_view
from bot.store.unit_of_work import DatabaseDown, Store

log = structlog.get_logger(__name__)

FRESH = 5.0
"""Seconds for which a page is not made anew, unless something was committed."""
CACHED = "public, max-age=15, stale-while-revalidate=30, stale-if-error=600"
"""What caches between here and customers may do."""
HTML = "text/html; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class _Copy:
    """The page as it was made at some moment, of the machine's clock."""

    made_at: float
    bodies: Mapping[str, bytes]


class StatusPages:
    """The page, for people and for programs."""

    def __init__(
        self, *, store: Store, organisation: Organisation, moment: Callable[[], float] = time.monotonic
    ) -> None:
        """`moment` is the machine's clock, in seconds."""
        self._store = store
        self._organisation = organisation
        self._moment = moment
        self._copy: _Copy | None = None
        self._stale = True
        self._look_at = 0.0
        """While the database does not answer, it is not asked before this moment, however many want to see the page."""
        store.on_commit(self._forget)

    async def page(self, request: Request) -> Response:
        """`GET /status`"""
        return await self._answer(request, HTML)

    async def data(self, request: Request) -> Response:
        """`GET /status.json`"""
        return await self._answer(request, JSON)

    def _forget(self) -> None:
        self._stale = True
        self._look_at = 0.0

    async def _answer(self, request: Request, kind: str) -> Response:
        body = await self._body(kind)
        if body is None:
            return Response(
                unavailable_html(), 503, {"Retry-After": "15", "Cache-Control": "no-store", **_guard()}, media_type=HTML
            )
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": CACHED, "Vary": "Accept-Encoding", **_guard()}
        if etag in _tags(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=kind)

    async def _body(self, kind: str) -> bytes | None:
        """The page, made anew when it may have changed; the last one while the database does not answer."""
        copy, now = self._copy, self._moment()
        if now >= self._look_at and (copy is None or self._stale or now - copy.made_at > FRESH):
            self._stale = False
            try:
                copy = self._copy = await self._made()
            except DatabaseDown as error:
                self._stale = True
                self._look_at = self._moment() + FRESH
                log.warning("the status page cannot be brought up to date", reason=str(error))
        return copy.bodies[kind] if copy else None

    async def _made(self) -> _Copy:
        made_at = self._moment()
        async with self._store.look() as unit:
            postings = await unit.postings.shown(unit.now - HISTORY)
            maintenances = await unit.maintenances.public(unit.now - HISTORY)
        view = page_view(postings, self._organisation, maintenances)
        data = json.dumps(as_json(view), ensure_ascii=False, indent=2)
        bodies = {HTML: page_html(view).encode("utf-8", "replace"), JSON: data.encode("utf-8", "replace")}
        return _Copy(made_at=made_at, bodies=bodies)


def _tags(header: str) -> set[str]:
    """The tags a client knows; a weak one is as good, for the page is the same byte for byte."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _guard() -> Mapping[str, str]:
    """Nothing but the page's own style is loaded or run, wherever it is shown."""
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Access-Control-Allow-Origin": "*",
    }
