"""A maintenance: each announcement once, whenever somebody looks; what is due by when; how far it can go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refused
from bot.domain.maintenance import Maintenance, Stage
from bot.domain.maintenance_calendar import Calendar, Turn, merged
from bot.domain.maintenance_notice import AHEAD, Announcement, Notice, Prompt, Way
from bot.public_holidays import Holidays

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
FEBRUARY = datetime(2026, 2, 1, 2, tzinfo=UTC)
CALENDAR = Calendar(zone=NEW_YORK, days=range(5), day_off=Holidays(country="US").day_off)


def maintenance(starts_at: datetime = FEBRUARY, *, planned_days_before: float = 60) -> Maintenance:
    return Maintenance(
        number=7,
        title="Database maintenance",
        starts_at=starts_at,
        ends_at=starts_at + 2 * HOUR,
        services=("control-plane",),
        planned_at=starts_at - timedelta(days=planned_days_before),
        announced=CALENDAR.announcements(starts_at),
    )


def announce(of: Maintenance, now: datetime) -> Announcement | None:
    """What the clock does when it looks."""
    found = of.announcement(now)
    if found:
        for way in Way:
            assert of.send(found.notice, way, now, late=found.late)
    of.pass_over(now)
    return found


@pytest.mark.parametrize(
    ("starts_at", "country", "two_weeks", "one_week"),
    [
        (FEBRUARY, "US", date(2026, 1, 16), date(2026, 1, 23)),
        (datetime(2026, 3, 1, 2, tzinfo=UTC), "US", date(2026, 2, 13), date(2026, 2, 20)),
        (datetime(2026, 4, 5, 2, tzinfo=UTC), "US", date(2026, 3, 20), date(2026, 3, 27)),
        (datetime(2026, 1, 4, 2, tzinfo=UTC), "PL", date(2025, 12, 19), date(2025, 12, 23)),
    ],
)
def test_announcements_go_out_on_the_working_day_before_at_ten(
    starts_at: datetime, country: str, two_weeks: date, one_week: date
) -> None:
    """The days of the runbook's facts; on 24 to 26 December nobody works there."""
    calendar = Calendar(zone=NEW_YORK, days=range(5), day_off=Holidays(country=country).day_off)
    due = calendar.announcements(starts_at)
    local = {notice: moment.astimezone(NEW_YORK) for notice, moment in due.items()}
    assert local[Notice.TWO_WEEKS].date() == two_weeks
    assert local[Notice.ONE_WEEK].date() == one_week
    assert {f"{moment:%H:%M}" for moment in local.values()} == {"10:00"}


@given(
    minutes=st.integers(0, 6 * 366 * 24 * 60),
    zone=st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland"]),
    off=st.frozensets(st.integers(0, 40), max_size=20),
)
def test_whenever_it_is_there_is_time_enough_after_a_working_day(minutes: int, zone: str, off: frozenset[int]) -> None:
    starts_at = FEBRUARY + timedelta(minutes=minutes)
    days_off = {(starts_at - timedelta(days=back)).date() for back in off}
    calendar = Calendar(zone=ZoneInfo(zone), days=range(5), day_off=days_off.__contains__)
    for notice, ahead in AHEAD.items():
        moment = calendar.announcements(starts_at)[notice]
        assert starts_at - moment >= ahead
        assert calendar.works(moment.astimezone(calendar.zone).date())


@given(looks=st.lists(st.integers(0, 40 * 24), max_size=40), planned_days_before=st.integers(0, 60))
def test_each_announcement_goes_out_once_whenever_somebody_looks(
    looks: Sequence[int], planned_days_before: int
) -> None:
    """Hours before and after it begins; the last look is long after."""
    of = maintenance(planned_days_before=planned_days_before)
    made = []
    for hours in sorted(looks):
        now = max(of.planned_at, FEBRUARY - timedelta(days=30) + timedelta(hours=hours))
        if found := announce(of, now):
            made.append(found)
    assert len({found.notice for found in made}) == len(made)
    assert [found.first for found in made] == [True, False][: len(made)]
    announce(of, FEBRUARY + timedelta(days=30))
    assert all(f"{notice}/{way}" in of.sent for notice in AHEAD for way in Way), "none is left for ever"
    assert of.announcement(FEBRUARY + timedelta(days=31)) is None


