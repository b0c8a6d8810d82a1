"""A service in the cloud: immutable revisions, the template of the next one, and where its traffic goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sandbox.world.build import Build
from sandbox.world.chance import token
from sandbox.world.spec import PROJECT, ServiceSpec

STARTS_IN = 8.0
"""Seconds until a new revision is ready, or has failed to start."""
SHIFTS_IN = 4.0
"""Seconds until traffic goes where it was asked to go."""
CONCURRENCY = 80
OPEN, INTERNAL = "INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_ONLY"
"""From where a service may be reached."""
HEALTH_CHECK = "HEALTH_CHECK_CONTAINER_ERROR"
MISSING_IMAGE = "CONTAINER_MISSING"
NO_SECRET = "SECRETS_ACCESS_CHECK_FAILED"


@dataclass(frozen=True, kw_only=True)
class Template:
    """What a revision is made of. `image` is a path with digest or tag, a secret is written "secret:NAME@VERSION"."""

    image: str
    environment: Mapping[str, str]
    cpu: str
    memory: str
    concurrency: int = CONCURRENCY
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def reads(self, secret: str) -> bool:
        """Whether a variable is a secret, named as NAME@VERSION."""
        return f"secret:{secret}" in self.environment.values()


@dataclass(frozen=True, kw_only=True)
class WorldRevision:
    """One immutable version of a service; `build` is None where its image is not to be found."""

    name: str
    service: str
    created_at: float
    template: Template
    build: Build | None
    missing: tuple[str, ...] = ()
    """Variables without which its container does not start."""
    unreadable: str = ""
    """A secret that was gone when it was made, as NAME@VERSION."""
    creator: str = ""

    @property
    def ready_at(self) -> float:
        return self.created_at + STARTS_IN

    @property
    def reason(self) -> str:
        """The platform's word for why it never gets ready; empty for one that does."""
        if self.build is None:
            return MISSING_IMAGE
        if self.unreadable:
            return NO_SECRET
        return HEALTH_CHECK if self.missing else ""

    @property
    def says(self) -> str:
        """The same in the platform's sentence."""
        match self.reason:
            case "":
                return ""
            case reason if reason == MISSING_IMAGE:
                return f"Image '{self.template.image}' not found."
            case reason if reason == NO_SECRET:
                name, _, version = self.unreadable.partition("@")
                return f"Secret projects/{PROJECT}/secrets/{name}/versions/{version} is in DESTROYED state."
            case _:
                return (
                    f"Revision '{self.name}' is not ready and cannot serve traffic. The user-provided container failed "
                    "to start and listen on the port defined provided by the PORT=8080 environment variable within "
                    "the allocated timeout."
                )

    def ready(self, at: float) -> bool:
        return not self.reason and at >= self.ready_at

    def pending(self, at: float) -> bool:
        return at < self.ready_at


@dataclass(frozen=True, kw_only=True)
class Target:
    """A part of the traffic as it was asked for; without a `revision` it follows the latest."""

    percent: int
    revision: str = ""
    tag: str = ""


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of the traffic as it is; `since` is when the instances behind it began to serve."""

    revision: WorldRevision
    percent: int
    since: float
    tag: str = ""
    latest: bool = False


@dataclass(frozen=True, kw_only=True)
class ServiceState:
    """A service after everything that happened to it; what takes its time is asked `at` a moment."""

    spec: ServiceSpec
    created_at: float
    revisions: tuple[WorldRevision, ...]
    """Newest first."""
    template: Template
    traffic: tuple[Target, ...] = (Target(percent=100),)
    earlier: tuple[Share, ...] = ()
    """Where traffic went before the last shift."""
    shifted_at: float
    min_instances: int
    max_instances: int
    ingress: str = OPEN
    generation: int = 1
    updated_at: float
    modifier: str = ""

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def etag(self) -> str:
        return f'"{token(16, self.name, self.generation, self.updated_at)}"'

    @property
    def latest_created(self) -> WorldRevision:
        return self.revisions[0]

    @property
    def pinned(self) -> bool:
        return not any(target.percent and not target.revision for target in self.traffic)

    @property
    def reachable(self) -> bool:
        """Whether customers may come."""
        return self.ingress != INTERNAL

    def latest_ready(self, at: float) -> WorldRevision | None:
        return next((revision for revision in self.revisions if revision.ready(at)), None)

    def revision(self, name: str) -> WorldRevision | None:
        return next((revision for revision in self.revisions if revision.name == name), None)

    def reconciling(self, at: float) -> bool:
        """Whether what was asked for is still being brought about."""
        return self.latest_created.pending(at) or at < self.shifted_at + SHIFTS_IN

    def serving(self, at: float) -> tuple[Share, ...]:
        """Where traffic goes; what cannot serve gets none, and the others keep what they had."""
        if at < self.shifted_at + SHIFTS_IN and self.earlier:
            return self.earlier
        shares = [share for target in self.traffic if (share := self._share(target, at))]
        return tuple(shares) if sum(share.percent for share in shares) == 100 else self.earlier or tuple(shares)

    def trouble(self, at: float) -> str:
        """Why it is not as it was asked to be; empty when it is."""
        if self.reconciling(at):
            return ""
        asked = [self.revision(target.revision) for target in self.traffic if target.revision and target.percent]
        for revision in (self.latest_created, *(each for each in asked if each)):
            if revision.reason:
                return revision.says
        return ""

    def _share(self, target: Target, at: float) -> Share | None:
        revision = self.revision(target.revision) if target.revision else self.latest_ready(at)
        if revision is None or not revision.ready(at):
            return None
        return Share(
            revision=revision,
            percent=target.percent,
            since=self._since(revision),
            tag=target.tag,
            latest=not target.revision,
        )

    def _since(self, revision: WorldRevision) -> float:
        known = [share.since for share in self.earlier if share.revision.name == revision.name and share.percent]
        return known[0] if known else max(revision.ready_at, self.shifted_at)


def next_name(service: ServiceState) -> str:
    """What the platform calls the next revision."""
    return f"{service.name}-{int(service.latest_created.name.rsplit('-', 1)[1]) + 1:05d}"


def with_revision(service: ServiceState, revision: WorldRevision) -> ServiceState:
    """A change of the template: it makes a revision."""
    return _changed(
        replace(service, revisions=(revision, *service.revisions), template=revision.template),
        at=revision.created_at,
        by=revision.creator,
    )


def with_traffic(service: ServiceState, targets: Sequence[Target], *, at: float, by: str) -> ServiceState:
    serving = service.serving(at)
    return _changed(replace(service, traffic=tuple(targets), earlier=serving, shifted_at=at), at=at, by=by)


def with_scaling(service: ServiceState, *, least: int, most: int, at: float, by: str) -> ServiceState:
    return _changed(replace(service, min_instances=least, max_instances=most), at=at, by=by)


def with_ingress(service: ServiceState, ingress: str, *, at: float, by: str) -> ServiceState:
    return _changed(replace(service, ingress=ingress), at=at, by=by)


def _changed(service: ServiceState, *, at: float, by: str) -> ServiceState:
    return replace(service, generation=service.generation + 1, updated_at=at, modifier=by)
