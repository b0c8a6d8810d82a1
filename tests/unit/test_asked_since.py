"""What changed is told from when it is asked for on; with trouble also what was before it, which may be to blame."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.evidence import Subject
from bot.domain.log_entry import LogPage
from playbooks.evidence.recent_changes import recent_changes
from playbooks.world import Logs
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
AN_HOUR = Subject(services=("control-plane",), since=NOW - timedelta(hours=1), until=NOW)


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