@given(st.integers(0, 30 * 24))
def test_the_clock_is_never_asked_to_look_at_what_it_has_done(hours: int) -> None:
    of = maintenance()
    now = FEBRUARY - timedelta(days=25) + timedelta(hours=hours)
    announce(of, now)
    of.prompt(now)
    if not of.lapsed(now):
        assert of.next_due
        assert of.next_due > now


def test_one_that_was_missed_goes_out_late_and_one_in_time_does_not() -> None:
    two_weeks = CALENDAR.announcements(FEBRUARY)[Notice.TWO_WEEKS]
    assert announce(maintenance(), two_weeks - HOUR) is None
    assert announce(maintenance(), two_weeks) == Announcement(
        notice=Notice.TWO_WEEKS, first=True, late=False, short=False
    )
    late = announce(maintenance(), two_weeks + timedelta(days=1))
    assert late
    assert late.late


def test_two_that_were_missed_are_made_up_for_by_one() -> None:
    of = maintenance()
    found = announce(of, FEBRUARY - timedelta(days=2))
    assert found == Announcement(notice=Notice.ONE_WEEK, first=True, late=True, short=False)
    assert announce(of, FEBRUARY - timedelta(days=1)) is None
    assert of.sent["two-weeks/mail"].missed


def test_what_is_planned_shortly_before_is_announced_at_once_and_says_so() -> None:
    of = maintenance(planned_days_before=3)
    found = announce(of, of.planned_at)
    assert found == Announcement(notice=Notice.ONE_WEEK, first=True, late=False, short=True)


def test_what_begins_unannounced_is_told() -> None:
    of = maintenance()
    assert of.announcement(FEBRUARY) is None
    assert of.pass_over(FEBRUARY) == [Notice.TWO_WEEKS, Notice.ONE_WEEK]
    assert of.pass_over(FEBRUARY) == []
    assert not of.public


def turn(day: datetime, hours: int, name: str, *services: str) -> Turn:
    title = f"{name.capitalize()} maintenance"
    return Turn(title=title, starts_at=day, ends_at=day + hours * HOUR, services=services, playbooks=(name,))


def test_in_a_quarter_month_the_months_is_the_first_part_of_the_quarters() -> None:
    january, april = datetime(2026, 1, 4, 2, tzinfo=UTC), datetime(2026, 4, 5, 2, tzinfo=UTC)
    turns = [turn(day, 2, "database", "api") for day in (january, FEBRUARY, april)]
    turns += [turn(day, 4, "infrastructure", "api", "web") for day in (january, april)]
    whole = merged(turns)
    assert [(each.starts_at, each.ends_at - each.starts_at, each.playbooks) for each in whole] == [
        (january, 4 * HOUR, ("database", "infrastructure")),
        (FEBRUARY, 2 * HOUR, ("database",)),
        (april, 4 * HOUR, ("database", "infrastructure")),
    ]
    assert whole[0].title == "Database and infrastructure maintenance"
    assert whole[0].services == ("api", "web")


def test_those_that_only_touch_stay_two() -> None:
    assert len(merged([turn(FEBRUARY, 2, "a"), turn(FEBRUARY + 2 * HOUR, 2, "b")])) == 2


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9)), min_size=1, max_size=12))
def test_no_two_overlap_once_merged(spans: list[tuple[int, int]]) -> None:
    whole = merged(turn(FEBRUARY + start * HOUR, length, f"p{start}") for start, length in spans)
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(whole))
    assert sorted(name for each in whole for name in each.playbooks) == sorted(f"p{start}" for start, _ in spans)


