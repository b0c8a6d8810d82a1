"""Who changed what: the audit entries of services and databases."""

from collections.abc import Iterator, Mapping, Sequence

from sandbox.payload import JsonObject
from sandbox.world.chance import token
from sandbox.world.event import Event
from sandbox.world.log_entry import AUDIT, Audit, WorldLogEntry
from sandbox.world.spec import PROJECT, SERVICES, STAGING
from sandbox.world.state import WorldState

RUN = "run.googleapis.com"
SQL = "cloudsql.googleapis.com"
UPDATE = "google.cloud.run.v2.Services.UpdateService"
METHODS: Mapping[str, tuple[str, str]] = {
    "deployed": (UPDATE, "Deployed {revision}"),
    "shifted": (UPDATE, "Sent traffic to {traffic}"),
    "scaled": (UPDATE, "Set instances to {least} to {most}"),
    "closed off": (UPDATE, "Set ingress to {ingress}"),
    "patched": ("cloudsql.instances.update", "Changed settings"),
    "restarted": ("cloudsql.instances.restart", "Restarted"),
    "backed up": ("cloudsql.backupRuns.create", "Backed up"),
    "cloned": ("cloudsql.instances.clone", "Cloned to {target}"),
    "restored": ("cloudsql.instances.restoreBackup", "Restored from a backup of {source}"),
    "replicated": ("cloudsql.instances.create", "Created replica {target}"),
    "deleted": ("cloudsql.instances.delete", "Deleted"),
}


def audit_entries(events: Sequence[Event], states: Sequence[WorldState]) -> Iterator[WorldLogEntry]:
    """Of everything that was ever changed, oldest first; `states` are those after each event."""
    yield from _before(states[0])
    for event, before, after in zip(events[1:], states, states[1:], strict=False):
        if event.kind in METHODS:
            yield _entry(event, _says(event, after))
        elif event.kind == "mended":
            yield from _mending(event, before, after)


def _before(founding: WorldState) -> Iterator[WorldLogEntry]:
    revisions = [revision for service in founding.services.values() for revision in service.revisions]
    for revision in sorted(revisions, key=lambda each: each.created_at):
        event = Event(number=0, at=revision.created_at, kind="deployed", of=revision.service, by=revision.creator)
        yield _entry(event, f"Deployed {revision.name}")


def _mending(event: Event, before: WorldState, after: WorldState) -> Iterator[WorldLogEntry]:
    for name, service in after.services.items():
        if service.latest_created != before.services[name].latest_created:
            made = Event(number=event.number, at=event.at, kind="deployed", of=name, by=event.by)
            yield _entry(made, f"Deployed {service.latest_created.name}")


def _says(event: Event, after: WorldState) -> str:
    sentence = METHODS[event.kind][1]
    targets = event.detail.get("targets", [])
    traffic = ", ".join(
        f"{each['revision'] or 'the latest'} {each['percent']} %" for each in targets if each["percent"]
    )
    service = after.service(event.of)
    revision = service.latest_created.name if service else ""
    words = {"revision": revision, "traffic": traffic}
    return sentence.format_map({**{name: event.detail.get(name, "") for name in FIELDS}, **words})


FIELDS = ("least", "most", "ingress", "target", "source")


def _entry(event: Event, text: str) -> WorldLogEntry:
    is_service = event.of in SERVICES or event.of in STAGING
    place = f"namespaces/{PROJECT}/services/{event.of}" if is_service else f"projects/{PROJECT}/instances/{event.of}"
    return WorldLogEntry(
        at=event.at,
        log=AUDIT,
        severity="NOTICE",
        text=text,
        service=event.of if is_service else "",
        instance="" if is_service else event.of,
        id=token(16, "audit", event.number, event.of, event.at),
        audit=Audit(
            principal=event.by,
            service=RUN if is_service else SQL,
            method=METHODS[event.kind][0],
            resource=place,
            request=_request(event) if is_service else {},
        ),
    )


MASKS = {"deployed": "template", "shifted": "traffic", "scaled": "scaling", "closed off": "ingress"}


def _request(event: Event) -> JsonObject:
    """What was asked of Cloud Run; the template stays out, as in the audit log of whoever keeps secrets in variables."""
    asked: JsonObject = {"name": event.of}
    if event.kind == "shifted":
        asked["traffic"] = [
            {"revision": each["revision"], "percent": each["percent"]} for each in event.detail["targets"]
        ]
    return {"updateMask": MASKS[event.kind], "service": asked}
