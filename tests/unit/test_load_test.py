"""How a load test grows to its pace, what nobody may exceed, and how answers are summed up."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.load_test import (
    PRODUCTION,
    STAGING,
    Answered,
    LoadOrder,
    LoadPolicy,
    measured,
    percentile,
)

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def order(rate: float, seconds: float) -> LoadOrder:
    return LoadOrder(
        mark="m",
        urls=("https://staging.example.com/",),
        rate=rate,
        at_once=10,
        lasts=timedelta(seconds=seconds),
        errors=0.02,
        slowest=timedelta(seconds=1),
    )


@given(rate=st.integers(1, 200), seconds=st.integers(1, 600))
def test_requests_come_in_order_within_the_time_and_never_faster_than_the_rate(rate: int, seconds: int) -> None:
    wanted = order(rate, seconds)
    moments = [wanted.moment_of(number) for number in range(wanted.requests)]
    assert all(moment <= seconds for moment in moments)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert all(gap >= 1 / rate - 1e-9 for gap in gaps)


def test_it_begins_slowly() -> None:
    wanted = order(20, 60)
    assert wanted.requests == 1100
    assert wanted.moment_of(100) == pytest.approx(10.0)
    assert wanted.moment_of(25) == pytest.approx(5.0)


def test_the_file_can_only_tighten_what_always_holds() -> None:
    loose = LoadPolicy(rate=10_000, at_once=10_000, lasts=timedelta(days=1))
    assert loose.caps(PRODUCTION) == PRODUCTION
    assert loose.caps(STAGING) == STAGING
    tight = LoadPolicy(rate=5, at_once=2, lasts=timedelta(seconds=10)).caps(STAGING)
    assert (tight.rate, tight.at_once, tight.lasts) == (5, 2, timedelta(seconds=10))


def test_answers_are_summed_up_by_spells() -> None:
    answers = [Answered(at=0.1, took=10), Answered(at=0.9, took=30, failure="HTTP 503"), Answered(at=2.5, took=20)]
    found = measured(answers, begun_at=NOON, lasted=3, width=1, unsent=0, over=True, stopped="")
    assert (found.answered, found.failed, found.p50, found.p99) == (3, 1, 20, 30)
    assert found.failures == {"HTTP 503": 1}
    assert [(each.at - NOON, each.answered, each.failed) for each in found.spells] == [
        (timedelta(seconds=1), 2, 1),
        (timedelta(seconds=3), 1, 0),
    ]


def test_percentiles_are_of_values_that_were_measured() -> None:
    assert percentile([], 0.95) == 0
    assert percentile([1, 2, 3, 4], 0.5) == 2
    assert percentile([1, 2, 3, 4], 0.95) == 4
