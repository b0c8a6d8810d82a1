"""A few days on the jumping clock, over each change of clocks: every slot once, and what an outage missed is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.schedule import Schedules, read_schedule
from tests.almanac import Entry, library
from tests.reckoning import wrongs
from tests.simulation import Course, Outage, simulation
from tests.war_room import example

HOUR = timedelta(hours=1)
NIGHTLY = {
    "on-call-coverage": read_schedule("daily 02:30"),
    "weekend-check": read_schedule("hourly 00:00-04:00"),
    "hourly-check": False,
    "morning-checklist": False,
}
"""What starts when clocks change, and not so much by day."""


def entries() -> list[Entry]:
    kept = [entry for entry in library() if entry.playbook not in NIGHTLY]
    hours = tuple(f"0{hour}:00" for hour in range(5))
    return [
        *kept,
        Entry(playbook="on-call-coverage", times=("02:30",)),
        Entry(playbook="weekend-check", times=hours),
    ]


@pytest.mark.parametrize(
    "change",
    [datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)],
    ids=["spring", "autumn"],
)
async def test_when_clocks_change_every_slot_is_accounted_for_once(sqlite_store_url: str, change: datetime) -> None:
    """From Friday to Monday, with an outage of half an hour over the change itself and a long one by day."""
    outages = (
        Outage(begin=change - HOUR / 4, end=change + HOUR / 4),
        Outage(begin=change + 5 * HOUR, end=change + 20 * HOUR),
    )
    course = Course(begin=change - 36 * HOUR, end=change + 36 * HOUR, entries=entries(), outages=outages)
    organisation = replace(example()[0], schedules=Schedules(chosen=NIGHTLY))
    async with simulation(sqlite_store_url, course, organisation) as days:
        await days.run()
        assert await wrongs(days) == []
