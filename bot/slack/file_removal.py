"""Carries out deleting the bot's own files of a channel, by asking Slack which there are."""

from collections.abc import AsyncIterator

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.effect import Attempt, Receipt
from bot.domain.putting_away import RemoveFiles
from bot.slack.client import Declined, carried_out, read
from bot.slack.identity import Identity
from bot.slack.place import address_of

_PAGE = 100
_GONE = frozenset({"file_deleted", "file_not_found"})
"""Refusals that say that a file is not there any more."""


class FileRemoval:
    """The executor of `RemoveFiles`."""

    def __init__(self, client: AsyncWebClient, identity: Identity) -> None:
        self._client = client
        self._identity = identity

    async def remove(self, effect: RemoveFiles, attempt: Attempt) -> Receipt:
        """Deletes what the bot shared in a channel; what is gone already is as it should be."""
        channel = address_of(attempt, effect.place).channel
        for file in [each async for each in self._own(channel)]:
            try:
                await carried_out(self._client.files_delete(file=file))
            except Declined as declined:
                if declined.code not in _GONE:
                    raise
        return Receipt()

    async def _own(self, channel: str) -> AsyncIterator[str]:
        """The ids of the bot's own files in a channel."""
        me, page, pages = await self._identity.known(), 0, 1
        while page < pages:
            page += 1
            answer = await read(self._client.files_list(channel=channel, user=me.user, count=_PAGE, page=page))
            pages = int((answer.get("paging") or {}).get("pages") or 0)
            for file in answer.get("files") or []:
                yield str(file["id"])
