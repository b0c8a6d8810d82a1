"""How a service stands in the cloud: its revisions, and which of them serve."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.cloud_service import CloudService, Revision
from bot.domain.evidence import NotConfigured
from bot.organisation import Service
from playbooks.world import Outside, World, reached


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A service and its revisions, newest first."""

    cloud: CloudService
    revisions: tuple[Revision, ...]

    @property
    def serving(self) -> tuple[Revision, ...]:
        """The revisions that get traffic, newest first."""
        names = {share.revision or self.cloud.latest_ready for share in self.cloud.serving if share.percent}
        return tuple(each for each in self.revisions if each.name in names)

    @property
    def latest(self) -> Revision | None:
        """The revision that was made last, whether or not it became ready."""
        return self.revisions[0] if self.revisions else None

    def over(self, revision: Revision) -> bool:
        """Whether what became of a revision matters no more: another was made since."""
        latest = self.cloud.latest_created or (self.latest.name if self.latest else "")
        newer = any(each.created_at > revision.created_at for each in self.serving)
        return newer or revision.name != latest

    def share(self, revision: Revision) -> int:
        """The percentage of the traffic that a revision gets."""
        shares = (each for each in self.cloud.serving if (each.revision or self.cloud.latest_ready) == revision.name)
        return sum(each.percent for each in shares)

    def created_between(self, since: datetime, until: datetime) -> Sequence[Revision]:
        """The revisions made within a stretch of time, oldest first."""
        return [each for each in reversed(self.revisions) if since <= each.created_at <= until]


async def deployed(world: World, service: Service) -> Deployed:
    """How a service stands; raises `NotConfigured` when it is not said where it runs."""
    return await world.shared.read(("deployed", service.key), lambda: _deployed(world, service))


async def _deployed(world: World, service: Service) -> Deployed:
    services = reached(world.services, Outside.SERVICES)
    region = region_of(service)
    cloud, revisions = await asyncio.gather(
        services.service(service.cloud_name, region), services.revisions(service.cloud_name, region)
    )
    newest_first = sorted(revisions, key=lambda each: each.created_at, reverse=True)
    return Deployed(cloud=cloud, revisions=tuple(newest_first))


def region_of(service: Service) -> str:
    """Where a service runs."""
    if service.region is None:
        raise NotConfigured(f"opsbot.yaml does not say where {service.title} runs; give it a region.")
    return service.region
