"""Cloud Run: services and their revisions as they stand, read over its API; see `cloud_run_reading` for what is made of it."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from bot.domain.cloud_service import CloudService, Revision
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.integrations.cloud_run_reading import RUN, digest_of, revision_of, service_of
from bot.integrations.google_channel import GoogleChannels, asking, deadline, nonsense

if TYPE_CHECKING:
    from google.cloud.run_v2 import RevisionsAsyncClient, ServicesAsyncClient

PAGE = 100
"""Services or revisions in one answer; a service has a thousand revisions at most, and rollbacks may need old ones."""
NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


class CloudRun:
    """The services of one project in the regions that the organisation's file names."""

    def __init__(
        self,
        *,
        channels: GoogleChannels,
        project: str,
        regions: Sequence[str],
        endpoint: str | None,
        timeout: float,
        key: bytes,
    ) -> None:
        """`endpoint` is a local stand-in (host:port); `timeout` in seconds for each answer; values of variables never
        leave this client, only digests under `key` do, which tell whether they changed."""
        self._channels = channels
        self._project = project
        self._regions = tuple(regions)
        self._endpoint = endpoint
        self._timeout = timeout
        self._key = key
        self._clients: tuple[ServicesAsyncClient, RevisionsAsyncClient] | None = None

    async def warm(self) -> None:
        """Loads what is heavy, so that the first look does not wait for it."""
        await self.clients()

    async def services(self) -> Sequence[CloudService]:
        """All services of all regions; a region that does not answer fails the whole look, for it is no empty one.

        Raises `NotConfigured` when no region is known.
        """
        if not self._regions:
            raise NotConfigured("opsbot.yaml names no region of Cloud Run; give the services their `region`.")
        found = await asyncio.gather(*map(self._services_in, self._regions))
        return [service for region in found for service in region]

    async def service(self, name: str, region: str) -> CloudService:
        """One service, as it stands now."""
        services, _ = await self.clients()
        async with self._asking("run.services.get", absent=no_service(name, region)):
            found = await services.get_service(name=self.resource(name, region), retry=None, timeout=self._timeout)
        if found is None:
            raise nonsense(RUN, "something that is no service")
        return service_of(found, region)

    async def revisions(self, name: str, region: str) -> Sequence[Revision]:
        """All revisions of a service, newest first."""
        _, revisions = await self.clients()
        request = {"parent": self.resource(name, region), "page_size": PAGE}
        found: list[Revision] = []
        async with self._asking("run.revisions.list", absent=no_service(name, region)):
            pager = await revisions.list_revisions(request=request, retry=None, timeout=self._timeout)
            async for page in pager.pages:
                if page is None:
                    raise nonsense(RUN, "something that is no list of revisions")
                found.extend(revision_of(each, name, self._key) for each in page.revisions)
        return sorted(found, key=lambda each: each.created_at, reverse=True)

    def digest(self, variable: str, value: str) -> str:
        """What tells a variable of that value here."""
        return digest_of(variable, value, self._key)

    async def examine(self) -> str:
        """What is seen with the permissions there are; raises `CouldNotLook` with what to grant."""
        found = await self.services()
        if found:
            await self.revisions(found[0].name, found[0].region)
        return f"Cloud Run answers: {len(found)} services in {', '.join(self._regions)}."

    async def close(self) -> None:
        """Takes no more calls; the channels belong to others too and are closed by whoever made them."""
        self._clients = None

    async def _services_in(self, region: str) -> list[CloudService]:
        services, _ = await self.clients()
        request = {"parent": f"projects/{self._project}/locations/{region}", "page_size": PAGE}
        found: list[CloudService] = []
        async with self._asking("run.services.list"):
            pager = await services.list_services(request=request, retry=None, timeout=self._timeout)
            async for page in pager.pages:
                if page is None:
                    raise nonsense(RUN, "something that is no list of services")
                if page.unreachable:
                    raise CouldNotLook(f"Cloud Run cannot see all of {region} now; look again in a moment.")
                found.extend(service_of(each, region) for each in page.services)
        return found

    async def clients(self) -> "tuple[ServicesAsyncClient, RevisionsAsyncClient]":
        """Google's clients of services and of revisions, for those who change what is only looked at here."""
        channel = await self._channels.channel(RUN, self._endpoint)
        # No await from here on: every client adds an interceptor to its channel, so there is to be one only.
        if self._clients is None:
            from google.cloud.run_v2 import RevisionsAsyncClient, ServicesAsyncClient
            from google.cloud.run_v2.services.revisions.transports import RevisionsGrpcAsyncIOTransport
            from google.cloud.run_v2.services.services.transports import ServicesGrpcAsyncIOTransport

            self._clients = (
                ServicesAsyncClient(transport=ServicesGrpcAsyncIOTransport(channel=channel)),
                RevisionsAsyncClient(transport=RevisionsGrpcAsyncIOTransport(channel=channel)),
            )
        return self._clients

    def _asking(self, permission: str, *, absent: str = "") -> AbstractAsyncContextManager[None]:
        until, seconds = deadline(self._timeout), self._timeout
        return asking(RUN, permission=permission, until=until, seconds=seconds, absent=absent)

    def resource(self, service: str, region: str) -> str:
        """A service by its full name."""
        if not NAME.fullmatch(service):
            raise CouldNotLook(f"“{service}” is no name of a service in Cloud Run; check `cloud_run` in opsbot.yaml.")
        return f"projects/{self._project}/locations/{region}/services/{service}"


def no_service(name: str, region: str) -> str:
    """What is said of a service that does not exist."""
    return f"Cloud Run has no service “{name}” in {region}; check `cloud_run` and `region` in opsbot.yaml."
