"""A shortcut as Slack delivers it, read into what handlers see."""

from typing import Any

from bot.domain.delivery import Delivery
from handlers.spoken import Called, Found

Json = dict[str, Any]
SOMEWHERE = "{address}archives/{channel}/p{ts}"
"""A message's permalink. It is put together here, because the bot need not be in the message's channel to ask for it."""


def called_in(body: Json, address: str) -> Called:
    """A global shortcut, or one on a message; `address` is the workspace's, with the slash at its end."""
    channel = (body.get("channel") or {}).get("id") or ""
    message = body.get("message")
    return Called(
        shortcut=body["callback_id"],
        user=body["user"]["id"],
        delivery=Delivery(source="slack/shortcut", key=body["trigger_id"]),
        channel=channel,
        message=_found(message, channel, address) if message else None,
    )


def _found(message: Json, channel: str, address: str) -> Found:
    app = message.get("bot_profile") or {}
    is_app = bool(message.get("bot_id"))
    return Found(
        ts=str(message["ts"]),
        user="" if is_app else str(message.get("user") or ""),
        name=str(message.get("username") or app.get("name") or "an app") if is_app else "",
        text=str(message.get("text") or ""),
        link=_permalink(message, channel, address),
    )


def _permalink(message: Json, channel: str, address: str) -> str:
    link = SOMEWHERE.format(address=address, channel=channel, ts=str(message["ts"]).replace(".", ""))
    thread = message.get("thread_ts")
    return f"{link}?thread_ts={thread}&cid={channel}" if thread and thread != message["ts"] else link
