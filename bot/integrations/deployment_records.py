"""The executor of `RecordDeployment`: a deployment at GitHub, found again by the mark in its payload, and its statuses.

GitHub is told to deploy what is named and nothing else: nothing is merged into it first, and no check is waited for,
because people have agreed by then. Everything is looked up before it is made. Source: the actions' GH-04.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.domain.deployment import DeploymentState, RecordDeployment
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Unsure
from bot.integrations.github_writing import NONSENSE, GitHubWriting
from bot.integrations.json_api import UNREADABLE, JsonObject

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]
Address = Callable[[], Awaitable[str]]
"""Where the workspace is, with the slash at its end."""
MARK = "opsbot"
"""What the mark is called in the payload."""
LONGEST = 140
"""Characters of a description; source: REST reference, deployment statuses."""


class DeploymentRecords:
    """Records at GitHub; without a client there are none."""

    def __init__(self, github: GitHubWriting | None, *, address: Address) -> None:
        self._client = github
        self._address = address

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {RecordDeployment: self.record}

    async def record(self, effect: RecordDeployment, attempt: Attempt) -> Receipt:
        """Whoever was asked twice, or unsure, makes nothing twice."""
        github, deployments = self._github(), f"/repos/{effect.shipment.repository}/deployments"
        found = await _marked(github, deployments, effect) or await github.make(deployments, _deployment(effect))
        try:
            statuses = f"{deployments}/{int(found['id'])}/statuses"
        except UNREADABLE as error:
            raise Unsure(NONSENSE) from error
        async for each in github.each(statuses, {}):
            if each.get("state") == effect.state or effect.state is DeploymentState.IN_PROGRESS:
                return Receipt()
        # What was tried in staging stays tried, though another version stands there since: no `auto_inactive`.
        link = await self._link(attempt.bound.get(effect.card))
        said: JsonObject = {"state": effect.state.value, "description": effect.says[:LONGEST], "auto_inactive": False}
        await github.make(statuses, {**said, **({"log_url": link} if link else {})})
        return Receipt()

    async def _link(self, card: Mapping[str, str] | None) -> str:
        """Where the card is; empty while it stands nowhere."""
        if not (card and card.get("ts")):
            return ""
        address = await self._address()
        return f"{address}archives/{card['channel']}/p{card['ts'].replace('.', '')}" if address else ""

    def _github(self) -> GitHubWriting:
        if self._client is None:
            raise GiveUp("GitHub is not configured: set GITHUB_TOKEN")
        return self._client


async def _marked(github: GitHubWriting, deployments: str, effect: RecordDeployment) -> JsonObject | None:
    """The deployment that carries our mark, if one was made."""
    shipment = effect.shipment
    async for each in github.each(deployments, {"sha": shipment.commit, "environment": shipment.environment}):
        if _mark(each.get("payload")) == effect.mark:
            return each
    return None


def _mark(payload: object) -> object:
    """Of what GitHub answers as it was sent, or as text that holds the same."""
    try:
        known = json.loads(payload) if isinstance(payload, str) else payload
    except ValueError:
        return None
    return known.get(MARK) if isinstance(known, dict) else None


def _deployment(effect: RecordDeployment) -> JsonObject:
    return {
        "ref": effect.shipment.commit,
        "task": effect.shipment.task,
        "environment": effect.shipment.environment,
        "auto_merge": False,
        "required_contexts": [],
        "description": effect.title[:LONGEST],
        "payload": {MARK: effect.mark},
    }
