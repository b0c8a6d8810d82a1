"""bookmarks.*: links at the head of a channel."""

from sandbox.payload import JsonObject
from sandbox.slack.api.method import Call, Method
from sandbox.slack.channel import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.marking import put_bookmark, remove_bookmark
from sandbox.slack.workspace import new_id

MOST_BOOKMARKS = 100
"""Bookmarks of one channel; Slack has a limit and does not tell it."""


def bookmarks_add(call: Call) -> JsonObject:
    channel = _place(call)
    if call.arguments.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if len(channel.bookmarks) >= MOST_BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    ranks = [int(bookmark["rank"]) for bookmark in channel.bookmarks]
    now = call.workspace.seconds()
    bookmark = {
        "id": new_id("Bk"),
        "channel_id": channel.id,
        "title": call.arguments.text("title"),
        "link": _link(call),
        "emoji": call.arguments.text("emoji"),
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": now,
        "date_updated": now,
        "rank": f"{max(ranks, default=0) + 1:08d}",
        "last_updated_by_user_id": call.bot,
        "last_updated_by_team_id": call.workspace.team,
        "shortcut_id": None,
        "app_id": call.desk.app.id,
    }
    put_bookmark(call.desk, channel, bookmark)
    return {"bookmark": bookmark}


def bookmarks_edit(call: Call) -> JsonObject:
    channel = _place(call)
    bookmark = _bookmark(call, channel)
    changes: JsonObject = {"date_updated": call.workspace.seconds(), "last_updated_by_user_id": call.bot}
    for part in ("title", "emoji"):
        if call.arguments.has(part):
            changes[part] = call.arguments.text(part)
    if call.arguments.has("link"):
        changes["link"] = _link(call)
    put_bookmark(call.desk, channel, bookmark | changes)
    return {"bookmark": bookmark | changes}


def bookmarks_list(call: Call) -> JsonObject:
    return {"bookmarks": list(_place(call).bookmarks)}


def bookmarks_remove(call: Call) -> JsonObject:
    channel = _place(call)
    remove_bookmark(call.desk, channel, _bookmark(call, channel))
    return {}


def _place(call: Call) -> Channel:
    channel = call.channel("channel_id")
    if call.bot not in channel.members:
        raise SlackError("channel_not_found")
    return channel


def _bookmark(call: Call, channel: Channel) -> JsonObject:
    wanted = call.arguments.text("bookmark_id")
    found = next((bookmark for bookmark in channel.bookmarks if bookmark["id"] == wanted), None)
    if found is None:
        raise SlackError("not_found")
    return found


def _link(call: Call) -> str:
    link = call.arguments.text("link")
    if not link.startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    return link


METHODS = [
    Method(
        name="bookmarks.add",
        carry_out=bookmarks_add,
        tier=2,
        scopes=("bookmarks:write",),
        required=("title", "type"),
        errors=("channel_not_found", "invalid_bookmark_type", "invalid_link", "too_many_bookmarks"),
    ),
    Method(
        name="bookmarks.edit",
        carry_out=bookmarks_edit,
        tier=2,
        scopes=("bookmarks:write",),
        errors=("channel_not_found", "not_found", "invalid_link"),
    ),
    Method(
        name="bookmarks.list",
        carry_out=bookmarks_list,
        tier=3,
        scopes=("bookmarks:read",),
        errors=("channel_not_found",),
    ),
    Method(
        name="bookmarks.remove",
        carry_out=bookmarks_remove,
        tier=2,
        scopes=("bookmarks:write",),
        errors=("channel_not_found", "not_found"),
    ),
]
