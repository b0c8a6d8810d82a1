"""Which commit a revision was made from is told by the deployment recorded when it was made, and by nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.cloud_service import Condition, Revision
from bot.domain.evidence import CouldNotLook
from bot.domain.repository import Deployment
from playbooks.changes.undone import commit_of
from playbooks.surroundings import Code
from tests import night
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
SERVICE = night.organisation().services["control-plane"]
REVISION = Revision(
    name="control-plane-00042", service="control-plane", created_at=NOW - timedelta(hours=1), condition=Condition.READY
)
MADE = Deployment(id=1, sha="new", environment="production", state="success", at=REVISION.created_at)


class Recorded:
    """A repository with these deployments; with none it cannot be looked at."""

    def __init__(self, deployments: Sequence[Deployment]) -> None:
        self._deployments = deployments

    async def deployments(self, repository: str, *, since: datetime) -> Sequence[Deployment]:
        del repository
        if not self._deployments:
            raise CouldNotLook("GitHub is failing (503).")
        return [each for each in self._deployments if each.at >= since]


async def told(*deployments: Deployment) -> str:
    world = replace(empty_world(NOW), code=cast("Code", Recorded(deployments)))
    return await commit_of(world, SERVICE, REVISION)


@pytest.mark.parametrize(
    ("deployment", "commit"),
    [
        (MADE, "new"),
        (replace(MADE, at=MADE.at + timedelta(minutes=9)), "new"),
        (replace(MADE, at=MADE.at + timedelta(minutes=11)), ""),
        (replace(MADE, environment="staging"), ""),
        (replace(MADE, sha="old", at=MADE.at + timedelta(minutes=5), task="rollback"), ""),
    ],
    ids=["then", "soon after", "later", "elsewhere", "a rollback just after it, which made no revision"],
)
async def test_only_a_deployment_of_then_tells(deployment: Deployment, commit: str) -> None:
    assert await told(deployment) == commit


async def test_it_is_not_known_where_one_cannot_look_or_nobody_says_where_the_code_is() -> None:
    assert await told() == ""
    assert await commit_of(empty_world(NOW), SERVICE, REVISION) == ""
    world = replace(empty_world(NOW), code=cast("Code", Recorded([MADE])))
    assert await commit_of(world, replace(SERVICE, repository=None), REVISION) == ""
