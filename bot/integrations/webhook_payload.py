"""Reads what strangers' programs send: any JSON may come, and only what has the right shape gets further."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

Json = Mapping[str, object]

WEB = re.compile(r"https?://[^\s<>|\"\x00-\x20\x7f]{1,1990}")
LONGEST_LABEL = 1000
MOST_LABELS = 100


class Unreadable(ValueError):
    """It is no JSON object, or lacks what makes it an event."""


def object_in(body: bytes) -> Json:
    """The JSON object that a body is; raises Unreadable."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(read, dict):
        raise Unreadable("no JSON object")
    return read


def part(of: Json, name: str) -> Json:
    """An object within an object; empty when there is none."""
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def objects(of: Json, name: str) -> list[Json]:
    """The objects of a list; empty when there is none."""
    found = of.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def words(of: Json, name: str) -> str:
    """A text, without what no database or message takes; empty when there is none."""
    found = of.get(name)
    return _clean(found) if isinstance(found, str) else ""


def needed(of: Json, name: str) -> str:
    """A text that must be there."""
    if found := words(of, name):
        return found
    raise Unreadable(f"{name} is missing")


def address(of: Json, name: str) -> str:
    """An address that may be shown as a link; empty when it is none."""
    found = words(of, name)
    return found if WEB.fullmatch(found) else ""


def labels(of: Json, name: str) -> dict[str, str]:
    """Named texts, no more and no longer than anybody means."""
    found = part(of, name)
    pairs = ((_clean(key), words(found, key)[:LONGEST_LABEL]) for key in list(found)[:MOST_LABELS])
    return {key[:LONGEST_LABEL]: value for key, value in pairs}


def moment(of: Json, name: str) -> datetime | None:
    """A moment, in UTC; None when it cannot be read."""
    try:
        read = datetime.fromisoformat(words(of, name))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _clean(text: str) -> str:
    """Lone surrogates can be stored nowhere, and NUL not in PostgreSQL."""
    return text.replace("\x00", "").encode(errors="replace").decode()
