"""What each kind of event does to the platform."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from sandbox.payload import JsonObject
from sandbox.world.build import thawed_build
from sandbox.world.cloud_service import (
    ServiceState,
    Target,
    Template,
    WorldRevision,
    next_name,
    with_ingress,
    with_revision,
    with_scaling,
    with_traffic,
)
from sandbox.world.database import DURATIONS, RESTARTS_IN, BackupRun, Instance, Loss, Operation, Settings, patched
from sandbox.world.event import Event
from sandbox.world.load import load_of
from sandbox.world.mending import mended
from sandbox.world.state import Broken, Cause, Killed, WorldState

Deed = Callable[[WorldState, Event], WorldState]


def applied(state: WorldState, event: Event) -> WorldState:
    """The platform after an event."""
    return _DEEDS[event.kind](state, event)


def _service(state: WorldState, event: Event) -> ServiceState:
    found = state.service(event.of)
    assert found, event.of
    return found


def _built(state: WorldState, event: Event) -> WorldState:
    build = thawed_build(event.detail)
    return replace(state, builds={**state.builds, build.digest: build})


def _deployed(state: WorldState, event: Event) -> WorldState:
    service = _service(state, event)
    template = Template(**event.detail["template"])
    revision = WorldRevision(
        name=event.detail["name"] or next_name(service),
        service=service.name,
        created_at=event.at,
        template=template,
        build=state.build(template.image),
        missing=tuple(name for name in service.spec.required if not template.environment.get(name)),
        unreadable=next(
            (each.of for each in state.causes if each.name == "secret-gone" and template.reads(each.of)), ""
        ),
        creator=event.by,
    )
    return _with_service(state, with_revision(service, revision))


def _shifted(state: WorldState, event: Event) -> WorldState:
    targets = [Target(**target) for target in event.detail["targets"]]
    return _with_service(state, with_traffic(_service(state, event), targets, at=event.at, by=event.by))


def _scaled(state: WorldState, event: Event) -> WorldState:
    least, most = event.detail["least"], event.detail["most"]
    service = with_scaling(_service(state, event), least=least, most=most, at=event.at, by=event.by)
    return _with_service(state, service)


def _closed_off(state: WorldState, event: Event) -> WorldState:
    ingress = event.detail["ingress"]
    return _with_service(state, with_ingress(_service(state, event), ingress, at=event.at, by=event.by))


def _killed(state: WorldState, event: Event) -> WorldState:
    pids = frozenset(event.detail["pids"])
    ended = {**state.killed.pids, **dict.fromkeys(pids, event.at)}
    left = tuple(each for each in load_of(state, event.at).database.leaked if each.pid not in pids)
    return replace(state, killed=Killed(at=event.at, pids=ended, survivors=left))


def _troubled(state: WorldState, event: Event) -> WorldState:
    cause = Cause(name=event.detail["name"], at=event.at, of=event.of, amount=event.detail.get("amount", 0.0))
    others = tuple(each for each in state.causes if (each.name, each.of) != (cause.name, cause.of))
    return replace(state, causes=(*others, cause))


def _relieved(state: WorldState, event: Event) -> WorldState:
    left = tuple(each for each in state.causes if (each.name, each.of) != (event.detail["name"], event.of))
    return replace(state, causes=left)


def _lost(state: WorldState, event: Event) -> WorldState:
    detail = event.detail
    loss = Loss(at=event.at, tables=tuple(detail["tables"]), part=detail["part"], by=detail["by"])
    instance = state.instances[event.of]
    return _with_instance(state, replace(instance, losses=(*instance.losses, loss)))


def _patched(state: WorldState, event: Event) -> WorldState:
    settings = Settings(**event.detail["settings"])
    instance = patched(state.instances[event.of], settings, at=event.at)
    return _with_instance(_operated(state, event, "UPDATE"), instance)


def _restarted(state: WorldState, event: Event) -> WorldState:
    instance = replace(state.instances[event.of], restarted_at=event.at)
    return _with_instance(_operated(state, event, "RESTART"), instance)


def _backed_up(state: WorldState, event: Event) -> WorldState:
    """One that somebody makes succeeds, and makes room for those that failed."""
    run = BackupRun(**event.detail["run"])
    left = tuple(each for each in state.causes if (each.name, each.of) != ("backups-failing", event.of))
    return _operated(replace(state, backups=(*state.backups, run), causes=left), event, "BACKUP_VOLUME")


def _cloned(state: WorldState, event: Event) -> WorldState:
    source, moment = state.instances[event.of], event.detail["data_of"]
    copy = Instance(
        name=event.detail["target"],
        created_at=event.at,
        settings=replace(source.settings, deletion_protected=False, labels=event.detail["labels"], version=1),
        data_of=moment,
        losses=tuple(loss for loss in source.losses if loss.at <= moment),
        restarted_at=event.at + DURATIONS["CLONE"] - RESTARTS_IN,
    )
    return _with_instance(_operated(state, event, "CLONE", target=copy.name), copy)


def _restored(state: WorldState, event: Event) -> WorldState:
    detail = event.detail
    source, moment = state.instances[detail["source"]], detail["data_of"]
    losses = tuple(loss for loss in source.losses if loss.at <= moment)
    known = state.instances.get(event.of)
    target = known or Instance(name=event.of, created_at=event.at, settings=Settings(labels=detail["labels"]))
    back_at = event.at + DURATIONS["RESTORE_VOLUME"] - RESTARTS_IN
    target = replace(target, data_of=moment, losses=losses, restarted_at=back_at)
    return _with_instance(_operated(state, event, "RESTORE_VOLUME"), target)


def _replicated(state: WorldState, event: Event) -> WorldState:
    source = state.instances[event.of]
    settings = replace(source.settings, backups_enabled=False, point_in_time=False, availability="ZONAL", version=1)
    name = event.detail["target"]
    copy = Instance(
        name=name,
        created_at=event.at,
        settings=settings,
        primary=source.name,
        restarted_at=event.at + DURATIONS["CREATE_REPLICA"],
    )
    return _with_instance(_operated(state, event, "CREATE_REPLICA", target=name), copy)


def _deleted(state: WorldState, event: Event) -> WorldState:
    instance = replace(state.instances[event.of], deleted_at=event.at)
    return _with_instance(_operated(state, event, "DELETE"), instance)


def _begun_in_vain(state: WorldState, event: Event) -> WorldState:
    return _operated(state, event, event.detail["kind"], error=event.detail["error"])


def _broke(state: WorldState, event: Event) -> WorldState:
    return replace(state, broken=(*state.broken, Broken(kind=event.detail["kind"], of=event.of, at=event.at)))


def _mended(state: WorldState, event: Event) -> WorldState:
    return mended(state, at=event.at, by=event.by)


def _with_service(state: WorldState, service: ServiceState) -> WorldState:
    if service.name in state.staging:
        return replace(state, staging={**state.staging, service.name: service})
    return replace(state, services={**state.services, service.name: service})


def _with_instance(state: WorldState, instance: Instance) -> WorldState:
    return replace(state, instances={**state.instances, instance.name: instance})


def _operated(state: WorldState, event: Event, kind: str, *, target: str = "", error: str = "") -> WorldState:
    detail: JsonObject = event.detail
    operation = Operation(
        name=detail["operation"],
        kind=kind,
        instance=event.of,
        began_at=event.at,
        by=event.by,
        target=target,
        error=error,
    )
    return replace(state, operations=(*state.operations, operation))


_DEEDS: Mapping[str, Deed] = MappingProxyType(
    {
        "built": _built,
        "deployed": _deployed,
        "shifted": _shifted,
        "scaled": _scaled,
        "closed off": _closed_off,
        "killed": _killed,
        "troubled": _troubled,
        "relieved": _relieved,
        "lost": _lost,
        "patched": _patched,
        "restarted": _restarted,
        "backed up": _backed_up,
        "cloned": _cloned,
        "restored": _restored,
        "replicated": _replicated,
        "deleted": _deleted,
        "begun in vain": _begun_in_vain,
        "broke": _broke,
        "mended": _mended,
    }
)
