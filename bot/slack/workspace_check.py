"""What `opsbot doctor` says of Slack: tokens, scopes, channels and people, each with its remedy."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.effect import Attempt, FindChannel
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.profile import Standing
from bot.slack.client import Declined, carried_out, read
from bot.slack.identity import Identity
from bot.slack.people import profile_of
from bot.slack.rooms import Rooms

SCOPES_HEADER = "x-oauth-scopes"
STANDINGS: Mapping[Standing, str] = {
    Standing.GUEST: "is a guest in Slack",
    Standing.BOT: "is a bot in Slack",
    Standing.DELETED: "has left Slack",
    Standing.STRANGER: "is of another workspace",
}


class WorkspaceCheck:
    """Looks at the workspace with the bot's token."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._identity = Identity(client)
        self._scopes: frozenset[str] = frozenset()

    async def team(self) -> tuple[str, str]:
        """What the workspace is called and the bot in it; raises `Retry` or `GiveUp` when the token will not do."""
        answer = await read(self._asked())
        return str(answer.get("team") or answer["team_id"]), str(answer.get("user") or answer["user_id"])

    def missing_scopes(self, wanted: Collection[str]) -> list[str]:
        """Those that the token lacks, as Slack said when it was asked for the team; none when it did not say."""
        return sorted(set(wanted) - self._scopes) if self._scopes else []

    async def channel_trouble(self, name: str, now: datetime) -> str:
        """Why the bot cannot speak in a channel; empty when it can."""
        try:
            await Rooms(self._client, self._identity).find(
                FindChannel(name=name), Attempt(key="doctor", serial=0, first_at=now)
            )
        except (Retry, GiveUp) as error:
            return str(error)
        return ""

    async def people_troubles(self, users: Iterable[str]) -> dict[str, str]:
        """Of these Slack ids, who cannot be told or invited, and why."""
        found = {user: await self._person_trouble(user) for user in dict.fromkeys(users)}
        return {user: trouble for user, trouble in found.items() if trouble}

    async def _person_trouble(self, user: str) -> str:
        try:
            answer = await read(self._client.users_info(user=user))
        except Declined as declined:
            return f"is nobody in this workspace ({declined.code})"
        except (Retry, GiveUp) as error:
            return f"could not be looked up: {str(error).rstrip('.')}"
        me = await self._identity.known()
        return STANDINGS.get(profile_of(answer["user"], me.team).standing, "")

    async def _asked(self) -> AsyncSlackResponse:
        response = await self._client.auth_test()
        headers = {name.lower(): value for name, value in (response.headers or {}).items()}
        given = str(headers.get(SCOPES_HEADER) or "")
        self._scopes = frozenset(filter(None, (each.strip() for each in given.split(","))))
        return response


async def app_token_trouble(client: AsyncWebClient) -> str:
    """Why Slack would open no socket for the app-level token; empty when it would. Nothing is opened."""
    try:
        await carried_out(client.apps_connections_open(app_token=client.token or ""))
    except (Retry, Unsure, GiveUp) as error:
        cause = error.__cause__
        code = str(cause.response.get("error")) if isinstance(cause, SlackApiError) else ""
        return f"Slack refuses it ({code})" if code else str(error).rstrip(".")
    return ""
