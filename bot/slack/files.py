"""Carries out sharing files: announce one, upload its bytes, then complete it in its channel or thread.

Only the third step shows anything to anybody. A file cannot carry the effect's key, so its name is its own among the
files of the place, and an unknown outcome is settled by looking for it there.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.document import ShareFile
from bot.domain.effect import Attempt, Receipt
from bot.domain.errors import Retry
from bot.slack.client import Declined, JsonObject, carried_out, read
from bot.slack.messages import CLOCK_SKEW
from bot.slack.place import Address, address_of, gone

_PAGE = 200
LONGEST_ALT = 1000
"""Characters of a picture in words; Slack's limit."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as it is to be. `alt` says in words what a picture shows; `place` is what it goes to, for sentences."""

    place: str
    to: Address
    """With a `thread`, into that."""
    name: str
    title: str
    content: bytes
    alt: str = ""


class Files:
    """The executor of `ShareFile`, and whatever else is uploaded."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def share(self, effect: ShareFile, attempt: Attempt) -> Receipt:
        """Shares the file once; one that an earlier attempt shared unseen is found. Facts: `file`, `link`."""
        upload = Upload(
            place=effect.place,
            to=Address(channel=address_of(attempt, effect.place).channel),
            name=effect.name,
            title=effect.title,
            content=effect.content.encode("utf-8", "replace"),
        )
        return await self.put(upload, attempt)

    async def put(self, upload: Upload, attempt: Attempt) -> Receipt:
        """The same for any file."""
        try:
            shared = await self._shared(upload, attempt) if attempt.look else None
            shared = shared or await self._completed(upload, await self._uploaded(upload))
        except Declined as declined:
            raise gone(declined) from declined
        return Receipt(facts={"file": str(shared.get("id") or ""), "link": str(shared.get("permalink") or "")})

    async def _uploaded(self, upload: Upload) -> str:
        """The id of the uploaded bytes; until they are completed nobody sees them, so a failure only costs time."""
        answer = await read(
            self._client.files_getUploadURLExternal(
                filename=upload.name, length=len(upload.content), alt_txt=upload.alt[:LONGEST_ALT] or None
            )
        )
        session = self._client.session
        assert session
        try:
            async with session.post(answer["upload_url"], data=upload.content) as response:
                if response.status != 200:
                    raise Retry(f"Slack did not take the file ({response.status}).")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(f"Slack did not take the file ({type(error).__name__}).") from error
        return str(answer["file_id"])

    async def _completed(self, upload: Upload, file: str) -> JsonObject:
        files: list[dict[str, str | None]] = [{"id": file, "title": upload.title}]
        answer = await carried_out(
            self._client.files_completeUploadExternal(
                files=files, channel_id=upload.to.channel, thread_ts=upload.to.thread or None
            )
        )
        return _first(answer.get("files")) or {"id": file}

    async def _shared(self, upload: Upload, attempt: Attempt) -> JsonObject | None:
        """The file of that name, if it was shared since the first attempt."""
        oldest, cursor = f"{(attempt.first_at - CLOCK_SKEW).timestamp():.6f}", None
        while cursor != "":
            answer = await read(self._said(upload.to, oldest, cursor))
            files = [file for message in answer.get("messages") or [] for file in message.get("files") or []]
            if found := _first([file for file in files if file.get("name") == upload.name]):
                return found
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        return None

    def _said(self, to: Address, oldest: str, cursor: str | None) -> Awaitable[AsyncSlackResponse]:
        """A page of what was said there."""
        if to.thread:
            return self._client.conversations_replies(
                channel=to.channel, ts=to.thread, oldest=oldest, cursor=cursor, limit=_PAGE
            )
        return self._client.conversations_history(channel=to.channel, oldest=oldest, cursor=cursor, limit=_PAGE)


def _first(files: Any) -> JsonObject | None:
    return files[0] if files else None
