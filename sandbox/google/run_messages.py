"""The platform's services and revisions in Cloud Run's own messages."""

from collections.abc import Iterator
from datetime import UTC, datetime

from google.cloud import run_v2

from sandbox.world.cloud_service import ServiceState, Share, Target, Template, WorldRevision
from sandbox.world.spec import PROJECT, REGION

PARENT = f"projects/{PROJECT}/locations/{REGION}"
LATEST = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
PINNED = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
SECRET = "secret:"
SUCCEEDED = run_v2.Condition.State.CONDITION_SUCCEEDED
FAILED = run_v2.Condition.State.CONDITION_FAILED
RECONCILING = run_v2.Condition.State.CONDITION_RECONCILING


def service_name(service: str) -> str:
    return f"{PARENT}/services/{service}"


def revision_name(revision: WorldRevision) -> str:
    return f"{service_name(revision.service)}/revisions/{revision.name}"


def service_message(service: ServiceState, at: float, *, address: str) -> run_v2.Service:
    """A service as Cloud Run would tell it at a moment; services answer below `address`."""
    latest = service.latest_ready(at)
    return run_v2.Service(
        name=service_name(service.name),
        uid=service.name,
        generation=service.generation,
        observed_generation=service.generation - int(service.reconciling(at)),
        create_time=_time(service.created_at),
        update_time=_time(service.updated_at),
        creator=service.revisions[-1].creator,
        last_modifier=service.modifier,
        ingress=service.ingress,
        template=_template(service),
        traffic=[_target(target) for target in service.traffic],
        traffic_statuses=[_status(service, share, address) for share in service.serving(at)],
        scaling=run_v2.ServiceScaling(
            min_instance_count=service.min_instances, max_instance_count=service.max_instances
        ),
        terminal_condition=_service_condition(service, at),
        latest_ready_revision=revision_name(latest) if latest else "",
        latest_created_revision=revision_name(service.latest_created),
        uri=f"{address}/{service.name}",
        reconciling=service.reconciling(at),
        etag=service.etag,
    )


def revision_message(revision: WorldRevision, at: float, *, serving: bool) -> run_v2.Revision:
    """A revision as Cloud Run would tell it at a moment."""
    template = revision.template
    return run_v2.Revision(
        name=revision_name(revision),
        uid=revision.name,
        generation=1,
        observed_generation=1,
        service=revision.service,
        create_time=_time(revision.created_at),
        update_time=_time(min(at, revision.ready_at)),
        creator=revision.creator,
        labels=dict(template.labels),
        annotations=dict(template.annotations),
        containers=[container_message(template)],
        max_instance_request_concurrency=template.concurrency,
        reconciling=revision.pending(at),
        conditions=list(_revision_conditions(revision, at, serving=serving)),
        etag=f'"{revision.name}"',
    )


def container_message(template: Template) -> run_v2.Container:
    """The container that a template describes."""
    return run_v2.Container(
        image=template.image,
        env=[_variable(name, value) for name, value in template.environment.items()],
        resources=run_v2.ResourceRequirements(
            limits={"cpu": template.cpu, "memory": template.memory}, cpu_idle=True, startup_cpu_boost=True
        ),
        ports=[run_v2.ContainerPort(name="http1", container_port=8080)],
    )


def _template(service: ServiceState) -> run_v2.RevisionTemplate:
    # Cloud Run echoes the name of the revision it made last; whoever sends that back is refused.
    return run_v2.RevisionTemplate(
        revision=service.latest_created.name,
        labels=dict(service.template.labels),
        annotations=dict(service.template.annotations),
        containers=[container_message(service.template)],
        max_instance_request_concurrency=service.template.concurrency,
    )


def _variable(name: str, value: str) -> run_v2.EnvVar:
    if not value.startswith(SECRET):
        return run_v2.EnvVar(name=name, value=value)
    secret, _, version = value.removeprefix(SECRET).partition("@")
    reference = run_v2.SecretKeySelector(secret=secret, version=version or "latest")
    return run_v2.EnvVar(name=name, value_source=run_v2.EnvVarSource(secret_key_ref=reference))


def _target(target: Target) -> run_v2.TrafficTarget:
    kind = PINNED if target.revision else LATEST
    return run_v2.TrafficTarget(type_=kind, revision=target.revision, percent=target.percent, tag=target.tag)


def _status(service: ServiceState, share: Share, address: str) -> run_v2.TrafficTargetStatus:
    """Of what follows the latest one Cloud Run does not say which that is."""
    return run_v2.TrafficTargetStatus(
        type_=LATEST if share.latest else PINNED,
        revision="" if share.latest else share.revision.name,
        percent=share.percent,
        tag=share.tag,
        uri=f"{address}/{share.tag}---{service.name}" if share.tag else "",
    )


def _service_condition(service: ServiceState, at: float) -> run_v2.Condition:
    trouble = service.trouble(at)
    state = RECONCILING if service.reconciling(at) else FAILED if trouble else SUCCEEDED
    return run_v2.Condition(type_="Ready", state=state, message=trouble, last_transition_time=_time(service.updated_at))


def _revision_conditions(revision: WorldRevision, at: float, *, serving: bool) -> Iterator[run_v2.Condition]:
    when = _time(min(at, revision.ready_at))
    if revision.pending(at):
        yield run_v2.Condition(type_="Ready", state=RECONCILING, last_transition_time=when)
        return
    if not revision.reason:
        yield run_v2.Condition(type_="Ready", state=SUCCEEDED, last_transition_time=when)
        retired = {} if serving else {"revision_reason": run_v2.Condition.RevisionReason.RETIRED}
        state = SUCCEEDED if serving else FAILED
        yield run_v2.Condition(type_="Active", state=state, last_transition_time=when, **retired)
        return
    kind = "revision_reason" if revision.reason in run_v2.Condition.RevisionReason.__members__ else "reason"
    reason = {kind: revision.reason}
    yield run_v2.Condition(type_="Ready", state=FAILED, message=revision.says, last_transition_time=when, **reason)


def _time(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
