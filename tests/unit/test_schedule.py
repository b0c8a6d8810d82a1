"""Schedules: what can be written, when it comes round, and that each local time comes once."""

import itertools
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedule import DAYS, EXAMPLES, Schedule, Schedules, read_schedule
from bot.organisation import Organisation
from bot.organisation_file import OrganisationError, read_organisation
from bot.public_holidays import Holidays, known_country
from playbooks.occurrence import next_after, occurrences

NEW_YORK = ZoneInfo("America/New_York")


def local(text: str, start: str, count: int, zone: ZoneInfo = NEW_YORK) -> list[str]:
    """The next times of a schedule, as a clock on the wall shows them."""
    schedule = read_schedule(text)
    shown = ZoneInfo(schedule.zone) if schedule.zone else zone
    after = datetime.fromisoformat(start).replace(tzinfo=shown)
    found = itertools.islice(occurrences(schedule, zone, after), count)
    return [each.astimezone(shown).strftime("%a %d %b %H:%M") for each in found]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("weekdays 09:00", "Mon 09 Mar 09:00", "Tue 10 Mar 09:00"),
        ("Weekdays  09:00", "Mon 09 Mar 09:00", "Tue 10 Mar 09:00"),
        ("weekends 09:00", "Sat 07 Mar 09:00", "Sun 08 Mar 09:00"),
        ("daily 08:30", "Sat 07 Mar 08:30", "Sun 08 Mar 08:30"),
        ("hourly 10:00-16:00 weekdays", "Mon 09 Mar 10:00", "Mon 09 Mar 11:00"),
        ("hourly 22:30-23:30", "Sat 07 Mar 22:30", "Sat 07 Mar 23:30"),
        ("hourly weekends", "Sat 07 Mar 00:00", "Sat 07 Mar 01:00"),
        ("hourly", "Sat 07 Mar 00:00", "Sat 07 Mar 01:00"),
        ("friday 17:00", "Fri 13 Mar 17:00", "Fri 20 Mar 17:00"),
        ("monday, thursday 07:05", "Mon 09 Mar 07:05", "Thu 12 Mar 07:05"),
        ("saturday-monday 10:00", "Sat 07 Mar 10:00", "Sun 08 Mar 10:00"),
        ("first sunday 02:00 UTC", "Sun 05 Apr 02:00", "Sun 03 May 02:00"),
        ("2nd tuesday 10:00", "Tue 10 Mar 10:00", "Tue 14 Apr 10:00"),
        ("last friday 16:00 Europe/Berlin", "Fri 27 Mar 16:00", "Fri 24 Apr 16:00"),
        ("monthly 06:00", "Wed 01 Apr 06:00", "Fri 01 May 06:00"),
        ("monthly 31 06:00", "Tue 31 Mar 06:00", "Sun 31 May 06:00"),
        ("monthly last 06:00", "Tue 31 Mar 06:00", "Thu 30 Apr 06:00"),
        ("first sunday 02:00 in january, april, july, october UTC", "Sun 05 Apr 02:00", "Sun 05 Jul 02:00"),
    ],
)
def test_what_is_written_comes_round(text: str, first: str, second: str) -> None:
    assert local(text, "2026-03-06T23:30", 2) == [first, second]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("weekdays 9:00", "is no schedule; write it like weekdays 09:00"),
        ("0 9 * * 1", "is no schedule"),
        ("fifth sunday 02:00", "is no schedule"),
        ("weekdays 09:00 EST5EDT", "is no schedule"),
        ("weekdays 09:00 Mars/Olympus", "`Mars/Olympus` is no time zone; write it like UTC or Europe/London."),
        ("hourly 16:00-10:00", "must begin before it ends"),
        ("hourly 10:00-16:30", "must begin before it ends, on the same minute"),
        ("monthly 30 08:00 in february", "never comes: no such month has a day 30"),
        ("monthly 0 08:00", "never comes"),
        ("", "is no schedule"),
    ],
)
def test_what_cannot_be_read_is_refused_with_an_example(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"is no|must|never") as refused:
        read_schedule(text)
    assert sentence in str(refused.value)


def test_in_spring_the_hour_that_is_missing_comes_when_the_clocks_have_moved() -> None:
    assert local("daily 02:30", "2026-03-07T01:00", 3) == ["Sat 07 Mar 02:30", "Sun 08 Mar 03:00", "Mon 09 Mar 02:30"]
    assert local("hourly 01:00-04:00", "2026-03-08T00:30", 3) == [
        f"Sun 08 Mar {hour}:00" for hour in ("01", "03", "04")
    ]


def test_in_autumn_the_hour_that_comes_twice_comes_once() -> None:
    assert local("daily 01:30", "2026-10-31T02:00", 2) == ["Sun 01 Nov 01:30", "Mon 02 Nov 01:30"]
    assert local("hourly", "2026-10-31T23:30", 4) == [f"Sun 01 Nov 0{hour}:00" for hour in range(4)]


def test_after_a_restart_in_the_hour_that_comes_twice_nothing_comes_again() -> None:
    second = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)  # 01:10 for the second time
    assert second.astimezone(NEW_YORK).fold
    found = next_after(read_schedule("daily 01:30"), NEW_YORK, second)
    assert found == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


