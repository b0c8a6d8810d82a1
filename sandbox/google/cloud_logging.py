"""Cloud Logging as the practice ground has it: entries of the platform's log that pass a filter, newest first."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

import grpc
from google.cloud.logging_v2 import types

from sandbox.google.filter_language import Comparison, Every, Node, comparisons, holds, may_hold, parse
from sandbox.google.log_messages import entry_message, log_name, record_of
from sandbox.google.paging import next_token, start_of
from sandbox.google.wire import Carried, Method, Refusal
from sandbox.world.journal import EVERY
from sandbox.world.log_entry import REQUESTS, WorldLogEntry
from sandbox.world.platform import Platform
from sandbox.world.spec import PROJECT

DEFAULT_PAGE = 50
LARGEST_PAGE = 1000
KEPT_FOR = timedelta(days=30)
FIELDS = (
    "insertId",
    "jsonPayload",
    "httpRequest",
    "logName",
    "protoPayload",
    "resource",
    "severity",
    "textPayload",
    "timestamp",
)


class CloudLogging:
    """The log of the platform's project."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def log(self) -> Mapping[str, Carried]:
        """The methods of google.logging.v2.LoggingServiceV2."""
        return {
            "ListLogEntries": Method(
                read=types.ListLogEntriesRequest.deserialize,
                answer=self._list_log_entries,
                write=types.ListLogEntriesResponse.serialize,
                shown=lambda request: {"filter": request.filter, "page_size": request.page_size},
            )
        }

    def _list_log_entries(self, request: types.ListLogEntriesRequest) -> types.ListLogEntriesResponse:
        if list(request.resource_names) != [f"projects/{PROJECT}"]:
            raise Refusal(grpc.StatusCode.PERMISSION_DENIED, "Permission 'logging.logEntries.list' denied.")
        if request.page_size > LARGEST_PAGE or request.page_size < 0:
            raise _invalid(f"page_size must be at most {LARGEST_PAGE}.")
        if request.order_by != "timestamp desc":
            raise _invalid("The practice ground lists the newest entries first: order_by is 'timestamp desc'.")
        asked = parse(request.filter)
        for each in comparisons(asked):
            if each.path.split(".")[0] not in FIELDS:
                raise _invalid(f"Field not found: '{each.path}'.")
        size, start = request.page_size or DEFAULT_PAGE, start_of(request.page_token)
        found = list(islice(self._entries(asked), start, start + size + 1))
        token = next_token(start + size) if len(found) > size else ""
        return types.ListLogEntriesResponse(entries=list(map(entry_message, found[:size])), next_page_token=token)

    def _entries(self, asked: Node) -> Iterator[WorldLogEntry]:
        """Those that pass; what cannot pass is not even looked at, for most of a log is of no interest."""
        certain = _certain(asked)
        since, until = _window(certain, self._platform.now())
        services = [each.value for each in certain if each.path == "resource.labels.service_name" and each.sign == "="]
        if services and services[0] not in self._platform.services:
            return
        entries = self._platform.log(
            services[0] if services else "",
            # Entries are told to the microsecond, which may be a bit later than they are; the filter decides.
            since=since - timedelta(microseconds=1),
            until=until,
            logs=[log for log in EVERY if may_hold(asked, {"logName": log_name(log)})],
            troubles=not any(may_hold(asked, fine) for fine in _fine_requests()),
        )
        for entry in entries:
            if holds(asked, record_of(entry)):
                yield entry


def _fine_requests() -> Iterator[Mapping[str, object]]:
    """What is known of requests that were not answered 5xx."""
    for status, severity in ((200, "INFO"), (404, "WARNING")):
        yield {"logName": log_name(REQUESTS), "httpRequest.status": status, "severity": severity}


def _certain(asked: Node) -> list[Comparison]:
    """The comparisons that hold for every entry that passes."""
    match asked:
        case Comparison():
            return [asked]
        case Every(parts):
            return [each for part in parts for each in _certain(part)]
        case _:
            return []


def _window(certain: list[Comparison], now: datetime) -> tuple[datetime, datetime]:
    """From when to when an entry may be, as far as the filter says; entries are kept for a while only."""
    since, until = now - KEPT_FOR, now
    for each in certain:
        if each.path == "timestamp" and each.sign in {">=", ">"}:
            since = max(since, _moment(each.value))
        if each.path == "timestamp" and each.sign in {"<=", "<"}:
            until = min(until, _moment(each.value))
    return since, until


def _moment(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise _invalid(f"'{value}' is no timestamp.") from None


def _invalid(words: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, words)
