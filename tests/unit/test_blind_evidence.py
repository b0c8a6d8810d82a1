"""Where numbers are lacking nothing is green, though nothing plus nothing is nothing too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.cloud_service import CloudService, Condition
from bot.domain.database_instance import ConnectionGroup, Connections
from bot.domain.evidence import Subject, Verdict
from bot.domain.log_entry import LogEntry, LogPage
from playbooks.evidence.database_connections import database_connections
from playbooks.evidence.instances import instances
from playbooks.evidence.recent_changes import recent_changes
from playbooks.world import Logs, Metrics, Services, Sessions
from tests.empty_world import empty_world
from tests.made_metrics import MadeMetrics

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
ONE = Subject(services=("control-plane",), since=NOW - timedelta(hours=1), until=NOW)


class OneService:
    async def service(self, name: str, region: str) -> CloudService:
        return CloudService(name=name, region=region, condition=Condition.READY)


class Crowd:
    """A database with one connection, of so many that there can be."""

    def __init__(self, usable: int) -> None:
        self._usable = usable

    async def connections(self) -> Connections:
        one = ConnectionGroup(user="app", application="web", state="active", count=1, longest=timedelta())
        return Connections(groups=(one,), usable=self._usable)


async def test_instances_that_nobody_counted_are_not_well() -> None:
    world = replace(
        empty_world(NOW), metrics=cast("Metrics", MadeMetrics(lambda *_: ())), services=cast("Services", OneService())
    )

    (finding,) = (await instances(world, ONE)).findings

    assert finding.verdict is Verdict.NO_DATA, finding.says


@pytest.mark.parametrize(("usable", "verdict"), [(100, Verdict.GREEN), (0, Verdict.NO_DATA)])
async def test_connections_of_nobody_knows_how_many_are_not_well(usable: int, verdict: Verdict) -> None:
    world = replace(empty_world(NOW), sessions=cast("Sessions", Crowd(usable)))

    (finding,) = (await database_connections(world, ONE)).findings

    assert finding.verdict is verdict, finding.says


class AuditLog:
    """An audit log of more than is read."""

    async def changes(self, *, since: datetime, until: datetime) -> LogPage:
        del since
        deed = LogEntry(at=until, severity="NOTICE", text="", service="control-plane", method="ReplaceService")
        return LogPage(entries=(deed,), truncated=True)


async def test_an_audit_log_that_was_read_only_in_part_says_so() -> None:
    found = await recent_changes(replace(empty_world(NOW), logs=cast("Logs", AuditLog())), ONE)

    assert [each.says for each in found.findings if "Control plane: replace service" in each.says]
    assert [each.says for each in found.findings if each.verdict is Verdict.COULD_NOT_LOOK] == [
        "Of the audit log only the newest 1 were read; look at less time"
    ]
