"""What changed is told from when it is asked for on; with trouble also what was before it, which may be to blame."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.evidence import Subject
from bot.domain.log_entry import LogPage
from bot.domain.maintenance import Maintenance
from playbooks.evidence.recent_changes import recent_changes
from playbooks.world import Logs, Memory
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
AN_HOUR = Subject(services=("control-plane",), since=NOW - timedelta(hours=1), until=NOW)
WEB = replace(AN_HOUR, services=("web",))


class Remembering:
    """A memory of one maintenance, which ended half an hour ago."""

    async def maintained(self, *, since: datetime) -> Sequence[Maintenance]:
        assert since == AN_HOUR.since
        ended = NOW - timedelta(minutes=30)
        of = Maintenance(
            number=7,
            title="Database maintenance",
            starts_at=ended - timedelta(hours=2),
            ends_at=ended,
            services=("control-plane",),
            planned_at=ended - timedelta(days=30),
            announced={},
        )
        of.begin("U0ANA", of.starts_at)
        of.verify("U0ANA")
        of.end("U0ANA", ended)
        return [of]


async def test_a_maintenance_that_ended_is_a_change_of_what_it_touched() -> None:
    world = replace(empty_world(NOW), logs=cast("Logs", Asked()), memory=cast("Memory", Remembering()))
    told = [[each.says for each in (await recent_changes(world, subject)).findings] for subject in (AN_HOUR, WEB)]
    assert ["09:30 EST MNT-7 Database maintenance ended" in says for says in told] == [True, False]


class Asked:
    """An audit log in which nothing happened, and since when it was asked."""

    def __init__(self) -> None:
        self.since: list[datetime] = []

    async def changes(self, *, since: datetime, until: datetime) -> LogPage:
        del until
        self.since.append(since)
        return LogPage(entries=())


@pytest.mark.parametrize(
    ("subject", "hours"),
    [
        (AN_HOUR, 1),
        (replace(AN_HOUR, began=NOW - timedelta(minutes=30)), 2.5),
        (replace(AN_HOUR, since=NOW - timedelta(hours=9), began=NOW), 9),
    ],
    ids=["a check of the last hour", "trouble", "trouble of a long stretch"],
)
async def test_it_is_told_from_when_it_is_asked_for_and_from_before_trouble(subject: Subject, hours: float) -> None:
    asked = Asked()
    await recent_changes(replace(empty_world(NOW), logs=cast("Logs", asked)), subject)
    assert asked.since == [NOW - timedelta(hours=hours)]
