"""What Cloud Logging answers, read as entries of ours: whichever form an entry has, it says something in words."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bot.domain.log_entry import LogEntry

if TYPE_CHECKING:
    from google.cloud.audit.audit_log_pb2 import AuditLog
    from google.cloud.logging_v2 import types
    from google.logging.type.http_request_pb2 import HttpRequest

LONGEST = 8_000
"""Characters of an entry; what is beyond is never shown."""
LONGEST_PATH = 300
WORDS = ("message", "msg", "error", "exception")
"""Where structured entries keep what they say, the usual name first."""
TRACES = ("stack_trace", "stack", "exception")
SEVERITIES = {
    0: "DEFAULT",
    100: "DEBUG",
    200: "INFO",
    300: "NOTICE",
    400: "WARNING",
    500: "ERROR",
    600: "CRITICAL",
    700: "ALERT",
    800: "EMERGENCY",
}


def entry_of(found: "types.LogEntry") -> LogEntry:
    """An entry as Cloud Logging tells it."""
    labels = found.resource.labels
    request = found.http_request
    audit = _audit(found)
    return LogEntry(
        at=_moment(found.timestamp or found.receive_timestamp),
        severity=SEVERITIES.get(int(found.severity), "DEFAULT"),
        text=_text(found, audit)[:LONGEST],
        service=labels.get("service_name", "") or _changed(audit),
        revision=labels.get("revision_name", ""),
        log=unquote(found.log_name.rpartition("/logs/")[2]),
        status=request.status,
        path=_path(request.request_url),
        principal=audit.authentication_info.principal_email if audit else "",
        method=audit.method_name if audit else request.request_method,
    )


def _moment(time: datetime | None) -> datetime:
    """A plain time; Google's own kind counts nanoseconds too. What has none is older than anything."""
    return datetime.combine(time.date(), time.time(), UTC) if time else datetime.min.replace(tzinfo=UTC)


def _text(found: "types.LogEntry", audit: "AuditLog | None") -> str:
    if audit:
        return _deed(audit)
    if found.text_payload:
        return found.text_payload
    if "json_payload" in found:
        return _words(found.json_payload)
    return _request(found.http_request) if found.http_request.status else ""


def _words(payload: Mapping[str, object]) -> str:
    """What a structured entry says, with its trace below; all of it when it says nothing in particular."""
    said = _first(payload, WORDS)
    trace = _first(payload, TRACES)
    if not said and not trace:
        # In order: Google's maps have none, and the same words are to look the same.
        return json.dumps(dict(payload), default=_plain, ensure_ascii=False, sort_keys=True)
    return said if trace in said else f"{said}\n{trace}".strip()


def _first(payload: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((text for name in names if isinstance(text := payload.get(name), str) and text), "")


def _plain(value: object) -> object:
    """A nested object or list of Google's as one of Python's."""
    return dict(value) if isinstance(value, Mapping) else str(value)


def _request(request: "HttpRequest") -> str:
    return f"{request.request_method} {_path(request.request_url)} answered {request.status}".strip()


def _path(url: str) -> str:
    """The path of an address; what was asked for behind it may be about people."""
    try:
        return urlsplit(url).path[:LONGEST_PATH]
    except ValueError:
        return ""


def _audit(found: "types.LogEntry") -> "AuditLog | None":
    """The record of who did what, if the entry is one."""
    payload = found.proto_payload
    if not payload or not payload.type_url.endswith("/google.cloud.audit.AuditLog"):
        return None
    from google.cloud.audit.audit_log_pb2 import AuditLog
    from google.protobuf.message import DecodeError

    try:
        return AuditLog.FromString(payload.value)
    except DecodeError:
        return None


def _deed(audit: "AuditLog") -> str:
    """What was done to what, as far as the entry says, and that it failed when it did."""
    from google.protobuf import json_format

    request = json_format.MessageToDict(audit.request)
    method = ".".join(audit.method_name.split(".")[-2:])
    mask = f" of {request['updateMask']}" if request.get("updateMask") else ""
    failure = f", which failed: {audit.status.message}" if audit.status.code else ""
    return f"{method}{mask}, {_changed(audit)}{_shares(request.get('service'))}{failure}"


def _shares(service: object) -> str:
    """Where traffic was sent, if that was asked."""
    targets = service.get("traffic") if isinstance(service, dict) else None
    if not isinstance(targets, list):
        return ""
    told = [
        f"{target.get('revision') or 'the latest'} {target['percent']:g} %"
        for target in targets
        if isinstance(target, dict) and isinstance(target.get("percent"), int | float) and target["percent"]
    ]
    return f" to {', '.join(told)}" if told else ""


def _changed(audit: "AuditLog | None") -> str:
    """The service or database instance that was changed: the last part of its name."""
    return audit.resource_name.rpartition("/")[2] if audit else ""
