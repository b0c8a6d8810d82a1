"""Pages: part of a list, and a cursor to the rest."""

import base64
import re
from collections.abc import Sequence
from typing import TypeVar

from sandbox.payload import JsonObject
from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import SlackError

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item], arguments: Arguments, *, default: int, most: int, wrong: str = "invalid_arguments"
) -> tuple[list[Item], str]:
    """The items the arguments ask for, and the cursor to the next ones; raises SlackError invalid_cursor, `wrong`."""
    start = int(read_cursor(arguments, "place", r"\d+") or 0)
    end = start + limit_of(arguments, default=default, most=most, wrong=wrong)
    return list(items[start:end]), cursor_to("place", end) if end < len(items) else ""


def limit_of(arguments: Arguments, *, default: int, most: int, wrong: str = "invalid_arguments") -> int:
    """How many items a page may have; raises SlackError `wrong`."""
    limit = arguments.number("limit", default, wrong=wrong)
    if not 0 <= limit <= most:
        raise SlackError(wrong)
    return limit or default


def paged(body: JsonObject, cursor: str) -> JsonObject:
    """An answer with its cursor."""
    return {**body, "response_metadata": {"next_cursor": cursor}}


def cursor_to(kind: str, place: object) -> str:
    return base64.b64encode(f"{kind}:{place}".encode()).decode()


def read_cursor(arguments: Arguments, kind: str, pattern: str) -> str:
    """The place a cursor of this kind points to, empty without a cursor; raises SlackError invalid_cursor."""
    cursor = arguments.text("cursor")
    if not cursor:
        return ""
    try:
        found, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if found != kind or not re.fullmatch(pattern, place):
        raise SlackError("invalid_cursor")
    return place