@dataclass(frozen=True, kw_only=True)
class Asked:
    before: timedelta
    go: bool
    prompt: Prompt | None


@pytest.mark.parametrize(
    "asked",
    [
        Asked(before=25 * HOUR, go=False, prompt=None),
        Asked(before=24 * HOUR, go=False, prompt=Prompt.DECIDE),
        Asked(before=HOUR, go=False, prompt=Prompt.REMIND),
        Asked(before=HOUR, go=True, prompt=None),
        Asked(before=timedelta(), go=False, prompt=Prompt.UNDECIDED),
        Asked(before=timedelta(), go=True, prompt=None),
    ],
)
def test_people_are_asked_whether_it_may_begin_until_they_say(asked: Asked) -> None:
    of, now = maintenance(), FEBRUARY - asked.before
    if asked.go:
        assert of.prompt(FEBRUARY - 24 * HOUR) is Prompt.DECIDE
        of.go("U0ANA", FEBRUARY - 2 * HOUR)
    assert of.prompt(now) is asked.prompt
    assert of.prompt(now) is None, "once"


def test_without_a_go_nothing_begins_and_its_time_goes_by() -> None:
    of = maintenance()
    assert not of.may_begin(FEBRUARY)
    assert of.lapsed(of.ends_at)
    of.go("U0ANA", FEBRUARY - HOUR)
    assert of.may_begin(FEBRUARY)
    assert not of.may_begin(of.ends_at), "too late for that"


def begun(by: str = "U0ANA") -> Maintenance:
    of = maintenance()
    of.begin(by, FEBRUARY)
    return of


def test_it_is_asked_how_it_goes_every_half_hour_unless_somebody_says() -> None:
    of = begun()
    assert not of.asks_progress(FEBRUARY + timedelta(minutes=29))
    assert of.asks_progress(FEBRUARY + timedelta(minutes=30))
    of.say("Half of the tables are done.", FEBRUARY + timedelta(minutes=50))
    assert not of.asks_progress(FEBRUARY + timedelta(minutes=60))
    assert of.asks_progress(FEBRUARY + timedelta(minutes=80))


def test_before_its_end_and_every_half_hour_after_it_is_asked_whether_it_takes_longer() -> None:
    of = begun()
    minutes = [minute for minute in range(0, 200, 5) if of.overruns(FEBRUARY + timedelta(minutes=minute))]
    assert minutes == [105, 120, 150, 180]
    of.extend(HOUR, FEBRUARY + timedelta(minutes=195))
    assert of.ends_at == FEBRUARY + timedelta(minutes=255), "from now on, for its time was over"
    assert of.overruns(FEBRUARY + timedelta(minutes=240)) is Prompt.ENDING


def test_only_a_person_ends_it_and_only_after_having_looked() -> None:
    of = begun()
    with pytest.raises(Refused, match="look whether all is well"):
        of.end("U0ANA", FEBRUARY + HOUR)
    of.verify("U0ANA")
    assert of.touches("control-plane")
    of.end("U0BEN", FEBRUARY + HOUR)
    assert of.stage is Stage.ENDED
    assert not of.touches("control-plane")
    assert of.next_due is None


def test_what_is_under_way_or_over_is_not_cancelled_and_does_not_begin_again() -> None:
    of = begun()
    with pytest.raises(Refused, match="MNT-7 is under way already"):
        of.cancel("U0ANA", "No time.", FEBRUARY)
    with pytest.raises(Refused, match="already"):
        of.begin("U0ANA", FEBRUARY)


def test_it_begins_an_hour_early_at_most() -> None:
    with pytest.raises(Refused, match="too early"):
        maintenance().begin("U0ANA", FEBRUARY - 2 * HOUR)
    with pytest.raises(Refused, match="too early"):
        maintenance().go("U0ANA", FEBRUARY - 25 * HOUR)
    early = maintenance()
    early.begin("U0ANA", FEBRUARY - HOUR)
    assert early.go_by == "U0ANA"
