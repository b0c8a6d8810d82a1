"""Numbers are judged by bounds and by what is usual; without either nothing is called good."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bounds import THRESHOLDS, Bounds
from bot.domain.evidence import CouldNotLook, Verdict
from playbooks.evidence.judge import baseline, judge, weeks_before

NEW_YORK = ZoneInfo("America/New_York")
AFTER_DST = datetime(2026, 3, 9, 14, tzinfo=UTC)
"""10:00 in New York; a week before, 10:00 was 15:00 UTC."""


@pytest.mark.parametrize(
    ("value", "usual", "verdict"),
    [
        (400, 100, Verdict.GREEN),  # four times as long as usual, and still quick
        (600, 500, Verdict.GREEN),
        (600, 300, Verdict.AMBER),
        (1200, 700, Verdict.AMBER),
        (1200, 300, Verdict.RED),
        (1200, None, Verdict.RED),
        (1200, 0.0, Verdict.RED),
        (None, 300, Verdict.NO_DATA),
        (float("nan"), 300, Verdict.NO_DATA),
    ],
)
def test_latency_is_bad_when_it_is_both_long_and_longer_than_usual(
    value: float | None, usual: float | None, verdict: Verdict
) -> None:
    assert judge(value, THRESHOLDS["latency-p95"], baseline=usual, samples=1000) is verdict


def test_too_few_samples_say_nothing() -> None:
    assert judge(0.5, THRESHOLDS["error-ratio"], samples=99) is Verdict.NO_DATA
    assert judge(0.5, THRESHOLDS["error-ratio"], samples=100) is Verdict.RED


def test_what_can_only_be_compared_is_not_good_without_anything_to_compare_it_with() -> None:
    assert judge(50, THRESHOLDS["requests-drop"]) is Verdict.NO_DATA
    assert judge(50, THRESHOLDS["requests-drop"], baseline=100) is Verdict.GREEN
    assert judge(49, THRESHOLDS["requests-drop"], baseline=100) is Verdict.AMBER
    assert judge(19, THRESHOLDS["requests-drop"], baseline=100) is Verdict.RED


def test_a_number_that_nothing_bounds_is_good() -> None:
    assert judge(5, Bounds()) is Verdict.GREEN


@pytest.mark.parametrize(("ratio", "verdict"), [(0.98, Verdict.GREEN), (0.969, Verdict.AMBER), (0.899, Verdict.RED)])
def test_less_can_be_worse(ratio: float, verdict: Verdict) -> None:
    assert judge(ratio, THRESHOLDS["agent-success"], samples=50) is verdict


@given(st.sampled_from(sorted(THRESHOLDS)), st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1e-3, 1e6))
def test_what_is_worse_is_never_judged_better(name: str, one: float, other: float, usual: float) -> None:
    bounds = THRESHOLDS[name]
    better, worse = sorted((one, other), reverse=bounds.less_is_worse)

    good, bad = (judge(value, bounds, baseline=usual, samples=1e6).weight for value in (better, worse))
    assert good <= bad


async def test_the_usual_is_the_median_of_the_same_local_hour_and_one_unreadable_week_is_left_out() -> None:
    values = {weeks_before(AFTER_DST, week, NEW_YORK): number for week, number in ((1, 10.0), (2, 30.0), (3, 900.0))}
    asked: list[datetime] = []

    async def read(since: datetime, until: datetime) -> float | None:
        asked.append(since)
        assert until - since == timedelta(hours=1)
        if since not in values:
            raise CouldNotLook("quota")
        return values[since]

    found = await baseline(read, since=AFTER_DST, until=AFTER_DST + timedelta(hours=1), timezone=NEW_YORK)

    assert (found.usual, found.last_week) == (30.0, 10.0)
    assert min(asked).astimezone(NEW_YORK).hour == 10
    assert max(asked) == datetime(2026, 3, 2, 15, tzinfo=UTC), "10:00 was an hour later in UTC before daylight saving"


async def test_without_a_week_to_compare_with_nothing_is_usual() -> None:
    async def read(since: datetime, until: datetime) -> float | None:
        return None

    found = await baseline(read, since=AFTER_DST, until=AFTER_DST + timedelta(hours=1), timezone=NEW_YORK)

    assert (found.usual, found.last_week) == (None, None)