def test_nine_in_the_morning_stays_nine_in_the_morning() -> None:
    schedule = read_schedule("weekdays 09:00")
    found = list(itertools.islice(occurrences(schedule, NEW_YORK, datetime(2026, 3, 6, tzinfo=UTC)), 2))
    assert [each.hour for each in found] == [14, 13]


def test_a_leap_day_comes_every_four_years() -> None:
    schedule = read_schedule("monthly 29 12:00 in february UTC")
    found = itertools.islice(occurrences(schedule, NEW_YORK, datetime(2026, 3, 6, tzinfo=UTC)), 2)
    assert [each.date() for each in found] == [date(2028, 2, 29), date(2032, 2, 29)]


def test_holidays_of_the_country_and_own_dates_are_left_out() -> None:
    off = Holidays(country="US", dates=frozenset({date(2026, 12, 24)})).day_off
    found = occurrences(read_schedule("weekdays 09:00"), NEW_YORK, datetime(2026, 12, 23, 20, tzinfo=UTC), day_off=off)
    assert next(found).date() == date(2026, 12, 28)


def test_what_falls_on_holidays_alone_never_comes() -> None:
    off = Holidays(country="US").day_off
    schedule = read_schedule("monthly 25 09:00 in december")
    assert next_after(schedule, NEW_YORK, datetime(2026, 3, 6, tzinfo=UTC), day_off=off) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("UZA", "`UZA` is no country"), ("US-CAL", "`US-CAL` is no part of US; write it like US-"), ("us", "like US.")],
)
def test_a_country_that_is_not_known_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="is no") as refused:
        known_country(text)
    assert sentence in str(refused.value)
    assert known_country("US-CA") == "US-CA"


ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata", "UTC"])


@given(
    zone=ZONES,
    days=st.sets(st.integers(0, 6), min_size=1),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    month=st.integers(1, 12),
    start=st.integers(0, 40 * 24 * 60),
)
def test_each_local_time_comes_exactly_once(
    zone: str, days: set[int], hour: int, minute: int, month: int, start: int
) -> None:
    """As counted by hand, day by day: whatever the zone, the season and the moment from which it is asked."""
    text = f"{', '.join(DAYS[day] for day in sorted(days))} {hour:02}:{minute:02}"
    after = datetime(2026, month, 1, tzinfo=UTC) + timedelta(minutes=start)
    until = after + timedelta(days=21)
    found = occurrences(read_schedule(text), ZoneInfo(zone), after)
    assert list(itertools.takewhile(lambda each: each <= until, found)) == [
        each for each in _by_hand(ZoneInfo(zone), days, time(hour, minute), after) if after < each <= until
    ]


def _by_hand(zone: ZoneInfo, days: set[int], at: time, after: datetime) -> list[datetime]:
    first = after.astimezone(zone).date() - timedelta(days=1)
    dates = (first + timedelta(days=ahead) for ahead in range(25))
    return [_moment(zone, day, at) for day in dates if day.weekday() in days]


def _moment(zone: ZoneInfo, day: date, at: time) -> datetime:
    """A wall time that does not exist is the first one that does after it."""
    wall = datetime.combine(day, at)
    while wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        wall += timedelta(minutes=1)
    return wall.replace(tzinfo=zone).astimezone(UTC)


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    try:
        read = read_schedule(text)
    except ValueError:
        return
    assert isinstance(read, Schedule)


def _organisation_with(section: str) -> Organisation:
    written = (Path(__file__).parents[2] / "opsbot.example.yaml").read_text(encoding="utf-8")
    head, _, tail = written.partition("schedules:\n  all: on")
    return read_organisation(f"{head}{section}\n{tail}", "opsbot.yaml")


def test_the_operator_says_when_playbooks_start() -> None:
    said = "schedules:\n  all: off\n  morning-checklist: weekdays 08:15\n  end-of-day: on\n  hourly-check: off\n"
    schedules = _organisation_with(said).schedules
    assert schedules.of("morning-checklist", "weekdays 09:00") == read_schedule("weekdays 08:15")
    assert schedules.of("end-of-day", "weekdays 17:00") == read_schedule("weekdays 17:00")
    assert schedules.of("end-of-day", None) is None
    assert schedules.of("hourly-check", "hourly") is None
    assert schedules.of("handoff-friday", "friday 17:00") is None
    assert Schedules().of("handoff-friday", "friday 17:00")


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        (
            "schedules:\n  morning-checklist: at nine",
            f"schedules.morning-checklist: `at nine` is no schedule; write it like {EXAMPLES}. Or write on or off.",
        ),
        ("schedules:\n  all: hourly", "schedules.all must be on or off."),
    ],
)
def test_what_the_operator_wrote_wrongly_is_told_with_its_line(section: str, sentence: str) -> None:
    with pytest.raises(OrganisationError) as refused:
        _organisation_with(section)
    [told] = refused.value.sentences
    assert re.fullmatch(r"opsbot\.yaml:\d+: .*", told)
    assert told.endswith(sentence)
