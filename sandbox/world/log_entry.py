"""An entry of the platform's log."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.payload import JsonObject

LogName = Literal[
    "run.googleapis.com/requests",
    "run.googleapis.com/stdout",
    "run.googleapis.com/stderr",
    "run.googleapis.com/varlog/system",
    "cloudaudit.googleapis.com/activity",
]
REQUESTS: LogName = "run.googleapis.com/requests"
STDOUT: LogName = "run.googleapis.com/stdout"
STDERR: LogName = "run.googleapis.com/stderr"
SYSTEM: LogName = "run.googleapis.com/varlog/system"
AUDIT: LogName = "cloudaudit.googleapis.com/activity"


@dataclass(frozen=True, kw_only=True)
class Request:
    """The request an entry is about."""

    method: str
    path: str
    status: int
    latency_ms: float


@dataclass(frozen=True, kw_only=True)
class Audit:
    """Who did what to which resource, in the platform's own words."""

    principal: str
    service: str
    method: str
    resource: str
    request: JsonObject = field(default_factory=dict)
    """What was asked, where the log says it."""


@dataclass(frozen=True, kw_only=True)
class WorldLogEntry:
    """One entry; `at` is in seconds of business time, `severity` a word of Cloud Logging's."""

    at: float
    log: LogName
    severity: str
    text: str
    service: str = ""
    revision: str = ""
    id: str = ""
    request: Request | None = field(default=None)
    audit: Audit | None = field(default=None)
    instance: str = ""
    """The database instance, for an audit entry about one."""
