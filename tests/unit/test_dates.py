"""Times and days as people type them, and tasks with owners and days in them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refused
from playbooks.dates import appointment_first, moment_first, read_day, read_moment
from playbooks.task_words import TaskWords, measures_of, task_of
from tests import night

NOW = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
"""A Monday, 10:00 in New York, the second day of summer time."""
ZONE = ZoneInfo("America/New_York")
TODAY = date(2026, 3, 9)
ORGANISATION = night.organisation()


@pytest.mark.parametrize(
    ("words", "at", "rest"),
    [
        ("09:30 rebooted", "2026-03-09 13:30", "rebooted"),
        ("9:30: rebooted", "2026-03-09 13:30", "rebooted"),
        ("23:50 rebooted", "2026-03-09 03:50", "rebooted"),
        ("yesterday 23:50 it began", "2026-03-09 03:50", "it began"),
        ("2026-03-07 23:50 it began", "2026-03-08 04:50", "it began"),
        ("2026-03-07 23:50 UTC it began", "2026-03-07 23:50", "it began"),
        ("13:59z it began", "2026-03-09 13:59", "it began"),
    ],
)
def test_a_time_at_the_beginning_is_read(words: str, at: str, rest: str) -> None:
    assert moment_first(words, now=NOW, timezone=ZONE) == (datetime.fromisoformat(f"{at}+00:00"), rest)


@pytest.mark.parametrize(
    "words", ["42 users", "24:00 x", "10:000 x", "12:30:15 x", "2026-13-01 10:00 x", "at 10:00", ""]
)
def test_what_is_no_time_is_left_alone(words: str) -> None:
    assert moment_first(words, now=NOW, timezone=ZONE) == (None, words)


def test_what_should_be_a_time_is_refused_with_how_it_is_written() -> None:
    with pytest.raises(Refused, match="times are those of America/New_York"):
        read_moment("noon", now=NOW, timezone=ZONE)


@pytest.mark.parametrize(
    ("words", "at", "rest"),
    [
        ("Thursday at 10:00 Room 4", "2026-03-12 14:00", "Room 4"),
        ("Thursday at 10", "2026-03-12 14:00", ""),
        ("13 Mar 10:00", "2026-03-13 14:00", ""),
        ("10:30", "2026-03-09 14:30", ""),
        ("09:30", "2026-03-10 13:30", ""),
        ("2026-03-13 11:00 UTC", "2026-03-13 11:00", ""),
    ],
)
def test_an_appointment_lies_ahead(words: str, at: str, rest: str) -> None:
    assert appointment_first(words, now=NOW, timezone=ZONE) == (datetime.fromisoformat(f"{at}+00:00"), rest)


@pytest.mark.parametrize("words", ["2026-03-01 10:00", "soon", "someday 10:00", "Thursday"])
def test_what_does_not_lie_ahead_is_no_appointment(words: str) -> None:
    assert appointment_first(words, now=NOW, timezone=ZONE) == (None, words)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", TODAY),
        ("tomorrow", date(2026, 3, 10)),
        ("Monday", TODAY),
        ("fri", date(2026, 3, 13)),
        ("13 Mar", date(2026, 3, 13)),
        ("March 13", date(2026, 3, 13)),
        ("2 Jan", date(2026, 1, 2)),
        ("2026-12-24", date(2026, 12, 24)),
        ("31 Feb", None),
        ("whenever", None),
        ("mo", None),
        ("", None),
    ],
)
def test_days_are_read(words: str, day: date | None) -> None:
    assert read_day(words, TODAY) == day


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_the_reading(words: str) -> None:
    for first in (moment_first, appointment_first):
        at, rest = first(words, now=NOW, timezone=ZONE)
        assert at is None or at.tzinfo
        assert len(rest) <= len(words) + 3
    read_day(words, TODAY)
    task_of(words, ORGANISATION, TODAY)
    list(measures_of(words, ORGANISATION, TODAY))


@pytest.mark.parametrize(
    ("words", "task"),
    [
        (
            "add an index <@U0ANA|ana> by Friday",
            TaskWords(text="add an index", owner="U0ANA", due_on=date(2026, 3, 13)),
        ),
        ("@ben write a test until 20 Mar", TaskWords(text="write a test", owner="U0BEN", due_on=date(2026, 3, 20))),
        ("fix it by hand", TaskWords(text="fix it by hand")),
        ("mail ops@example.com by tomorrow", TaskWords(text="mail ops@example.com", due_on=date(2026, 3, 10))),
        ("ask @nobody", TaskWords(text="ask @nobody")),
    ],
)
def test_owner_and_day_are_taken_out_of_a_task(words: str, task: TaskWords) -> None:
    assert task_of(words, ORGANISATION, TODAY) == task


def test_only_measures_that_name_somebody_or_a_day_are_taken() -> None:
    agreed = (
        "1. Ana adds an index check by Friday\n* Alert on slow queries (20 Mar)\n\nBe careful\n<@U0CHO> writes docs"
    )

    assert [(each.text, each.owner, each.due_on) for each in measures_of(agreed, ORGANISATION, TODAY)] == [
        ("Ana adds an index check by Friday", "U0ANA", date(2026, 3, 13)),
        ("Alert on slow queries (20 Mar)", "", date(2026, 3, 20)),
        ("Cho Lin writes docs", "U0CHO", None),
    ]
