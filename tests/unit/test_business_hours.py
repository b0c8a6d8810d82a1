"""What can wait runs only while somebody is there, also when clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.business_hours import BusinessHours

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = BusinessHours(days=frozenset(range(5)), opens=time(9), closes=time(17), timezone=NEW_YORK)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (UTC is added)
WAITS = st.timedeltas(timedelta(minutes=1), timedelta(days=7))


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=NEW_YORK)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("start", "wait", "end"),
    [
        (local(2026, 11, 18, 10), timedelta(hours=4), local(2026, 11, 18, 14)),
        (local(2026, 11, 18, 13), timedelta(hours=4), local(2026, 11, 18, 17)),
        (local(2026, 11, 18, 14), timedelta(hours=4), local(2026, 11, 19, 10)),
        (local(2026, 11, 20, 16), timedelta(hours=4), local(2026, 11, 23, 12)),
        (local(2026, 11, 21, 3), timedelta(hours=4), local(2026, 11, 23, 13)),
        (local(2026, 11, 18, 3), timedelta(hours=20), local(2026, 11, 20, 13)),
        (local(2026, 11, 20, 16), timedelta(hours=24), local(2026, 11, 23, 9)),
        (local(2026, 11, 18, 16), timedelta(hours=24), local(2026, 11, 19, 16)),
    ],
)
def test_a_wait_runs_while_somebody_is_there(start: datetime, wait: timedelta, end: datetime) -> None:
    assert OFFICE.after(start, wait) == end


def test_a_night_of_changing_clocks_is_no_business_hour() -> None:
    friday_before_spring_forward = local(2027, 3, 12, 16)

    assert OFFICE.after(friday_before_spring_forward, timedelta(hours=2)) == local(2027, 3, 15, 10)


@given(MOMENTS, WAITS)
def test_a_wait_ends_when_somebody_is_there_or_just_leaving_and_never_early(start: datetime, wait: timedelta) -> None:
    end = OFFICE.after(start, wait)

    assert end >= start + wait or wait < timedelta(days=1)
    assert end >= start + min(wait, timedelta(hours=8))
    assert OFFICE.open_at(end) or OFFICE.open_at(end - timedelta(microseconds=1))


@given(MOMENTS, WAITS, WAITS)
def test_a_longer_wait_never_ends_earlier(start: datetime, one: timedelta, other: timedelta) -> None:
    if min(one, other) < timedelta(days=1) <= max(one, other):
        return  # counted differently: hours of business, and days of the calendar
    assert OFFICE.after(start, min(one, other)) <= OFFICE.after(start, max(one, other))


@pytest.mark.parametrize(("days", "closes"), [(frozenset[int](), time(17)), (frozenset({0}), time(9))])
def test_hours_in_which_nobody_is_ever_there_are_refused(days: frozenset[int], closes: time) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        BusinessHours(days=days, opens=time(9), closes=closes, timezone=NEW_YORK)
