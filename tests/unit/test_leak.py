"""A leak is growth that goes on in a straight line; memory that comes and goes is none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chart import Point
from playbooks.evidence.leak import leak_of, limit_bytes

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


def line(*values: float, minutes: float = 5) -> list[Point]:
    return [Point(at=AT + timedelta(minutes=minutes) * index, value=value) for index, value in enumerate(values)]


@given(slope=st.floats(0.1, 3), start=st.floats(0.1, 0.5))
def test_steady_growth_is_a_leak_that_says_when_memory_is_full(slope: float, start: float) -> None:
    points = line(*(min(1.0, start + slope * index / 60) for index in range(8)), minutes=1)
    leak = leak_of(points)
    assert leak
    assert leak.an_hour == pytest.approx(slope, rel=0.05)
    left = (leak.full_at - points[-1].at) / timedelta(hours=1)
    assert left == pytest.approx((1 - points[-1].value) / slope, rel=0.1)


@given(st.lists(st.floats(0.4, 0.42), min_size=5, max_size=60))
def test_memory_that_comes_and_goes_is_no_leak(values: list[float]) -> None:
    leak = leak_of(line(*values))
    assert leak is None or leak.an_hour <= 0.24


def test_what_was_before_an_instance_began_anew_does_not_count() -> None:
    leak = leak_of(line(0.7, 0.8, 0.9, 0.99, 0.4, 0.45, 0.5, 0.55, 0.6))
    assert leak
    assert leak.since == AT + timedelta(minutes=20)
    assert leak.an_hour == pytest.approx(0.6)


def test_a_few_points_and_a_slow_growth_say_nothing() -> None:
    assert leak_of(line(0.4, 0.5, 0.6)) is None
    assert leak_of(line(*(0.4 + 0.0001 * index for index in range(50)))) is None
    assert leak_of([]) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [("512Mi", 512 * 2**20), ("1Gi", 2**30), ("1.5Gi", 1.5 * 2**30), ("2G", 2 * 10**9), ("much", None), ("", None)],
)
def test_limits_are_read_as_the_platform_writes_them(written: str, expected: float | None) -> None:
    assert limit_bytes(written) == expected
