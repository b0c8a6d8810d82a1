"""Carries out sharing a file: announce it, upload its bytes, then complete it in its channel.

Only the third step shows anything to anybody. A file cannot carry the effect's key, so its name is its own among the
files of the channel, and an unknown outcome is settled by looking for it there.
"""

from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.document import ShareFile
from bot.domain.effect import Attempt, Receipt
from bot.domain.errors import Retry
from bot.slack.client import Declined, JsonObject, carried_out, read
from bot.slack.messages import CLOCK_SKEW
from bot.slack.place import address_of, gone

_PAGE = 200


class Files:
    """The executor of `ShareFile`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def share(self, effect: ShareFile, attempt: Attempt) -> Receipt:
        """Shares the file once; one that an earlier attempt shared unseen is found. Facts: `file`, `link`."""
        place = address_of(attempt, effect.place).channel
        try:
            shared = await self._shared(place, effect.name, attempt) if attempt.look else None
            shared = shared or await self._completed(place, effect, await self._uploaded(effect))
        except Declined as declined:
            raise gone(declined, effect.place) from declined
        return Receipt(facts={"file": str(shared.get("id") or ""), "link": str(shared.get("permalink") or "")})

    async def _uploaded(self, effect: ShareFile) -> str:
        """The id of the uploaded bytes; until they are completed nobody sees them, so a failure only costs time."""
        content = effect.content.encode("utf-8", "replace")
        answer = await read(self._client.files_getUploadURLExternal(filename=effect.name, length=len(content)))
        session = self._client.session
        assert session
        try:
            async with session.post(answer["upload_url"], data=content) as response:
                if response.status != 200:
                    raise Retry(f"Slack did not take the file ({response.status}).")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(f"Slack did not take the file ({type(error).__name__}).") from error
        return str(answer["file_id"])

    async def _completed(self, place: str, effect: ShareFile, file: str) -> JsonObject:
        files: list[dict[str, str | None]] = [{"id": file, "title": effect.title}]
        answer = await carried_out(self._client.files_completeUploadExternal(files=files, channel_id=place))
        return _first(answer.get("files")) or {"id": file}

    async def _shared(self, place: str, name: str, attempt: Attempt) -> JsonObject | None:
        """The file of that name, if it was shared since the first attempt."""
        oldest, cursor = f"{(attempt.first_at - CLOCK_SKEW).timestamp():.6f}", None
        while cursor != "":
            answer = await read(
                self._client.conversations_history(channel=place, oldest=oldest, cursor=cursor, limit=_PAGE)
            )
            files = [file for message in answer.get("messages") or [] for file in message.get("files") or []]
            if found := _first([file for file in files if file.get("name") == name]):
                return found
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        return None


def _first(files: Any) -> JsonObject | None:
    return files[0] if files else None
