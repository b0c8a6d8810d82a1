"""Changes of a service that Cloud Run is asked for: what it refuses, and what becomes of the rest."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import grpc
from google.cloud import run_v2

from sandbox.google.run_messages import LATEST, SECRET
from sandbox.google.wire import Refusal
from sandbox.world.cloud_service import ServiceState, Target, Template
from sandbox.world.platform import Platform

CHANGEABLE = ("template", "traffic", "scaling", "ingress")
MOST_INSTANCES = 100
"""What Cloud Run allows when nothing is said."""
RESERVED = ("run.googleapis.com", "cloud.googleapis.com", "serving.knative.dev", "autoscaling.knative.dev")
"""Whoever names labels or annotations like this is refused by version 2 of the API."""
CPUS = {"1": 1, "2": 2, "4": 4, "6": 6, "8": 8, "1000m": 1, "2000m": 2, "4000m": 4, "6000m": 6, "8000m": 8}
MEMORY = re.compile(r"(\d+)(Mi|Gi)")
LEAST_CPU = ((24, 8), (16, 6), (8, 4), (4, 2))
"""GiB of memory beyond which so many CPUs are needed."""


@dataclass(frozen=True, kw_only=True)
class Update:
    """A change that may be made; a part that is None stays as it is."""

    template: Template | None = None
    revision: str = ""
    """What the new revision is to be called; empty leaves it to Cloud Run."""
    traffic: tuple[Target, ...] | None = None
    scaling: tuple[int, int] | None = None
    ingress: str | None = None

    def apply(self, platform: Platform, service: str) -> None:
        if self.template:
            platform.deploy(service, self.template, name=self.revision)
        if self.traffic is not None:
            platform.set_traffic(service, self.traffic)
        if self.scaling:
            platform.scale(service, least=self.scaling[0], most=self.scaling[1])
        if self.ingress:
            platform.set_ingress(service, self.ingress)


def update_of(request: run_v2.UpdateServiceRequest, service: ServiceState) -> Update:
    """What a request asks for; raises `Refusal`, as Cloud Run would. Without a mask everything is replaced."""
    asked = request.service
    if asked.etag and asked.etag != service.etag:
        words = f"Conflict for resource '{service.name}': version '{asked.etag}' was specified but current version is"
        raise Refusal(grpc.StatusCode.ABORTED, f"{words} '{service.etag}'.")
    paths = list(request.update_mask.paths) or list(CHANGEABLE)
    if unknown := [path for path in paths if path.split(".")[0] not in CHANGEABLE or path.startswith("template.")]:
        raise _invalid(f"Update mask: the practice ground cannot change {', '.join(unknown)}.")
    parts = {path.split(".")[0] for path in paths}
    template = _template(asked.template, service) if "template" in parts else None
    return Update(
        template=template if template != service.template else None,
        revision=asked.template.revision if template else "",
        traffic=_traffic(asked.traffic, service) if "traffic" in parts else None,
        scaling=_scaling(asked.scaling, paths, service) if "scaling" in parts else None,
        ingress=_ingress(asked, service) if "ingress" in parts else None,
    )


def _template(asked: run_v2.RevisionTemplate, service: ServiceState) -> Template:
    name = asked.revision
    if name and service.revision(name):
        words = f"Revision named '{name}' with different configuration already exists."
        raise Refusal(grpc.StatusCode.ALREADY_EXISTS, words)
    if name and not name.startswith(f"{service.name}-"):
        raise _invalid(f"template.revision: must start with '{service.name}-'.")
    containers = list(asked.containers)
    if not containers or not containers[0].image:
        raise _invalid("template.containers: at least one container with an image is required.")
    container = next((each for each in containers if each.ports), containers[0])
    limits = container.resources.limits
    cpu = limits.get("cpu") or service.template.cpu
    memory = limits.get("memory") or service.template.memory
    _check_limits(cpu, memory)
    _check_names([*asked.labels, *asked.annotations])
    return Template(
        image=container.image,
        environment=dict(_variable(each) for each in container.env),
        cpu=cpu,
        memory=memory,
        concurrency=asked.max_instance_request_concurrency or service.template.concurrency,
        labels=dict(asked.labels),
        annotations=dict(asked.annotations),
    )


def _variable(asked: run_v2.EnvVar) -> tuple[str, str]:
    secret = asked.value_source.secret_key_ref
    return asked.name, f"{SECRET}{secret.secret}@{secret.version or 'latest'}" if secret.secret else asked.value


def _check_limits(cpu: str, memory: str) -> None:
    size = MEMORY.fullmatch(memory)
    if cpu not in CPUS:
        raise _invalid(f"resources.limits.cpu: '{cpu}' must be one of 1, 2, 4, 6, 8.")
    if size is None:
        raise _invalid(f"resources.limits.memory: '{memory}' is no amount of memory such as 512Mi or 2Gi.")
    gibibytes = int(size[1]) / (1 if size[2] == "Gi" else 1024)
    if gibibytes > 32:
        raise _invalid("resources.limits.memory: at most 32Gi.")
    needed = next((cpus for beyond, cpus in LEAST_CPU if gibibytes > beyond), 1)
    if CPUS[cpu] < needed:
        raise _invalid(f"resources.limits.memory: {memory} needs at least {needed} CPU.")
    if CPUS[cpu] >= 4 and gibibytes < 2:
        raise _invalid(f"resources.limits.cpu: {cpu} CPU needs at least 2Gi of memory.")


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if name.partition("/")[0].endswith(RESERVED) and "/" in name:
            raise _invalid(f"'{name}' is in a namespace that belongs to the system.")


def _traffic(asked: Sequence[run_v2.TrafficTarget], service: ServiceState) -> tuple[Target, ...]:
    """Nothing asked for means that all of it follows the latest one."""
    if not asked:
        return (Target(percent=100),)
    targets = tuple(Target(percent=each.percent, revision=_pinned(each), tag=each.tag) for each in asked)
    for target in targets:
        if target.revision and service.revision(target.revision) is None:
            raise Refusal(grpc.StatusCode.NOT_FOUND, f"Revision '{target.revision}' is not found.")
    if any(not 0 <= target.percent <= 100 for target in targets) or sum(target.percent for target in targets) != 100:
        raise _invalid("traffic: percents must sum to 100.")
    tags = [target.tag for target in targets if target.tag]
    if len(set(tags)) < len(tags):
        raise _invalid("traffic: a tag can be given once only.")
    return targets


def _pinned(asked: run_v2.TrafficTarget) -> str:
    if asked.type_ == LATEST:
        if asked.revision:
            raise _invalid("traffic: a target that follows the latest revision names none.")
        return ""
    if not asked.revision or "/" in asked.revision:
        raise _invalid("traffic: a target is the short name of a revision, or the latest one.")
    return asked.revision


def _scaling(asked: run_v2.ServiceScaling, paths: Sequence[str], service: ServiceState) -> tuple[int, int]:
    least, most = asked.min_instance_count, asked.max_instance_count or MOST_INSTANCES
    if "scaling" not in paths and len(paths) < len(CHANGEABLE):
        least = least if "scaling.min_instance_count" in paths else service.min_instances
        most = most if "scaling.max_instance_count" in paths else service.max_instances
    if least < 0 or most < 1 or least > most:
        raise _invalid("scaling: min_instance_count must be at most max_instance_count.")
    return least, most


def _ingress(asked: run_v2.Service, service: ServiceState) -> str:
    return asked.ingress.name if asked.ingress != 0 else service.ingress


def _invalid(words: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, words)
