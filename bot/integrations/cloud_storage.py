"""A bucket of Cloud Storage as the shelf of backups of the configuration; a retention lock of its own keeps them there."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import quote

import httpx

from bot.domain.evidence import CouldNotLook
from bot.integrations.google_token import google_auth
from bot.integrations.json_api import UNREADABLE
from bot.integrations.trusted import trusted

SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
NAME = "Cloud Storage"
REMEDIES = {
    HTTPStatus.UNAUTHORIZED: "it does not take opsbot's credentials",
    HTTPStatus.FORBIDDEN: "grant opsbot's service account storage.objects.create, get and list on the bucket",
    HTTPStatus.NOT_FOUND: "there is no such bucket, or it is not shown to opsbot",
}


class BucketShelf:
    """Objects of one bucket, below a prefix. `url` is Cloud Storage's; a local stand-in is used without credentials."""

    def __init__(self, *, bucket: str, prefix: str, url: str, timeout: float) -> None:
        """`timeout` in seconds, for one call as a whole."""
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "opsbot"},
            auth=google_auth(url, SCOPE),
            timeout=timeout,
            trust_env=False,
            verify=trusted(),
        )

    async def close(self) -> None:
        """Takes no more calls."""
        await self._client.aclose()

    async def names(self, prefix: str) -> Sequence[str]:
        found: list[str] = []
        page = ""
        while True:
            params = {"prefix": self._prefix + prefix, "fields": "items(name),nextPageToken", "pageToken": page}
            names, page = self._page(await self._called("GET", self._objects(), params=params))
            found += names
            if not page:
                return sorted(found)

    async def read(self, name: str) -> bytes:
        path = f"{self._objects()}/{quote(self._prefix + name, safe='')}"
        return (await self._called("GET", path, params={"alt": "media"})).content

    async def write(self, name: str, content: bytes) -> None:
        """Never over another one: the object must not be there yet (`ifGenerationMatch=0`), or it stays as it is."""
        path = f"{self._url}/upload/storage/v1/b/{quote(self._bucket)}/o"
        params = {"uploadType": "media", "name": self._prefix + name, "ifGenerationMatch": "0"}
        await self._called("POST", path, params=params, content=content, also=HTTPStatus.PRECONDITION_FAILED)

    def _objects(self) -> str:
        return f"{self._url}/storage/v1/b/{quote(self._bucket)}/o"

    async def _called(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str],
        content: bytes | None = None,
        also: HTTPStatus | None = None,
    ) -> httpx.Response:
        """The answer; `also` is a status that is as good as success."""
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.request(method, url, params=params, content=content)
        except TimeoutError as error:
            raise CouldNotLook(f"{NAME} does not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CouldNotLook(f"{NAME} cannot be reached ({type(error).__name__}).") from error
        if response.is_success or response.status_code == also:
            return response
        remedy = REMEDIES.get(HTTPStatus(response.status_code), "look again in a minute")
        raise CouldNotLook(f"{NAME} answers {response.status_code} for {self._bucket}: {remedy}.")

    def _page(self, response: httpx.Response) -> tuple[list[str], str]:
        """The names of a page of a list, and what its next page is asked for with."""
        try:
            answer = response.json()
            names = [str(item["name"]).removeprefix(self._prefix) for item in answer.get("items") or []]
            return names, str(answer.get("nextPageToken") or "")
        except UNREADABLE as error:
            raise CouldNotLook(f"{NAME} answers something that makes no sense.") from error
