"""What the bot hears of messages: a reaction that puts one on the timeline, and what becomes of it there."""

from typing import Any

from bot.domain.delivery import Delivery
from handlers.spoken import Desk

Json = dict[str, Any]

MARKS = ("message.channels", "message.groups", "reaction_added", "reaction_removed")
"""The events of it that the app subscribes to."""


async def heed(body: Json, desk: Desk) -> None:
    """An event about a message that is on a timeline, or shall be; nothing is done about any other."""
    event = body["event"]
    emoji = desk.organisation.timeline_emoji
    match event.get("type"), event.get("subtype"):
        case "reaction_added" | "reaction_removed", _:
            found = _reacted(event, emoji)
        case "message", "message_changed" | "message_deleted":
            found = _changed(event, emoji)
        case _:
            found = None
    if found:
        channel, ts, is_marked = found
        delivery = Delivery(source="slack/event", key=body["event_id"])
        await desk.records.heed(channel, ts, delivery=delivery, is_marked=is_marked)


def _reacted(event: Json, emoji: str) -> tuple[str, str, bool] | None:
    item = event.get("item") or {}
    if event.get("reaction") != emoji or item.get("type") != "message":
        return None
    return item["channel"], item["ts"], True


def _changed(event: Json, emoji: str) -> tuple[str, str, bool] | None:
    """The message that was changed or deleted, and whether it is or was marked.

    The bot edits its own all the time: of an app's message the event itself must say that it is marked.
    """
    before, after = event.get("previous_message") or {}, event.get("message") or {}
    is_marked = any(each.get("name") == emoji for one in (before, after) for each in one.get("reactions") or [])
    if not is_marked and (before.get("bot_id") or after.get("bot_id")):
        return None
    ts = after.get("ts") or event.get("deleted_ts") or before.get("ts")
    return (event["channel"], ts, is_marked) if ts else None
