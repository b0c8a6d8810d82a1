"""Carries out what is done with messages: post, edit, delete, whisper, pin.

A post has no natural key in Slack. It carries the effect's own as metadata, so that after an unknown outcome the
channel can be searched for it instead of posting twice.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.effect import Attempt, Delete, Edit, Pin, Post, Receipt, Whisper
from bot.domain.message import Message
from bot.slack.blocks import rendered
from bot.slack.client import Declined, carried_out, read
from bot.slack.place import Address, address_of, gone

MessageOf = Callable[[str], Awaitable[Message | None]]
"""The current message of a slot; None when there is nothing to show any more."""

EVENT_TYPE = "opsbot"
CLOCK_SKEW = timedelta(seconds=60)
"""How far Slack's clock may be behind ours."""
_PAGE = 200
_UNREACHABLE = frozenset(
    {
        "user_not_in_channel",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "thread_not_found",
        "cannot_reply_to_message",
    }
)


class Messages:
    """Executors of the effects on messages."""

    def __init__(self, client: AsyncWebClient, *, message_of: MessageOf) -> None:
        self._client = client
        self._message_of = message_of

    async def post(self, effect: Post, attempt: Attempt) -> Receipt:
        """Posts once; a message that an earlier attempt posted unseen is found and kept."""
        message = effect.message or await self._message_of(effect.slot)
        if message is None:
            return Receipt()
        place = address_of(attempt, effect.thread or effect.place)
        there = Address(channel=place.channel, thread=place.ts if effect.thread else "")
        return await self._posted(effect.slot, there, message, attempt)

    async def edit(self, effect: Edit, attempt: Attempt) -> Receipt:
        """Brings the message up to date; one that somebody deleted is posted anew, one with nothing to say goes away."""
        place = address_of(attempt, effect.slot)
        message = await self._message_of(effect.slot)
        if message is None:
            return await self._taken_away(place)
        shown = rendered(message)
        try:
            await carried_out(
                self._client.chat_update(channel=place.channel, ts=place.ts, text=shown.text, blocks=shown.blocks)
            )
        except Declined as declined:
            if declined.code == "message_not_found":
                return await self._posted(effect.slot, place, message, attempt)
            raise gone(declined) from declined
        return Receipt()

    async def delete(self, effect: Delete, attempt: Attempt) -> Receipt:
        """Takes the message back; one that is not there any more is taken back already."""
        return await self._taken_away(address_of(attempt, effect.slot))

    async def whisper(self, effect: Whisper, attempt: Attempt) -> Receipt:
        """Shows it to one person, never twice; where that cannot be, in the direct conversation with the bot."""
        if attempt.look:
            return Receipt()
        if not effect.channel:
            return await self._told(effect, attempt)
        shown = rendered(effect.message)
        call = self._client.chat_postEphemeral(
            channel=effect.channel,
            user=effect.user,
            text=shown.text,
            blocks=shown.blocks,
            thread_ts=effect.thread_ts,
        )
        try:
            await carried_out(call)
        except Declined as declined:
            if declined.code not in _UNREACHABLE:
                raise
            return await self._told(effect, attempt)
        return Receipt()

    async def _told(self, effect: Whisper, attempt: Attempt) -> Receipt:
        """The same in the direct conversation: it is not said in a channel, or cannot be said there."""
        opened = await carried_out(self._client.conversations_open(users=[effect.user]))
        await self._sent(Address(channel=opened["channel"]["id"]), effect.message, attempt.key)
        return Receipt()

    async def pin(self, effect: Pin, attempt: Attempt) -> Receipt:
        """Pins the message, if it is not pinned yet."""
        place = address_of(attempt, effect.slot)
        try:
            await carried_out(self._client.pins_add(channel=place.channel, timestamp=place.ts))
        except Declined as declined:
            if declined.code != "already_pinned":
                raise gone(declined) from declined
        return Receipt()

    async def _posted(self, slot: str, place: Address, message: Message, attempt: Attempt) -> Receipt:
        """Posts unless an attempt before did, and binds the slot to the message."""
        ts = await self._found(place, attempt) if attempt.look else None
        try:
            ts = ts or await self._sent(place, message, attempt.key)
        except Declined as declined:
            raise gone(declined) from declined
        in_thread = {"thread": place.thread} if place.thread else {}
        return Receipt(binds={slot: {"channel": place.channel, "ts": ts, **in_thread}})

    async def _sent(self, place: Address, message: Message, key: str) -> str:
        shown = rendered(message)
        answer = await carried_out(
            self._client.chat_postMessage(
                channel=place.channel,
                text=shown.text,
                blocks=shown.blocks,
                thread_ts=place.thread or None,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return str(answer["ts"])

    async def _found(self, place: Address, attempt: Attempt) -> str | None:
        """The message that an earlier attempt at this effect posted."""
        async for message in self._since(place, (attempt.first_at - CLOCK_SKEW).timestamp()):
            if _key_of(message) == attempt.key:
                return str(message["ts"])
        return None

    async def _since(self, place: Address, oldest: float) -> AsyncIterator[dict[str, Any]]:
        """Everything said in a channel, or in a thread of it, since a moment."""
        cursor: str | None = None
        while cursor != "":
            answer = await read(self._page(place, f"{oldest:.6f}", cursor or None))
            for message in answer.get("messages") or []:
                yield message
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")

    def _page(self, place: Address, oldest: str, cursor: str | None) -> Awaitable[Any]:
        if place.thread:
            return self._client.conversations_replies(
                channel=place.channel,
                ts=place.thread,
                oldest=oldest,
                cursor=cursor,
                limit=_PAGE,
                include_all_metadata=True,
            )
        return self._client.conversations_history(
            channel=place.channel, oldest=oldest, cursor=cursor, limit=_PAGE, include_all_metadata=True
        )

    async def _taken_away(self, place: Address) -> Receipt:
        try:
            await carried_out(self._client.chat_delete(channel=place.channel, ts=place.ts))
        except Declined as declined:
            if declined.code not in {"message_not_found", "channel_not_found", "is_archived", "not_in_channel"}:
                raise
        return Receipt()


def _key_of(message: dict[str, Any]) -> str | None:
    """The effect that posted a message, by its metadata; None for what anybody else said."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    key = (metadata.get("event_payload") or {}).get("key")
    return str(key) if key else None
