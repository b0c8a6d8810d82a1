"""Who the bot is in its workspace."""

import asyncio
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.client import read


@dataclass(frozen=True, kw_only=True)
class Myself:
    """The bot's own ids: of its user, of the bot as an author, and of its workspace."""

    user: str
    bot: str
    team: str
    address: str = ""
    """Of the workspace, with the slash at its end."""


class Identity:
    """Asks Slack once, when somebody first needs to know; start-up may ask early, so that nobody has to wait."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: Myself | None = None
        self._asking = asyncio.Lock()

    async def known(self) -> Myself:
        """The bot's ids; raises `Retry` while Slack cannot be asked or refuses the token."""
        async with self._asking:
            if self._known is None:
                answer = await read(self._client.auth_test())
                self._known = Myself(
                    user=answer["user_id"],
                    bot=answer.get("bot_id") or "",
                    team=answer["team_id"],
                    address=answer.get("url") or "",
                )
            return self._known

    async def address(self) -> str:
        """Where the workspace is."""
        return (await self.known()).address

    async def team(self) -> str:
        """The id of the workspace."""
        return (await self.known()).team
