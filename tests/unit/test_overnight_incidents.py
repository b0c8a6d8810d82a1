"""Incidents of the night are told from opsbot's memory and PagerDuty's, each once, and private ones not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.evidence import Subject
from bot.domain.on_call import PagedIncident
from playbooks.evidence.overnight_incidents import overnight_incidents
from playbooks.world import Pager
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
NIGHT = Subject(services=(), since=NOW - timedelta(hours=15), until=NOW)


class Paged:
    """An account that woke people for these."""

    def __init__(self, *incidents: PagedIncident) -> None:
        self._incidents = incidents

    async def incidents(self, *, since: datetime, until: datetime) -> Sequence[PagedIncident]:
        del since, until
        return self._incidents


def paged(title: str, key: str = "") -> PagedIncident:
    return PagedIncident(
        id="Q1",
        title=title,
        status="triggered",
        urgency="high",
        priority="P1",
        service="api",
        created_at=NOW - timedelta(hours=9),
        acknowledged_at=None,
        resolved_at=None,
        url="",
        key=key,
    )


@pytest.mark.parametrize(
    "ours",
    [
        paged("INC-7: private incident"),
        paged("private incident", key="opsbot-inc-7-20260304T060000Z"),
        paged("Page for the CTO", key="opsbot-inc-7-20260304T060000Z/cto"),
    ],
)
async def test_the_page_of_a_private_incident_is_not_told_by_way_of_pagerduty(ours: PagedIncident) -> None:
    world = replace(empty_world(NOW), pager=cast("Pager", Paged(ours, paged("Disk is full"))))

    said = " ".join(finding.says for finding in (await overnight_incidents(world, NIGHT)).findings)

    assert "Disk is full" in said
    assert "1 incident since" in said
    assert "private" not in said
    assert "INC-7" not in said
    assert "CTO" not in said
