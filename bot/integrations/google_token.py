"""Google's credentials for calls over HTTP: the token of whoever opsbot runs as, renewed before it runs out.

A local address is a stand-in for Google and never gets a token.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
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

    @override
    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {await self._token()}"
        response = yield request
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            async with self._turn:
                token = await asyncio.to_thread(self._tokens.renew)
            request.headers["Authorization"] = f"Bearer {token}"
            yield request

    @override
    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        raise RuntimeError("Only asynchronous clients are given a token.")

    async def _token(self) -> str:
        async with self._turn:
            return await asyncio.to_thread(self._tokens.token)


class DefaultCredentials:
    """Application default credentials. Raises `CouldNotLook` when there are none, or Google does not take them."""

    def __init__(self, scope: str) -> None:
        self._scope = scope
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
            self._credentials.refresh(Request())  # type: ignore[no-untyped-call]
        except GoogleAuthError as error:
            raise CouldNotLook(f"Google's credentials cannot be used ({type(error).__name__}): {ADVICE}.") from error
        return str(self._credentials.token)


def _found(scope: str) -> "Credentials":
    import google.auth

    credentials, _ = google.auth.default(scopes=[scope])
    return credentials
