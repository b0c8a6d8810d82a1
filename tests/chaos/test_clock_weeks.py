"""Weeks on the jumping clock: every slot once, all that was missed told once, whatever dies and however long it is down."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.maintenance import Stage
from bot.domain.schedule import Schedules, read_schedule
from tests.almanac import Entry, dated, library
from tests.reckoning import wrongs
from tests.simulation import Course, Outage, Simulation, simulation
from tests.war_room import example

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OWN_WEEK = frozenset(date(2028, 3, 20) + DAY * number for number in range(5))
NEW_YEARS_WEEK = frozenset({date(2026, 12, 31), date(2027, 1, 1)})
ZONES = {
    "on-call-coverage": read_schedule("daily 02:30 Europe/Berlin"),
    "weekend-check": read_schedule("daily 02:30 Australia/Sydney"),
    "config-backup": read_schedule("daily 02:30"),
    "restore-test": read_schedule("monthly 29 11:00 in february"),
}
"""From 26 February to 3 April 2028 clocks go forward in New York and in Berlin, and back in Sydney."""

pytestmark = pytest.mark.chaos


def entries() -> list[Entry]:
    return [
        *(entry for entry in library() if entry.playbook not in ZONES),
        Entry(playbook="on-call-coverage", times=("02:30",), zone="Europe/Berlin"),
        Entry(playbook="weekend-check", times=("02:30",), zone="Australia/Sydney"),
        Entry(playbook="config-backup", times=("02:30",), grace=12 * HOUR),
        Entry(playbook="restore-test", days=dated(2, 29), times=("11:00",), grace=2 * DAY),
    ]


def outages(begin: datetime, end: datetime, dice: random.Random) -> tuple[Outage, ...]:
    """Every few days, of minutes, hours and sometimes days."""
    found: list[Outage] = []
    moment = begin + DAY
    while True:
        moment += timedelta(minutes=dice.randint(6 * 60, 4 * 24 * 60))
        length = timedelta(minutes=dice.choice([1, 10, 25, 50, 200, 700, 2000]))
        if moment + length >= end - DAY:
            return tuple(found)
        found.append(Outage(begin=moment, end=moment + length))
        moment += length


async def assert_maintained(of: Simulation, *turns: tuple[datetime, int]) -> None:
    """Each first Sunday is one maintenance, of so many playbooks; nobody says go, so it is cancelled, and told once."""
    found = [each for each in await of.maintenances() if of.course.begin < each.starts_at < of.clock.now()]
    assert [(each.starts_at, len(each.playbooks)) for each in found] == list(turns)
    posted = Counter(slot for slot in of.street.posts if slot.startswith("maintenance/"))
    for each in found:
        assert each.stage is Stage.CANCELLED
        assert posted[f"maintenance/{each.number}/ask/decide"] <= 1
    assert set(posted.values()) <= {1}


async def test_a_month_with_everything_that_calendars_do(sqlite_store_url: str) -> None:
    """A leap day, clocks that go forward and back, a week of days off, a quarter's month, and outages of any length."""
    begin, end = datetime(2028, 2, 26, 12, tzinfo=UTC), datetime(2028, 4, 3, 12, tzinfo=UTC)
    course = Course(
        begin=begin,
        end=end,
        entries=entries(),
        days_off=OWN_WEEK,
        outages=outages(begin, end, random.Random(28)),
    )
    organisation = replace(example()[0], schedules=Schedules(chosen=ZONES))
    async with simulation(sqlite_store_url, course, organisation) as month:
        await month.run()
        assert await wrongs(month) == []
        await assert_maintained(
            month, (datetime(2028, 3, 5, 2, tzinfo=UTC), 1), (datetime(2028, 4, 2, 2, tzinfo=UTC), 2)
        )


async def test_a_week_of_three_replicas_whose_leaders_die(postgres_store_url: str) -> None:
    """From Monday to Monday over the new year, whose first Sunday is a quarter's; a leader dies every few things due."""
    begin, end = datetime(2026, 12, 28, 12, tzinfo=UTC), datetime(2027, 1, 4, 18, tzinfo=UTC)
    course = Course(
        begin=begin,
        end=end,
        entries=library(),
        days_off=NEW_YEARS_WEEK,
        outages=(Outage(begin=begin + 2 * DAY, end=begin + 2 * DAY + 5 * HOUR),),
        replicas=3,
        losses=0.4,
        seed=6,
    )
    async with simulation(postgres_store_url, course, example()[0]) as week:
        await week.run()
        assert week.lost > 10
        assert await wrongs(week) == []
        await assert_maintained(week, (datetime(2027, 1, 3, 2, tzinfo=UTC), 2))
