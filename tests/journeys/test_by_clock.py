"""Playbooks that the clock starts: each slot once, together what belongs together, and nothing missed in silence."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.app import running
from bot.organisation_file import load_organisation
from bot.store.slots import slot as slot_table
from sandbox.faults import Fault
from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened

BEFORE_NINE = datetime(2026, 3, 9, 12, 55, tzinfo=UTC)
"""Monday, 08:55 in New York."""
BEFORE_FIVE = datetime(2026, 3, 13, 20, 55, tzinfo=UTC)
"""Friday, 16:55 in New York."""
MORNING = "all: off\nmorning-checklist: on"
HOURLY = "all: off\nhourly-check: on"


async def slots(town: Town) -> list[tuple[str, str, bool]]:
    """All slots that were claimed, in order: the playbook, the time on the wall, and whether it ran."""
    async with town.bot.store.look() as unit:
        rows = await unit.connection.execute(slot_table.select().order_by(slot_table.c.at, slot_table.c.playbook))
        return [(row.playbook, row.local, row.run is not None) for row in rows]


async def test_the_morning_checklist_comes_at_nine_and_people_press_what_is_theirs(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_NINE, schedules=MORNING)) as town:
        await town.pass_time(minutes=4)
        assert town.texts("alerts") == []

        await town.pass_time(minutes=1)
        [sheet] = town.texts("alerts")
        assert "Morning checklist" in sheet
        assert "looking" not in sheet, "all evidence is in"

        await town.press("Done", where="alerts", near="community", by="ben")
        assert "<@U0BEN>" in town.texts("alerts")[0]
        assert await slots(town) == [("morning-checklist", "2026-03-09T09:00", True)]


async def test_on_monday_it_looks_back_to_the_last_end_of_day(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_NINE, schedules=MORNING)) as town:
        await town.pass_time(minutes=5)
        assert "since <!date^1772834400^" in town.texts("alerts")[0], "Friday, 17:00 in New York"


async def test_what_falls_on_the_same_minute_in_the_same_channel_is_one_message_the_handoff_first(plan: Plan) -> None:
    schedules = "all: off\nhandoff-friday: on\nend-of-day: on\nbackup-verification: friday 17:00"
    async with opened(replace(plan, start=BEFORE_FIVE, schedules=schedules)) as town:
        await town.pass_time(minutes=5)
        [handoff] = town.texts("on-call")
        [checks] = town.texts("alerts")
        assert "Handoff on Friday" in handoff
        assert "Backup verification and End of day" in checks
        assert len(await slots(town)) == 3


async def test_a_restart_over_a_slot_starts_it_late_and_says_so(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_NINE, schedules=MORNING)) as town:
        await town.stop()
        town.ground.clock.advance(20 * 60)
        await town.start()
        await town.settle()
        [sheet] = town.texts("alerts")
        assert "late: opsbot was not running then" in sheet

        await town.stop()
        await town.start()
        await town.settle()
        assert len(town.texts("alerts")) == 1


async def test_what_is_too_late_is_told_where_it_would_have_been_and_to_its_owner(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_NINE, schedules=HOURLY)) as town:
        await town.stop()
        town.ground.clock.advance(4 * 3600 + 45 * 60)  # 13:40
        await town.start()
        await town.settle()
        [told] = town.texts("alerts")
        assert "Hourly check did not run" in told.replace("*", "")
        assert "/ops check hourly-check" in told
        assert "Hourly check" in town.directs("ana")[0]
        assert [(local[11:], ran) for _, local, ran in await slots(town)] == [
            (f"{hour}:00", False) for hour in (10, 11, 12, 13)
        ]


async def test_of_several_missed_the_last_starts_late_when_it_is_soon_enough(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_NINE, schedules=HOURLY)) as town:
        await town.stop()
        town.ground.clock.advance(3 * 3600 + 15 * 60)  # 12:10
        await town.start()
        await town.settle()
        assert [(local[11:], ran) for _, local, ran in await slots(town)] == [
            ("10:00", False),
            ("11:00", False),
            ("12:00", True),
        ]


async def test_a_schedule_that_is_changed_holds_from_then_on(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_NINE, schedules=MORNING)) as town:
        await town.stop()
        town.plan = replace(plan, start=BEFORE_NINE, schedules="all: off\nmorning-checklist: weekdays 09:30")
        town.ground.clock.advance(10 * 60)
        await town.start()
        await town.settle()
        assert town.texts("alerts") == []
        await town.pass_time(minutes=25)
        assert len(town.texts("alerts")) == 1


async def test_on_a_holiday_the_checklist_rests_and_the_backups_are_looked_at(plan: Plan) -> None:
    christmas = datetime(2026, 12, 25, 12, tzinfo=UTC)
    schedules = "all: off\nmorning-checklist: on\nbackup-verification: on"
    async with opened(replace(plan, start=christmas, schedules=schedules)) as town:
        await town.pass_time(minutes=10 * 60)
        assert [name for name, _, _ in await slots(town)] == ["backup-verification"]


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (datetime(2026, 3, 8, 5, 30, tzinfo=UTC), 4, ["01:00", "03:00", "04:00", "05:00"]),
        (datetime(2026, 11, 1, 4, 30, tzinfo=UTC), 5, ["01:00", "02:00", "03:00", "04:00"]),
    ],
)
async def test_when_clocks_change_each_local_time_comes_once(
    plan: Plan, start: datetime, hours: int, expected: list[str]
) -> None:
    async with opened(replace(plan, start=start, schedules="all: off\nhourly-check: hourly 01:00-23:00")) as town:
        for _ in range(hours):
            await town.pass_time(minutes=60)
        assert [local[11:] for _, local, _ in await slots(town)] == expected


async def test_two_bots_on_one_database_start_it_once(plan: Plan, postgres_store_url: str) -> None:
    there = replace(plan, database=postgres_store_url, start=BEFORE_NINE, schedules=MORNING)
    async with opened(there) as town:
        settings = town.settings()
        async with running(settings, load_organisation(settings.config), town.ground.clock) as second:
            town.ground.clock.advance(5 * 60)
            await asyncio.gather(town.bot.ticking.due.tick(), second.ticking.due.tick())
            await town.settle()
            assert town.count("Morning checklist", "alerts") == 1
        assert await slots(town) == [("morning-checklist", "2026-03-09T09:00", True)]


async def test_a_message_that_cannot_be_posted_is_told_to_the_owner(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_NINE, schedules=MORNING)) as town:
        town.breaks("error:is_archived", "chat.postMessage", times=1)
        await town.pass_time(minutes=5)
        assert town.texts("alerts") == []
        [told] = town.directs("ana")
        assert "Morning checklist" in told


async def test_the_next_days_can_be_read(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_NINE, schedules="all: on")) as town:
        said = await town.slash("/ops schedule")
        assert "Mon 9 Mar  09:00 Handoff on Monday, Morning checklist" in said
        assert "10:00–16:00 (7 times) Hourly check" in said
        assert "08:30 Backup verification · 09:00 Weekend check" in said
        assert "Mon 23 Mar" in said


async def test_a_handoff_takes_notes_and_is_late_when_nobody_has_it(plan: Plan) -> None:
    async with opened(replace(plan, start=BEFORE_FIVE, schedules="all: off\nhandoff-friday: on")) as town:
        await town.pass_time(minutes=5)
        sheet = town.texts("on-call")[0]
        assert "Ana Silva to Ben Okafor" in sheet
        assert "a test alert was in PagerDuty after" in sheet
        assert town.texts("alerts") == [], "a test alert is nobody's business"
        assert "You take over from <@U0ANA>" in town.directs("ben")[0]

        await town.press("Answer", where=town.direct("ana"), by="ana")
        await town.fill({"Notes": "Watch billing: its queue is long."}, by="ana")
        assert "Watch billing" in town.texts("on-call")[0]

        await town.pass_time(minutes=29)
        assert len(town.messages("on-call")) == 1
        await town.pass_time(minutes=1)
        [_, late] = town.texts("on-call")
        assert "I have it" in late

        assert "waits for you since" in town.directs("ben")[1]
        await town.press("I have it", where=town.direct("ben"), by="ben")
        assert len(town.messages("on-call")) == 1, "nothing is late any more"
        assert "<@U0BEN> has accepted the handoff" in town.directs("ana")[-1]


async def test_a_source_that_is_down_all_night_is_named_and_the_checklist_comes_on_time(
    plan: Plan, postgres_server: PostgresServer
) -> None:
    async with opened(replace(plan, start=BEFORE_NINE, schedules=MORNING, cloud=postgres_server)) as town:
        down = Fault(name="night", kind="error:UNAVAILABLE", target="google", method="*TimeSeries*")
        town.ground.faults.add(down)
        await town.pass_time(minutes=5)

        sheet = town.texts("alerts")[0].replace("*", "")
        assert "Morning checklist" in sheet
        assert "Not seen: " in sheet
        assert "❓ 1. Latency, p95 and p99." in sheet
        assert "looking" not in sheet, "the rest is told as ever"
