"""conversations.history and conversations.replies: what was said."""

import re

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.api.paging import cursor_to, limit_of, paged, read_cursor
from sandbox.slack.errors import SlackError
from sandbox.slack.scopes import HISTORY
from sandbox.slack.speaking import as_seen

TS = r"\d+(\.\d+)?"


def conversations_history(call: Call) -> JsonObject:
    """The newest messages first; the cursor holds although new ones arrive."""
    channel = call.joined_channel()
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    inclusive = call.arguments.flag("inclusive")
    found = call.workspace.timeline(channel.id).between(oldest, latest, inclusive=inclusive)
    if before := read_cursor(call.arguments, "before", TS):
        found = [ts for ts in found if ts < before]
    page, cursor = _last(call, found)
    pins = {"pin_count": len(channel.pins)}
    return paged({"messages": _shown(call, channel.id, page[::-1]), "has_more": bool(cursor), **pins}, cursor)


def _last(call: Call, found: list[str]) -> tuple[list[str], str]:
    limit = limit_of(call.arguments, default=100, most=999)
    page = found[-limit:]
    return page, cursor_to("before", page[0]) if len(page) < len(found) else ""


def conversations_replies(call: Call) -> JsonObject:
    """The parent, then its replies, the oldest first."""
    channel = call.joined_channel()
    asked = call.workspace.message(channel.id, call.arguments.text("ts"))
    if asked is None:
        raise SlackError("thread_not_found")
    parent = asked.thread_ts or asked.ts
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    inclusive = call.arguments.flag("inclusive")
    replies = call.workspace.timeline(channel.id).replies(parent, oldest, latest, inclusive=inclusive)
    if after := read_cursor(call.arguments, "after", TS):
        replies = [ts for ts in replies if ts > after]
    limit = limit_of(call.arguments, default=1000, most=1000)
    page = replies[:limit]
    cursor = cursor_to("after", page[-1]) if len(page) < len(replies) else ""
    shown = _shown(call, channel.id, [parent, *page])
    return paged({"messages": shown, "has_more": bool(cursor)}, cursor)


def _bound(call: Call, name: str) -> str:
    """A bound in time, padded so that it compares with a ts; empty is open."""
    value = call.arguments.text(name).strip('"')
    if value in {"", "0", "now"}:
        return ""
    if not re.fullmatch(TS, value):
        raise SlackError(f"invalid_ts_{name}")
    seconds, _, fraction = value.partition(".")
    return f"{seconds}.{fraction:0<6}"


def _shown(call: Call, channel: str, found: list[str]) -> list[JsonObject]:
    messages = call.workspace.timeline(channel).messages
    with_metadata = call.arguments.flag("include_all_metadata")
    return [as_seen(call.desk, messages[ts], with_metadata=with_metadata) for ts in found]


METHODS = [
    Method(
        name="conversations.history",
        carry_out=conversations_history,
        tier=3,
        scopes=HISTORY,
        required=("channel",),
        absent={"channel": "channel_not_found"},
        errors=("channel_not_found", "not_in_channel", "invalid_cursor", "invalid_ts_latest", "invalid_ts_oldest"),
    ),
    Method(
        name="conversations.replies",
        carry_out=conversations_replies,
        tier=3,
        scopes=HISTORY,
        required=("channel", "ts"),
        absent={"channel": "channel_not_found", "ts": "thread_not_found"},
        errors=(
            "channel_not_found",
            "not_in_channel",
            "thread_not_found",
            "invalid_cursor",
            "invalid_ts_latest",
            "invalid_ts_oldest",
        ),
    ),
]
