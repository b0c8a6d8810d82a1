"""The platform after everything that happened to it until some moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sandbox.world.build import Build
from sandbox.world.cloud_service import ServiceState, WorldRevision
from sandbox.world.database import BackupRun, Instance, Operation
from sandbox.world.spec import INSTANCE


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Something outside the platform's own doing that troubles it, such as a crowd or a provider that is down."""

    name: str
    at: float
    of: str = ""
    amount: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Broken:
    """Something somebody broke: which breakage, of what, when."""

    kind: str
    of: str
    at: float


@dataclass(frozen=True, kw_only=True)
class Leaked:
    """A connection that somebody forgot to close."""

    pid: int
    service: str
    opened_at: float


@dataclass(frozen=True, kw_only=True)
class Killed:
    """The connections that were ended last, and those forgotten ones that outlived it."""

    at: float = 0.0
    pids: Mapping[int, float] = field(default_factory=dict)
    """When each was ended."""
    survivors: tuple[Leaked, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class WorldState:
    """Everything that stays the same until something happens again; what is reckoned from it is kept by its identity."""

    founded_at: float
    services: Mapping[str, ServiceState]
    staging: Mapping[str, ServiceState]
    """Services that nobody depends on, in which code is tried."""
    instances: Mapping[str, Instance]
    builds: Mapping[str, Build]
    """By digest."""
    causes: tuple[Cause, ...] = ()
    broken: tuple[Broken, ...] = ()
    operations: tuple[Operation, ...] = ()
    backups: tuple[BackupRun, ...] = ()
    """Those that were asked for; the others follow from the settings."""
    killed: Killed = field(default=Killed())

    def service(self, name: str) -> ServiceState | None:
        """A service, or one of staging."""
        return self.services.get(name) or self.staging.get(name)

    def cause(self, name: str, of: str = "") -> Cause | None:
        return next((cause for cause in self.causes if cause.name == name and of in {"", cause.of}), None)

    def database_of(self, revision: WorldRevision) -> Instance | None:
        """The database instance a revision's environment points to, if there is such a one."""
        instance = self.instances.get(revision.template.environment.get("DATABASE_INSTANCE", ""))
        return instance if instance and instance.deleted_at is None else None

    @cached_property
    def database(self) -> Instance:
        """The instance the platform uses: that of most of its services."""
        names = [service.template.environment.get("DATABASE_INSTANCE", "") for service in self.services.values()]
        used = [name for name in names if name in self.instances]
        return self.instances[max(used, key=used.count) if used else INSTANCE]

    def build(self, image: str) -> Build | None:
        """The build behind an image, by digest or by tag."""
        path, _, digest = image.partition("@")
        if digest:
            return self.builds.get(digest)
        name, _, tag = path.rpartition(":")
        found = (build for build in self.builds.values() if name.endswith(f"/{build.service}") and build.version == tag)
        return next(found, None)
