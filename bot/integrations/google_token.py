"""Google's credentials for calls over HTTP: the token of whoever opsbot runs as, renewed before it runs out.

A local address is a stand-in for Google and never gets a token.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import httpx
from typing_extensions import override

from bot.domain.evidence import CouldNotLook

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

CLOUD = "https://www.googleapis.com/auth/cloud-platform"
SQL_ADMIN = "https://www.googleapis.com/auth/sqlservice.admin"
MONITORING = "https://www.googleapis.com/auth/monitoring.read"
OURS = ".googleapis.com"
TIMEOUT = 5.0
"""Seconds that Google has for a token; its library would wait for two minutes."""
ADVICE = "run on Google Cloud, or `gcloud auth application-default login`"


class Tokens(Protocol):
    """Where tokens come from; both calls block, and are made in a thread."""

    def token(self) -> str:
        """A token that still holds."""
        ...

    def renew(self) -> str:
        """A token that is newer than the last."""
        ...


def google_auth(url: str, scope: str) -> httpx.Auth | None:
    """How calls to an address authenticate themselves: with a token at Google's, with nothing elsewhere."""
    parts = urlsplit(url)
    is_google = parts.scheme == "https" and (parts.hostname or "").endswith(OURS)
    return GoogleToken(DefaultCredentials(scope)) if is_google else None


class GoogleToken(httpx.Auth):
    """Adds the token to each request; one that Google does not take any more is renewed once."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._turn = asyncio.Lock()
        # A thread of its own: a Google that does not answer holds up nobody who needs one of everybody's.
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="google-token")

    @override
    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        token = await self._token()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            request.headers["Authorization"] = f"Bearer {await self._newer(token)}"
            yield request

    @override
    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        raise RuntimeError("Only asynchronous clients are given a token.")

    async def _token(self) -> str:
        async with self._turn:
            return await self._in_thread(self._tokens.token)

    async def _newer(self, refused: str) -> str:
        """Another token than one that was refused; who waited while it was renewed shares what came of it."""
        async with self._turn:
            token = await self._in_thread(self._tokens.token)
            return await self._in_thread(self._tokens.renew) if token == refused else token

    async def _in_thread(self, call: Callable[[], str]) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)


class DefaultCredentials:
    """Application default credentials. Raises `CouldNotLook` when there are none, or Google does not take them."""

    def __init__(self, scope: str, *, timeout: float = TIMEOUT) -> None:
        self._scope = scope
        self._timeout = timeout
        self._credentials: Credentials | None = None

    def token(self) -> str:
        """The token that is known, as long as it holds for some minutes."""
        known = self._credentials
        return str(known.token) if known is not None and known.valid else self.renew()

    def renew(self) -> str:
        """Asks Google for another one."""
        # They cost 0.2 s and 25 MB to import, in the thread that first needs them.
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request

        try:
            self._credentials = self._credentials or _found(self._scope)
            self._credentials.refresh(partial(Request(), timeout=self._timeout))  # type: ignore[no-untyped-call]
        except GoogleAuthError as error:
            raise CouldNotLook(f"Google's credentials cannot be used ({type(error).__name__}): {ADVICE}.") from error
        return str(self._credentials.token)


def _found(scope: str) -> "Credentials":
    import google.auth

    credentials, _ = google.auth.default(scopes=[scope])
    return credentials
