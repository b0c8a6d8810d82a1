"""What Cloud Run answers, read as services and revisions of ours; the values of variables stay behind."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.domain.cloud_service import CloudService, Condition, Limits, Revision, Share, Variable
from bot.integrations.google_channel import Api, nonsense

if TYPE_CHECKING:
    from google.cloud import run_v2

RUN = Api(title="Cloud Run", host="run.googleapis.com", role="roles/run.viewer", libraries=("google.cloud.run_v2",))
DIGITS = 8
"""Of a variable's digest: enough to see a change, too few to guess from."""
MOST_INSTANCES = 100
"""What Cloud Run allows when nothing is said."""
CONDITIONS = {
    "CONDITION_SUCCEEDED": Condition.READY,
    "CONDITION_FAILED": Condition.FAILED,
}


def service_of(found: "run_v2.Service", region: str) -> CloudService:
    """A service as Cloud Run tells it."""
    latest = _short(found.latest_ready_revision)
    container = _serving_container(found.template.containers)
    scaling = found.template.scaling
    return CloudService(
        name=_named(found.name),
        region=region,
        condition=_condition(found.terminal_condition),
        says=found.terminal_condition.message,
        reconciling=found.reconciling,
        latest_created=_short(found.latest_created_revision),
        latest_ready=latest,
        template_image=container.image if container else "",
        traffic=tuple(_share(each) for each in found.traffic) or (Share(revision="", percent=100, latest=True),),
        serving=tuple(_status(each, latest) for each in found.traffic_statuses),
        min_instances=found.scaling.min_instance_count or scaling.min_instance_count,
        max_instances=found.scaling.max_instance_count or scaling.max_instance_count or MOST_INSTANCES,
        updated_at=_moment(found.update_time),
        last_modifier=found.last_modifier,
        url=found.uri,
        etag=found.etag,
        ingress=_word(found.ingress).removeprefix("INGRESS_TRAFFIC_").lower().replace("_", "-"),
    )


def revision_of(found: "run_v2.Revision", service: str, key: bytes) -> Revision:
    """A revision as Cloud Run tells it; the values of its variables become digests under `key`."""
    ready = next((each for each in found.conditions if each.type_ == "Ready"), None)
    container = _serving_container(found.containers)
    created = _moment(found.create_time)
    if created is None:
        raise nonsense(RUN, "a revision without a time")
    return Revision(
        name=_named(found.name),
        service=service,
        created_at=created,
        condition=_condition(ready) if ready else Condition.PENDING,
        reason=_reason(ready) if ready else "",
        says=ready.message if ready else "",
        image=container.image if container else "",
        environment=tuple(_variables(found.containers, key)),
        limits=_limits(container) if container else None,
        concurrency=found.max_instance_request_concurrency,
        creator=found.creator,
        labels=dict(found.labels),
        annotations=dict(found.annotations),
    )


def digest_of(variable: str, value: str, key: bytes) -> str:
    """Tells a variable's value from others, and nothing else about it."""
    return hmac.new(key, f"{variable}={value}".encode(), hashlib.sha256).hexdigest()[:DIGITS]


def _named(name: str) -> str:
    short = _short(name)
    if not short:
        raise nonsense(RUN, "something without a name")
    return short


def _short(name: str) -> str:
    """The last part of a resource's name."""
    return name.rpartition("/")[2]


def _moment(time: datetime | None) -> datetime | None:
    """A plain time; Google's own kind counts nanoseconds too."""
    return datetime.combine(time.date(), time.time(), UTC) if time else None


def _condition(condition: "run_v2.Condition") -> Condition:
    return CONDITIONS.get(_word(condition.state), Condition.PENDING)


def _reason(condition: "run_v2.Condition") -> str:
    """The platform's word for it: whichever kind of reason is set."""
    reasons: tuple[IntEnum, ...] = (condition.revision_reason, condition.reason)
    return next((_word(each) for each in reasons if each != 0), "")


def _word(value: IntEnum) -> str:
    """The name of a value; one that is newer than the library comes as a bare number."""
    return str(getattr(value, "name", value))


def _share(target: "run_v2.TrafficTarget") -> Share:
    latest = _word(target.type_).endswith("_LATEST")
    return Share(revision=_short(target.revision), percent=target.percent, tag=target.tag, latest=latest)


def _status(status: "run_v2.TrafficTargetStatus", latest_ready: str) -> Share:
    """What follows the latest one serves with the latest that is ready, which Cloud Run leaves unsaid."""
    latest = _word(status.type_).endswith("_LATEST")
    revision = _short(status.revision) or (latest_ready if latest else "")
    return Share(revision=revision, percent=status.percent, tag=status.tag, url=status.uri, latest=latest)


def _serving_container(containers: "Sequence[run_v2.Container]") -> "run_v2.Container | None":
    """The container that answers requests: the one with a port, beside which others may run."""
    return next((each for each in containers if each.ports), next(iter(containers), None))


def _limits(container: "run_v2.Container") -> Limits:
    limits = container.resources.limits
    return Limits(cpu=limits.get("cpu", ""), memory=limits.get("memory", ""))


def _variables(containers: "Sequence[run_v2.Container]", key: bytes) -> Iterator[Variable]:
    """The variables of all containers; those beside the one that serves are named after their container."""
    # Each look at a repeated field makes new objects, which are equal and not the same.
    every = list(containers)
    serving = _serving_container(every)
    for container in every:
        beside = "" if container is serving else f"{container.name}: "
        for variable in container.env:
            yield _variable(variable, beside, key)


def _variable(variable: "run_v2.EnvVar", beside: str, key: bytes) -> Variable:
    secret = variable.value_source.secret_key_ref
    if secret.secret:
        return Variable(name=f"{beside}{variable.name}", source=f"secret:{_short(secret.secret)}@{secret.version}")
    digest = digest_of(variable.name, variable.value, key)
    return Variable(name=f"{beside}{variable.name}", source="literal", digest=digest)
