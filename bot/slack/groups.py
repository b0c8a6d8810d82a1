"""Slack's user groups, by id: who is in one now. A group that somebody renamed or made anew is another one."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Retry, Unsure
from bot.domain.evidence import CouldNotLook
from bot.slack.client import Declined, read


class UserGroups:
    """The user groups of the workspace."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def members(self, group: str) -> frozenset[str]:
        """The ids of its members, without those who left; raises `CouldNotLook`."""
        try:
            answer = await read(self._client.usergroups_users_list(usergroup=group))
        except Declined as declined:
            raise CouldNotLook(f"Slack does not say who is in {group} ({declined.code}).") from declined
        except (Retry, Unsure) as error:
            raise CouldNotLook(f"Slack does not say who is in {group}: {error}") from error
        return frozenset(answer.get("users") or [])
