"""Artifact Registry, to be looked at: which image a tag stands for, and whether an image is still there."""

import re
from http import HTTPStatus
from urllib.parse import quote

from bot.domain.evidence import CouldNotLook
from bot.integrations.google_token import CLOUD, google_auth
from bot.integrations.json_api import Declined, JsonApi, JsonObject, System

URL = "https://artifactregistry.googleapis.com"
SYSTEM = System(
    name="Artifact Registry",
    remedy="check the application default credentials of this machine",
    forbidden="grant artifactregistry.reader on the repository (docs/permissions.md)",
)
IMAGE = re.compile(
    r"(?P<location>[a-z0-9-]+)-docker\.pkg\.dev/(?P<project>[a-z0-9.:-]+)/(?P<repository>[a-z0-9-]+)/(?P<package>[\w./-]+)",
    re.ASCII,
)
TAG = re.compile(r"[A-Za-z0-9_][\w.-]{0,127}", re.ASCII)
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class ArtifactRegistry:
    """Reads Docker repositories. Every call raises `CouldNotLook` when the answer cannot be had."""

    def __init__(self, *, timeout: float, endpoint: str | None = None) -> None:
        """A local `endpoint`, "host:port", is spoken to in plain text and without credentials; `timeout` in seconds."""
        url = f"http://{endpoint}" if endpoint else URL
        self._api = JsonApi(SYSTEM, url=url, timeout=timeout, auth=google_auth(url, CLOUD))

    async def close(self) -> None:
        """Takes no more calls."""
        await self._api.close()

    async def digest(self, image: str, tag: str) -> str | None:
        """The digest ("sha256:…") that a tag of an image stands for; None when there is no such tag."""
        if not TAG.fullmatch(tag):
            raise CouldNotLook(f"{tag[:100]} is no tag of an image.")
        found = await self._found(f"{_package(image)}/tags/{tag}")
        return self._api.read(_digest_in, found) if found else None

    async def exists(self, image: str, digest: str) -> bool:
        """Whether an image of that digest can still be deployed."""
        if not DIGEST.fullmatch(digest):
            raise CouldNotLook(f"{digest[:100]} is no digest; it begins with sha256:.")
        return await self._found(f"{_package(image)}/versions/{digest}") is not None

    async def examine(self) -> str:
        """That it answers; raises `CouldNotLook` with the remedy when it lets nobody in."""
        try:
            await self._api.get("/v1/projects/-/locations")
        except Declined as error:
            if error.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
                raise
        return "Artifact Registry answers."

    async def _found(self, path: str) -> JsonObject | None:
        try:
            answer = await self._api.get(path)
        except Declined as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return None
        return self._api.read(dict, answer.body)


def _package(image: str) -> str:
    """The path of an image's package; slashes within its name are part of it."""
    parts = IMAGE.fullmatch(image)
    if parts is None or ".." in image:
        raise CouldNotLook(
            f"{image[:200]} is no image of Artifact Registry; write it as LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/NAME."
        )
    package = quote(parts["package"], safe="")
    return (
        f"/v1/projects/{parts['project']}/locations/{parts['location']}"
        f"/repositories/{parts['repository']}/packages/{package}"
    )


def _digest_in(tag: JsonObject) -> str:
    digest = str(tag["version"]).rpartition("/")[2]
    if not DIGEST.fullmatch(digest):
        raise ValueError(digest)
    return digest
