"""Which backups of the runbook's schedule are there, counted in buckets of hours, days, weeks and months."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from playbooks.evidence.backup_retention import CLASSES, HOURLY, missing

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
NIGHTLY = tuple(NOW.replace(hour=3) - timedelta(days=day) for day in range(400))


def test_a_nightly_backup_kept_for_a_year_is_every_daily_weekly_and_monthly_one() -> None:
    assert [missing(kind, NIGHTLY, NOW) for kind in CLASSES] == [(), (), ()]


def test_a_nightly_backup_is_one_of_the_hourly_ones_only() -> None:
    assert len(missing(HOURLY, NIGHTLY, NOW)) == HOURLY.wanted - 1


def test_a_night_without_one_is_named() -> None:
    kept = [at for at in NIGHTLY if (at.month, at.day) != (3, 2)]
    assert missing(CLASSES[0], kept, NOW) == ("02 Mar",)


@given(st.integers(0, 4000))
def test_no_two_buckets_are_the_same(days: int) -> None:
    at = NOW - timedelta(days=days)
    for kind in (*CLASSES, HOURLY):
        assert len(set(missing(kind, [], at))) == kind.wanted
