"""A REST API that is looked at: JSON with a deadline, and whatever goes wrong in a sentence for a person."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from bot.domain.evidence import CouldNotLook
from bot.integrations.trusted import trusted

JsonObject = dict[str, Any]
Params = Mapping[str, str | int | Sequence[str]]

LARGEST = 16 * 1024 * 1024
"""Bytes of one answer; more is no answer to what was asked."""
LONGEST_WORDS = 200
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
UNREADABLE = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What reading an answer of another shape than documented raises."""

Shape = TypeVar("Shape")
Found = TypeVar("Found")


class Unanswered(CouldNotLook):
    """It did not answer, or nothing that can be read: what was sent may have been done or not."""


class Throttled(CouldNotLook):
    """It asks for patience, `after` seconds if it says how many."""

    def __init__(self, sentence: str, *, after: float | None) -> None:
        super().__init__(sentence)
        self.after = after


class Declined(CouldNotLook):
    """It answered, and said no; `status` is HTTP's."""

    def __init__(self, sentence: str, *, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a call brought; `next` is the path and query of the list's next page, where it named one of its own."""

    body: Any
    next: str = ""


@dataclass(frozen=True, kw_only=True)
class System:
    """An outside system, as sentences about it need it."""

    name: str
    remedy: str
    """What to check when it does not let us in."""
    forbidden: str = ""
    """What it lacks when it knows us and refuses; the same as `remedy` when empty."""
    words: Callable[[Any], object] = lambda _: ""
    """Its own words for what is wrong, in the body of a refusal, where people may read them."""


class JsonApi:
    """Asks one system. Redirects are followed: what was moved or renamed is still found."""

    def __init__(
        self,
        system: System,
        *,
        url: str,
        timeout: float,
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
    ) -> None:
        """`timeout` is in seconds, for each call as a whole."""
        self.system = system
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "opsbot", **(headers or {})},
            auth=auth,
            timeout=timeout,
            follow_redirects=True,
            trust_env=False,
            verify=trusted(),
        )

    async def close(self) -> None:
        """Takes no more calls."""
        await self._client.aclose()

    async def get(self, path: str, params: Params | None = None) -> Answer:
        """What is at a path; raises `Declined` for a plain no, else `CouldNotLook`."""
        return await self._answer("GET", path, params=params)

    async def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """What a question too long for an address is answered with; raises likewise. It changes nothing there."""
        return await self._answer("POST", path, form=form)

    async def send(self, method: str, path: str, body: JsonObject) -> Answer:
        """What something is answered with that may change what is there; it is sent once, and to nowhere else.

        Raises `Declined` for a plain no and `Unanswered` when nobody knows; after any other `CouldNotLook` nothing was
        done.
        """
        return await self._answer(method, path, body=body)

    async def _answer(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        form: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
    ) -> Answer:
        name = self.system.name
        try:
            request = self._client.build_request(method, f"{self._url}{path}", params=params, data=form, json=body)
            async with asyncio.timeout(self._timeout):
                response, content = await self._fetched(request, follow=body is None)
        except TimeoutError as error:
            raise Unanswered(f"{name} does not answer in time.") from error
        except NOT_SENT as error:
            raise CouldNotLook(f"{name} {_reason(error)}.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unanswered(f"{name} {_reason(error)}.") from error
        self._refuse(response, content)
        if response.status_code == HTTPStatus.NO_CONTENT:
            return Answer(body=None)
        try:
            return Answer(body=json.loads(content), next=self._next(response))
        except (ValueError, RecursionError) as error:
            raise self.nonsense() from error

    def read(self, reader: Callable[[Shape], Found], answer: Shape) -> Found:
        """Reads an answer that should have the documented shape; a proxy's, or half of one, may not."""
        try:
            return reader(answer)
        except UNREADABLE as error:
            raise self.nonsense() from error

    def nonsense(self) -> CouldNotLook:
        """What it answered cannot be read."""
        return Unanswered(f"{self.system.name} answers something that makes no sense.")

    async def _fetched(self, request: httpx.Request, *, follow: bool) -> tuple[httpx.Response, bytes]:
        content = bytearray()
        response = await self._client.send(request, stream=True, follow_redirects=follow)
        try:
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise Unanswered(f"{self.system.name} answers far more than was asked.")
        finally:
            await response.aclose()
        return response, bytes(content)

    def _refuse(self, response: httpx.Response, content: bytes) -> None:
        """Raises what an answer that is no success means."""
        status, name = response.status_code, self.system.name
        if response.is_success:
            return
        if throttled(response):
            raise Throttled(f"{name} asks us to slow down{_until(response)}.", after=_wait(response))
        if status == HTTPStatus.UNAUTHORIZED:
            raise Declined(f"{name} does not let us in: {self.system.remedy}.", status=status)
        if status == HTTPStatus.FORBIDDEN:
            raise Declined(f"{name} does not allow it: {self.system.forbidden or self.system.remedy}.", status=status)
        if status == HTTPStatus.NOT_FOUND:
            raise Declined(f"{name} does not have it, or does not show it to us.", status=status)
        if response.is_redirect:
            raise Declined(f"{name} has moved: correct its address.", status=status)
        if response.is_client_error and status != HTTPStatus.REQUEST_TIMEOUT:
            raise Declined(f"{name} refuses what was asked ({status}{self._words(content)}).", status=status)
        raise Unanswered(f"{name} is failing ({status}{self._words(content)}).")

    def _words(self, content: bytes) -> str:
        try:
            words = " ".join(str(self.system.words(json.loads(content))).split())
        except (*UNREADABLE, RecursionError):
            return ""
        return f": {words[:LONGEST_WORDS]}" if words else ""

    def _next(self, response: httpx.Response) -> str:
        """The next page of a list, if it lies where the first one was."""
        following = response.links.get("next", {}).get("url", "")
        return following.removeprefix(self._url) if following.startswith(f"{self._url}/") else ""


def throttled(response: httpx.Response) -> bool:
    """Whether it is only that too much was asked; GitHub says so with 403 as well."""
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    spent = response.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in response.headers
    return response.status_code == HTTPStatus.FORBIDDEN and spent


def moment(written: str) -> datetime:
    """A moment with its offset, in UTC; raises ValueError for one without."""
    read = datetime.fromisoformat(written)
    if read.tzinfo is None:
        raise ValueError(f"{written} has no offset")
    return read.astimezone(UTC)


def _until(response: httpx.Response) -> str:
    wait, reset = response.headers.get("retry-after", ""), response.headers.get("x-ratelimit-reset", "")
    if wait.isdecimal():
        return f"; look again in {wait[:6]} s"
    if reset.isdecimal() and len(reset) < 12:
        return f"; look again after {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC"
    return "; look again in a minute"


def _wait(response: httpx.Response) -> float | None:
    wait = response.headers.get("retry-after", "")
    return float(wait) if wait.isdecimal() and len(wait) < 6 else None


def _reason(error: Exception) -> str:
    late = isinstance(error, httpx.TimeoutException)
    return "does not answer in time" if late else f"cannot be reached ({type(error).__name__})"
