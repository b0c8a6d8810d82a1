"""Whether GitHub would let opsbot record deployments, found out without recording one.

GitHub has no question for that. A deployment of nothing is what it refuses to everybody: for want of a ref (422) to
whoever may make one, and for want of the permission (403, 404) to whoever may not.
"""

from collections.abc import Sequence
from http import HTTPStatus

from bot.domain.evidence import CouldNotLook
from bot.integrations.github import HEADERS, OFF, SYSTEM
from bot.integrations.json_api import Declined, JsonApi


class DeploymentAccess:
    """What a token may record, of the repositories that services are deployed from."""

    def __init__(self, *, token: str, url: str, timeout: float, repositories: Sequence[str]) -> None:
        """`timeout` in seconds, for each call."""
        headers = {**HEADERS, "Authorization": f"Bearer {token}"}
        self._api = JsonApi(SYSTEM, url=url, timeout=timeout, headers=headers)
        self._repositories = tuple(dict.fromkeys(repositories))

    async def close(self) -> None:
        """Takes no more calls."""
        await self._api.close()

    async def examine(self) -> str:
        """That each of them takes records; raises `CouldNotLook` with what to grant."""
        for repository in self._repositories:
            await self._try(repository)
        known = len(self._repositories)
        return f"GitHub takes records of deployments ({known} {'repository' if known == 1 else 'repositories'})."

    async def _try(self, repository: str) -> None:
        try:
            await self._api.send("POST", f"/repos/{repository}/deployments", {})
        except Declined as error:
            if error.status in OFF:
                raise CouldNotLook(
                    f"GITHUB_TOKEN may not record deployments of {repository}: give it Deployments write. Without it "
                    "opsbot deploys all the same, and says each time that GitHub was not told."
                ) from error
            if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
