"""What the bot hears of channels: who comes and goes, and what people do to war rooms by hand."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.domain.delivery import Delivery
from handlers.spoken import Desk

Json = dict[str, Any]
Heard = Callable[[Json, Delivery, Desk, str], Awaitable[None]]
"""What is done about an event; the last argument is the bot's own Slack id."""


async def hear(body: Json, desk: Desk) -> None:
    """An event about a channel; nothing is done about any other."""
    event = body["event"]
    if listener := LISTENERS.get(event.get("type", "")):
        delivery = Delivery(source="slack/event", key=body["event_id"])
        await listener(event, delivery, desk, _bot(body))


async def _joined(event: Json, delivery: Delivery, desk: Desk, bot: str) -> None:
    if event["user"] == bot:
        await desk.room_news.back(event["channel"], delivery=delivery)
    else:
        await desk.members.joined(event["channel"], event["user"], delivery=delivery)


async def _left(event: Json, delivery: Delivery, desk: Desk, bot: str) -> None:
    if event["user"] == bot:
        await desk.room_news.removed(event["channel"], delivery=delivery)
    else:
        await desk.members.left(event["channel"], event["user"], delivery=delivery)


async def _archived(event: Json, delivery: Delivery, desk: Desk, bot: str) -> None:
    if event.get("user") != bot:
        await desk.room_news.archived(event["channel"], event.get("user", ""), delivery=delivery)


async def _renamed(event: Json, delivery: Delivery, desk: Desk, _bot: str) -> None:
    await desk.room_news.renamed(event["channel"]["id"], event["channel"]["name"], delivery=delivery)


async def _home_opened(event: Json, delivery: Delivery, desk: Desk, _bot: str) -> None:
    if event.get("tab") == "home":
        await desk.homes.opened(event["user"], delivery=delivery)


def _bot(body: Json) -> str:
    """Whoever the event was delivered to."""
    authorizations = body.get("authorizations") or [{}]
    return str(authorizations[0].get("user_id", ""))


LISTENERS: Mapping[str, Heard] = {
    "app_home_opened": _home_opened,
    "member_joined_channel": _joined,
    "member_left_channel": _left,
    "channel_archive": _archived,
    "group_archive": _archived,
    "channel_rename": _renamed,
    "group_rename": _renamed,
}
"""The events of channels and Homes that the app subscribes to."""
