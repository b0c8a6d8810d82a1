"""The platform's log in Cloud Logging's own messages, and as filters see it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from google.cloud.audit import audit_log_pb2
from google.cloud.logging_v2 import types
from google.protobuf import any_pb2

from sandbox.world.log_entry import AUDIT, STDOUT, WorldLogEntry
from sandbox.world.spec import PROJECT, REGION


def log_name(log: str) -> str:
    """A log's full name: in its last part slashes are written %2F."""
    return f"projects/{PROJECT}/logs/{quote(log, safe='.')}"


def record_of(entry: WorldLogEntry) -> Mapping[str, object]:
    """What filters can compare of an entry."""
    found: dict[str, object] = {
        "timestamp": datetime.fromtimestamp(entry.at, UTC),
        "severity": entry.severity,
        "logName": log_name(entry.log),
        "insertId": entry.id,
        "resource.type": _resource(entry),
    }
    found |= {f"resource.labels.{name}": value for name, value in _labels(entry).items()}
    if entry.request:
        found |= {
            "httpRequest.status": entry.request.status,
            "httpRequest.requestMethod": entry.request.method,
            "httpRequest.requestUrl": _url(entry),
        }
    if entry.audit:
        audit = entry.audit
        found |= {
            "protoPayload.serviceName": audit.service,
            "protoPayload.methodName": audit.method,
            "protoPayload.resourceName": audit.resource,
        }
    elif entry.text:
        found["jsonPayload.message" if entry.log == STDOUT else "textPayload"] = entry.text
    return found


def entry_message(entry: WorldLogEntry) -> types.LogEntry:
    """An entry as Cloud Logging would tell it: what is written to stdout is structured, the rest is text."""
    message = types.LogEntry(
        log_name=log_name(entry.log),
        insert_id=entry.id,
        severity=entry.severity,
        timestamp=datetime.fromtimestamp(entry.at, UTC),
        resource={"type": _resource(entry), "labels": _labels(entry)},
    )
    if entry.request:
        message.http_request = {
            "request_method": entry.request.method,
            "request_url": _url(entry),
            "status": entry.request.status,
            "latency": timedelta(milliseconds=entry.request.latency_ms),
        }
    if entry.audit:
        message.proto_payload = _audit(entry)
    elif entry.log == STDOUT:
        message.json_payload = {"message": entry.text, "logger": f"{entry.service}.app"}
    elif entry.text:
        message.text_payload = entry.text
    return message


def _audit(entry: WorldLogEntry) -> any_pb2.Any:
    audit = entry.audit
    assert audit is not None
    record = audit_log_pb2.AuditLog(service_name=audit.service, method_name=audit.method, resource_name=audit.resource)
    record.authentication_info.principal_email = audit.principal
    record.request.update(audit.request)
    packed = any_pb2.Any()
    packed.Pack(record)
    return packed


def _resource(entry: WorldLogEntry) -> str:
    return "cloudsql_database" if entry.log == AUDIT and entry.instance else "cloud_run_revision"


def _labels(entry: WorldLogEntry) -> dict[str, str]:
    if entry.instance:
        return {"project_id": PROJECT, "database_id": f"{PROJECT}:{entry.instance}", "region": REGION}
    labels = {"service_name": entry.service, "revision_name": entry.revision, "location": REGION}
    return {"project_id": PROJECT, **{name: value for name, value in labels.items() if value}}


def _url(entry: WorldLogEntry) -> str:
    path = entry.request.path if entry.request else ""
    return f"https://{entry.service}.agent-marketplace.example{path}"
