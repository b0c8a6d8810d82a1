"""Reads one message as it is: who wrote it, what it says with names instead of ids, its files, its permalink.

The facts of the receipt: `marked` while the message is there with the reaction, and then `user` or the `name` of an
app, `text`, `link`, and `files` as JSON, each with `file`, `name` and `link`.
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.effect import Attempt, Receipt
from bot.domain.marked import ReadMessage
from bot.slack.client import Declined, JsonObject, read
from bot.slack.people import profile_of

_GONE = frozenset({"thread_not_found", "message_not_found"})
_REFERENCE = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_GROUP = "subteam^"
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


class Reading:
    """The executor of `ReadMessage`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def read(self, effect: ReadMessage, attempt: Attempt) -> Receipt:
        """Looks at the message; one that is not there any more is not marked either."""
        del attempt
        message = await self._message(effect)
        if message is None or not _is_marked(message, effect.emoji):
            return Receipt()
        user = str(message.get("user") or "")
        facts = {
            "marked": "yes",
            "user": "" if message.get("bot_id") else user,
            "name": await self._author(message, user),
            "text": await self._plain(str(message.get("text") or "")),
            "link": await self._link(effect),
            "files": json.dumps([_file(each) for each in message.get("files") or []]),
        }
        return Receipt(facts=facts)

    async def _message(self, effect: ReadMessage) -> JsonObject | None:
        """From the channel, else, when it was said in a thread, from there."""
        answer = await read(
            self._client.conversations_history(
                channel=effect.channel, oldest=effect.ts, latest=effect.ts, inclusive=True, limit=1
            )
        )
        if found := _of(answer, effect.ts):
            return found
        try:
            answer = await read(
                self._client.conversations_replies(
                    channel=effect.channel, ts=effect.ts, oldest=effect.ts, latest=effect.ts, inclusive=True
                )
            )
        except Declined as declined:
            if declined.code not in _GONE:
                raise
            return None
        return _of(answer, effect.ts)

    async def _author(self, message: JsonObject, user: str) -> str:
        if message.get("bot_id"):
            profile = message.get("bot_profile") or {}
            return str(message.get("username") or profile.get("name") or "an app")
        return await self._user(user)

    async def _link(self, effect: ReadMessage) -> str:
        try:
            answer = await read(self._client.chat_getPermalink(channel=effect.channel, message_ts=effect.ts))
        except Declined:
            return ""
        return str(answer.get("permalink") or "")

    async def _plain(self, text: str) -> str:
        """The text as people read it: `<@U1>` is a name, `<!here>` a word that calls nobody."""
        parts, end = [], 0
        for found in _REFERENCE.finditer(text):
            parts += [text[end : found.start()], await self._named(found[1], found[2], found[3] or "")]
            end = found.end()
        plain = "".join([*parts, text[end:]])
        for escaped, meant in _ESCAPED.items():
            plain = plain.replace(escaped, meant)
        return plain

    async def _named(self, kind: str, target: str, label: str) -> str:
        match kind:
            case "@":
                return f"@{await self._user(target) or label or target}"
            case "#":
                return f"#{label or await self._name(self._channel, target)}"
            case "!" if target.startswith(_GROUP):
                return label or f"@{await self._name(self._group, target.removeprefix(_GROUP))}"
            case "!":
                return label or f"@{target.partition('^')[0]}"
            case _:
                return f"{label} ({target})" if label and label != target else target

    async def _user(self, user: str) -> str:
        return await self._name(self._person, user)

    async def _name(self, ask: Callable[[str], Awaitable[str]], reference: str) -> str:
        """What somebody or something is called; its id when Slack does not tell."""
        try:
            return await ask(reference) or reference
        except Declined:
            return reference

    async def _person(self, user: str) -> str:
        answer = await read(self._client.users_info(user=user))
        return profile_of(answer["user"], "").name

    async def _channel(self, channel: str) -> str:
        answer = await read(self._client.conversations_info(channel=channel))
        return str(answer["channel"].get("name") or "")

    async def _group(self, group: str) -> str:
        answer = await read(self._client.usergroups_list())
        found = [each for each in answer.get("usergroups") or [] if each.get("id") == group]
        return str(found[0].get("handle") or "") if found else ""


def _of(answer: JsonObject, ts: str) -> JsonObject | None:
    found: list[Any] = [each for each in answer.get("messages") or [] if each.get("ts") == ts]
    return found[0] if found and found[0].get("subtype") != "tombstone" else None


def _is_marked(message: JsonObject, emoji: str) -> bool:
    return any(each.get("name") == emoji for each in message.get("reactions") or [])


def _file(file: JsonObject) -> dict[str, str]:
    name = file.get("title") or file.get("name") or "a file"
    return {"file": str(file.get("id") or ""), "name": str(name), "link": str(file.get("permalink") or "")}
