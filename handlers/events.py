"""What the bot hears: words that mention it, and words written to it alone."""

import re
from typing import Any

from bot.domain.delivery import Delivery
from handlers.heard import LISTENERS
from handlers.marked import MARKS
from handlers.spoken import Said

MENTION = re.compile(r"^\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>\s*")
HEARD = ("app_mention", "message.im", *LISTENERS, *MARKS)
"""The events the app subscribes to."""


def said_in(body: dict[str, Any]) -> Said | None:
    """The words somebody addressed to the bot; None when the event holds none.

    Messages with a subtype (edits, joins) and those of bots are not addressed to it.
    """
    event = body["event"]
    direct = event.get("type") == "message" and event.get("channel_type") == "im"
    if not (direct or event.get("type") == "app_mention"):
        return None
    if event.get("subtype") or event.get("bot_id") or "user" not in event:
        return None
    return Said(
        words=MENTION.sub("", _unescaped(event.get("text") or "")),
        user=event["user"],
        channel=event["channel"],
        thread=event.get("thread_ts") or ("" if direct else event["ts"]),
        delivery=Delivery(source="slack/event", key=body["event_id"]),
    )


def _unescaped(text: str) -> str:
    """The words as they were typed: Slack escapes these three in messages, as it does not in commands."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
