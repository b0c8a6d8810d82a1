"""What is around the platform: its code, its images, its customers' tickets and the front doors of its services."""

from collections.abc import Callable

from aiohttp import web

from sandbox import zendesk, zoom
from sandbox.artifact_registry import ROOT as IMAGES
from sandbox.artifact_registry import ArtifactRegistry
from sandbox.cloud_build import ROOT as BUILDS
from sandbox.cloud_build import CloudBuild
from sandbox.cloud_storage import ROOT as STORAGE
from sandbox.cloud_storage import CloudStorage
from sandbox.faults import Faults
from sandbox.github.door import ROOT as CODE
from sandbox.github.door import TOKEN
from sandbox.github.github import GitHub
from sandbox.hook_receiver import SECRET, HookReceiver
from sandbox.log import Log
from sandbox.service_door import ROOT as DOORS
from sandbox.service_door import ServiceDoor
from sandbox.slack.archive import Archive
from sandbox.staging import ROOT as STAGING
from sandbox.staging import Staging
from sandbox.world.platform import Platform


class Neighbours:
    """Faces over HTTP of the one world, which therefore agree with each other and with everything else of it."""

    def __init__(
        self, platform: Platform, *, archive: Archive, faults: Faults, log: Log, address: Callable[[], str]
    ) -> None:
        """`address` is the practice ground's own, once it listens."""
        self._address = address
        self.github = GitHub(platform, archive=archive, faults=faults, log=log, address=address)
        self.images = ArtifactRegistry(platform, faults=faults, log=log)
        self.builds = CloudBuild(platform, self.github, archive=archive, faults=faults, log=log)
        self.storage = CloudStorage(faults=faults, log=log)
        self.zendesk = zendesk.Zendesk(platform, faults=faults, log=log, address=address)
        self.doors = ServiceDoor(platform, faults=faults, log=log)
        self.zoom = zoom.Zoom(archive=archive, faults=faults, log=log, now=platform.now)
        self.hooks = HookReceiver(now=platform.now, faults=faults, log=log)
        self.staging = Staging(lambda: platform.services, log=log)

    def routes(self) -> list[web.RouteDef]:
        """All of their addresses."""
        faces = (self.github, self.images, self.builds, self.zendesk, self.doors, self.hooks, self.staging, self.zoom)
        return [route for face in (*faces, self.storage) for route in face.routes()]

    def environment(self) -> dict[str, str]:
        """The settings under which the bot looks at them."""
        url = self._address()
        return {
            "GITHUB_TOKEN": TOKEN,
            "OPSBOT_GITHUB_URL": f"{url}{CODE}",
            "ZENDESK_EMAIL": zendesk.EMAIL,
            "ZENDESK_TOKEN": zendesk.TOKEN,
            "OPSBOT_ZENDESK_URL": f"{url}{zendesk.ROOT}",
            "OPSBOT_HOOK_SECRET": SECRET,
            "ZOOM_ACCOUNT_ID": zoom.ACCOUNT,
            "ZOOM_CLIENT_ID": zoom.CLIENT,
            "ZOOM_CLIENT_SECRET": zoom.SECRET,
            "OPSBOT_ZOOM_URL": f"{url}{zoom.ROOT}/v2",
            "OPSBOT_ARTIFACT_REGISTRY_ENDPOINT": f"{url.removeprefix('http://')}{IMAGES}",
            "OPSBOT_CLOUD_STORAGE_URL": f"{url}{STORAGE}",
            "OPSBOT_CLOUD_BUILD_ENDPOINT": f"{url.removeprefix('http://')}{BUILDS}",
        }

    def health_url(self, service: str) -> str:
        """Where a service says how it is."""
        return f"{self._address()}{DOORS}/{service}/health"

    def staging_url(self, service: str) -> str:
        """Where a copy of a service answers that nobody depends on."""
        return f"{self._address()}{STAGING}/{service}"
