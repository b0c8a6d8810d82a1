"""A revision that failed matters as long as it is the last that was made; afterwards it is history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.cloud_service import CloudService, Condition, Revision, Share
from bot.domain.evidence import Evidence, Subject, Verdict
from playbooks.evidence.revisions import revisions
from playbooks.world import Services
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


def revision(number: int, minutes: float, condition: Condition = Condition.READY) -> Revision:
    made = NOW - timedelta(minutes=minutes)
    return Revision(name=f"billing-{number:05}", service="billing", created_at=made, condition=condition)


class Deployments:
    """A service of which one revision serves."""

    def __init__(self, *newest_first: Revision, serving: Revision, latest: Revision) -> None:
        self._revisions, self._serving, self._latest = newest_first, serving.name, latest.name

    async def service(self, name: str, region: str) -> CloudService:
        share = Share(revision=self._serving, percent=100, latest=True)
        return CloudService(
            name=name,
            region=region,
            condition=Condition.READY,
            serving=(share,),
            traffic=(share,),
            latest_created=self._latest,
        )

    async def revisions(self, name: str, region: str) -> Sequence[Revision]:
        del name, region
        return self._revisions


async def look(deployments: Deployments) -> Evidence:
    world = replace(empty_world(NOW), services=cast("Services", deployments))
    return await revisions(world, Subject(services=("billing",), since=NOW - timedelta(hours=1), until=NOW))


OLD, FAILED, NEW = revision(41, 5000), revision(42, 30, Condition.FAILED), revision(43, 10)


async def test_a_failed_revision_is_advised_on_while_it_is_the_last() -> None:
    found = await look(Deployments(FAILED, OLD, serving=OLD, latest=FAILED))

    assert found.verdict is Verdict.RED
    assert [each.playbook for each in found.advice] == ["service-wont-start"]


@pytest.mark.parametrize(
    "later",
    [
        Deployments(NEW, FAILED, OLD, serving=NEW, latest=NEW),
        Deployments(NEW, FAILED, OLD, serving=OLD, latest=NEW),
        Deployments(FAILED, OLD, serving=OLD, latest=OLD),
    ],
    ids=["a newer one serves", "a newer one was made", "the service says so"],
)
async def test_a_failed_revision_is_history_once_another_was_made(later: Deployments) -> None:
    found = await look(later)

    assert found.verdict is Verdict.GREEN
    assert "00042 failed" in " ".join(finding.says for finding in found.findings)
    assert found.advice == ()
