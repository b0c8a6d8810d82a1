"""Filters of Cloud Logging and Cloud Monitoring, built from typed parts: whatever a value says, it stays a value.

The grammar is https://cloud.google.com/logging/docs/view/logging-query-language, of which `OR` binds tighter than
`AND`; every group is in parentheses of its own, so that nobody has to know.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never


class Field(StrEnum):
    """What is compared."""

    RESOURCE = "resource.type"
    SERVICE = "resource.labels.service_name"
    DATABASE = "resource.labels.database_id"
    HOST = "resource.labels.host"
    INSTANCE = "resource.labels.instance_id"
    METRIC = "metric.type"
    AT = "timestamp"
    SEVERITY = "severity"
    LOG = "logName"
    TEXT = "textPayload"
    STATUS = "httpRequest.status"
    AUDITED = "protoPayload.serviceName"


class Sign(StrEnum):
    """How it is compared."""

    IS = "="
    AT_LEAST = ">="
    AT_MOST = "<="
    BEFORE = "<"
    MATCHES = "=~"
    """A regular expression of RE2."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A field against a value."""

    field: Field
    sign: Sign
    value: str | int | datetime


@dataclass(frozen=True, kw_only=True)
class Present:
    """A field that says something."""

    field: Field


@dataclass(frozen=True, kw_only=True)
class EndsWith:
    """A field whose value ends so; known to Cloud Monitoring only."""

    field: Field
    value: str


@dataclass(frozen=True, kw_only=True)
class Not:
    """What does not hold."""

    part: "Filter"


@dataclass(frozen=True)
class AllOf:
    """What holds when all parts do; there is at least one."""

    parts: "tuple[Filter, ...]"


@dataclass(frozen=True)
class AnyOf:
    """What holds when one part does; there is at least one."""

    parts: "tuple[Filter, ...]"


Filter = Compared | Present | EndsWith | Not | AllOf | AnyOf

ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
TO_ESCAPE = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029]')


def written(what: Filter) -> str:
    """The filter in Google's language."""
    if isinstance(what, AllOf):
        return " AND ".join(map(_part, what.parts))
    return _part(what)


def _part(what: Filter) -> str:
    match what:
        case Compared():
            return f"{what.field}{what.sign}{_value(what.value)}"
        case Present():
            return f"{what.field}:*"
        case EndsWith():
            return f"{what.field}=ends_with({_quoted(what.value)})"
        case Not():
            return f"(NOT {_part(what.part)})"
        case AllOf():
            return f"({' AND '.join(map(_part, what.parts))})"
        case AnyOf():
            return f"({' OR '.join(map(_part, what.parts))})"
        case _:
            assert_never(what)


def same(field: Field, value: str | int) -> Compared:
    """A field that is just that."""
    return Compared(field=field, sign=Sign.IS, value=value)


def _value(value: str | int | datetime) -> str:
    match value:
        case datetime():
            return _quoted(value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"))
        case int():
            return str(value)
        case _:
            return _quoted(value)


def _quoted(text: str) -> str:
    # Halves of characters, which UTF-8 cannot write, become question marks.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return f'"{TO_ESCAPE.sub(_escaped, whole)}"'


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return ESCAPES.get(character) or f"\\u{ord(character):04x}"
