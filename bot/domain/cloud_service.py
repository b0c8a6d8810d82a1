"""A service in the cloud as it stands: its revisions, where traffic goes, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Condition(StrEnum):
    """How far the platform is with bringing something about."""

    READY = "ready"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of a service's traffic. `revision` is empty when it follows the latest one."""

    revision: str
    percent: int
    tag: str = ""
    url: str = ""
    latest: bool = False
    """Whether it is defined as "whatever is latest" rather than pinned to a revision."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable of a container's environment; values are never known here, only a digest that tells change."""

    name: str
    source: str
    """"literal", or "secret:NAME@VERSION"."""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a container may use, as the platform writes it: "2", "1Gi"."""

    cpu: str
    memory: str


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One immutable version of a service: image and configuration. `name` is short, such as "control-plane-00042"."""

    name: str
    service: str
    created_at: datetime
    condition: Condition
    reason: str = ""
    """The platform's word for why it is not ready, such as HEALTH_CHECK_CONTAINER_ERROR."""
    says: str = ""
    image: str = ""
    """With its digest, where the platform tells it."""
    environment: tuple[Variable, ...] = ()
    limits: Limits | None = None
    concurrency: int = 0
    creator: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CloudService:
    """A service as the platform says it is. `name` is its own in the cloud, `region` where it runs."""

    name: str
    region: str
    condition: Condition
    says: str = ""
    reconciling: bool = False
    latest_created: str = ""
    latest_ready: str = ""
    template_image: str = ""
    """The image the next revision would be made of: not what serves while traffic is pinned."""
    traffic: tuple[Share, ...] = ()
    """What is asked for."""
    serving: tuple[Share, ...] = ()
    """What is so."""
    min_instances: int = 0
    max_instances: int = 100
    updated_at: datetime | None = None
    last_modifier: str = ""
    url: str = ""
    etag: str = ""
    ingress: str = ""

    @property
    def pinned(self) -> bool:
        """Whether new deployments would get no traffic."""
        return not any(share.latest and share.percent for share in self.traffic)
