"""Runs are counted over a stretch that is long enough to tell, and no longer than they fail."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.domain.chart import Point, Series
from bot.domain.evidence import Subject, Verdict
from playbooks.evidence.agent_runs import agent_runs
from playbooks.world import Queries
from tests.empty_world import empty_world

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
UNITS = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440}


class Counted:
    """A Prometheus that counted so many runs a minute, of which this part succeeded from some minute on until another."""

    def __init__(self, a_minute: float, *, well: float = 0.2, since: float = 30, until: float = 0) -> None:
        self._a_minute, self._well, self._since, self._until = a_minute, well, since, until

    async def query(self, expression: str, *, at: datetime) -> Sequence[Series]:
        del at
        found = re.search(r"\[(\d+)([smhd])\]", expression)
        assert found
        minutes = int(found[1]) * UNITS[found[2]]
        bad = max(0.0, min(minutes, self._since) - self._until) * self._a_minute
        good = minutes * self._a_minute - bad
        return [self._runs("success", good + bad * self._well), self._runs("error", bad * (1 - self._well))]

    def _runs(self, status: str, count: float) -> Series:
        labels = (("agent", "clerk"), ("tool", "mail"), ("status", status))
        return Series(labels=labels, points=(Point(at=NOW, value=count),))

    async def query_range(
        self, expression: str, *, since: datetime, until: datetime, step: timedelta
    ) -> Sequence[Series]:
        del expression
        moments = [since + step * number for number in range((until - since) // step + 1)]
        begin, end = NOW - timedelta(minutes=self._since), NOW - timedelta(minutes=self._until)
        return [Series(points=tuple(Point(at=at, value=self._well if begin < at <= end else 1.0) for at in moments))]


@pytest.mark.parametrize(
    ("counted", "verdict", "says"),
    [
        (Counted(200, since=1), Verdict.RED, "60 % of 400 agent runs succeed, since 09:59 EST"),
        (Counted(200, since=5), Verdict.RED, "20 % of 1,000 agent runs succeed, since 09:55 EST"),
        (Counted(200, since=30, until=4), Verdict.GREEN, "100 % of 400 agent runs succeed"),
        (Counted(1, since=30), Verdict.RED, "60 % of 60 agent runs succeed, since 09:30 EST"),
        (Counted(1, since=40, until=6), Verdict.RED, "of 60 agent runs succeed"),
        (Counted(0.5), Verdict.NO_DATA, "30 agent runs in an hour, too few to tell"),
    ],
    ids=["just begun", "going on", "over", "seldom used", "seldom used, and over", "hardly used"],
)
async def test_what_is_counted_tells_how_runs_do_now(counted: Counted, verdict: Verdict, says: str) -> None:
    world = replace(empty_world(NOW), queries=cast("Queries", counted))
    subject = Subject(services=(), since=NOW - timedelta(hours=1), until=NOW)
    finding = (await agent_runs(world, subject)).findings[0]
    assert (finding.verdict, says in finding.says) == (verdict, True), finding.says
