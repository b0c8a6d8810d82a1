"""Months of maintenances on the jumping clock: each turn once, each notice once, whoever ticks and whatever was missed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.clock import Clock
from bot.domain.maintenance import Maintenance, MaintenanceKey, Stage
from bot.domain.maintenance_notice import MailNotice
from bot.domain.schedule import Schedules
from bot.organisation import Organisation
from bot.store.agenda import agenda
from bot.store.database import open_database
from bot.store.maintenances import maintenance as table
from bot.store.tables import outbox
from bot.store.unit_of_work import Store
from playbooks import load
from playbooks.maintenance_due import Maintaining
from playbooks.maintenance_news import not_maintained
from playbooks.timetable import Timetable
from playbooks.vocabulary import vocabulary
from tests import night
from tests.clock import ManualClock

CATALOGUE = load(vocabulary(), None)
NEW_YEAR = datetime(2027, 1, 1, 12, tzinfo=UTC)
"""Two days before the first Sunday of a quarter."""
DAY = timedelta(days=1)
ON = Schedules(by_default=False, chosen={"database-maintenance": True, "infrastructure-maintenance": True})


class Year:
    """A store, and those who tick on it."""

    def __init__(self, url: str, clock: ManualClock, schedules: Schedules = ON) -> None:
        self.clock = clock
        self.organisation = replace(night.organisation(), schedules=schedules)
        self.store = Store(open_database(url), _as_clock(clock))
        self.tickers = [self._ticker(self.organisation) for _ in range(2)]

    def _ticker(self, organisation: Organisation) -> Maintaining:
        timetable = Timetable(organisation, CATALOGUE)
        return Maintaining(store=self.store, organisation=organisation, timetable=timetable)

    async def expect(self, schedules: Schedules | None = None) -> None:
        if schedules:
            self.organisation = replace(self.organisation, schedules=schedules)
            self.tickers = [self._ticker(self.organisation) for _ in range(2)]
        for each in self.tickers:
            await each.expect()

    async def until(self, end: datetime) -> None:
        """Both look at everything that is due, at its moment."""
        while (due := await self._next()) is not None and due <= end:
            self.clock.advance(max((due - self.clock.now()).total_seconds(), 0))
            await self.tick()
        self.clock.advance((end - self.clock.now()).total_seconds())

    async def tick(self) -> None:
        async with self.store.look() as unit:
            found = await agenda(unit.connection, unit.now)
        for number in [key.number for _, key in found.due if isinstance(key, MaintenanceKey)]:
            await asyncio.gather(*(each.is_due(number) for each in self.tickers))

    async def all(self) -> list[Maintenance]:
        async with self.store.look() as unit:
            rows = await unit.connection.scalars(table.select().with_only_columns(table.c.number).order_by("starts_at"))
            found = [await unit.maintenances.get(number) for number in rows]
        return [each for each in found if each]

    async def told(self) -> Counter[str]:
        """The keys of what went out to those whom it touches."""
        async with self.store.look() as unit:
            keys = await unit.connection.scalars(outbox.select().with_only_columns(outbox.c.key))
        return Counter(key for key in keys if "/told/" in key or "/mail/" in key or "/page/" in key)

    async def _next(self) -> datetime | None:
        async with self.store.look() as unit:
            return (await agenda(unit.connection, unit.now)).next_at


def _as_clock(clock: ManualClock) -> Clock:
    return clock


@pytest.fixture
async def year(store_url: str) -> AsyncIterator[Year]:
    made = Year(store_url, ManualClock(NEW_YEAR))
    yield made
    await made.store.close()


async def test_every_first_sunday_is_one_and_is_announced_twice(year: Year) -> None:
    await year.expect()
    await year.until(NEW_YEAR + 190 * DAY)

    past = [each for each in await year.all() if each.starts_at <= year.clock.now()]
    assert [each.starts_at.month for each in past] == list(range(1, 8))
    for each in past:
        quarter = each.starts_at.month in {1, 4, 7, 10}
        assert each.starts_at.day <= 7
        assert each.ends_at - each.starts_at == timedelta(hours=4 if quarter else 2)
        assert len(each.playbooks) == (2 if quarter else 1)
        assert each.stage is Stage.CANCELLED, "nobody said go"
    told = await year.told()
    assert set(told.values()) == {1}
    for each in past[1:]:
        for notice in ("two-weeks", "one-week", "cancelled"):
            assert told[f"maintenance/{each.number}/told/{notice}"] == 1
            assert told[f"maintenance/{each.number}/page/{notice}"] == 1
            assert told[f"maintenance/{each.number}/mail/{notice}"] == 1
        announced = [each.sent[f"{notice}/channel"] for notice in ("two-weeks", "one-week")]
        assert not any(sent.late for sent in announced)
        for sent, ahead in zip(announced, (14, 7), strict=True):
            assert each.starts_at - sent.at >= ahead * DAY
            assert year.organisation.business_hours.open_at(sent.at)
            assert not year.organisation.holidays.day_off(sent.at.date())


async def test_what_was_missed_for_weeks_goes_out_once_and_says_sorry(year: Year) -> None:
    await year.expect()
    await year.until(NEW_YEAR + 10 * DAY)
    year.clock.advance(20 * DAY.total_seconds())
    await year.tick()
    [february] = [each for each in await year.all() if each.starts_at.month == 2]
    assert february.sent["one-week/channel"].late
    assert february.sent["two-weeks/channel"].missed
    told = await year.told()
    assert told[f"maintenance/{february.number}/told/one-week"] == 1
    assert f"maintenance/{february.number}/told/two-weeks" not in told


async def test_what_cannot_get_where_it_should_is_told_to_whoever_is_on_call(year: Year) -> None:
    await year.expect()
    await year.until(NEW_YEAR + 23 * DAY)
    [february] = [each for each in await year.all() if each.starts_at.month == 2]
    mail = MailNotice(maintenance=february.number, notice="two-weeks", group="customers", subject="It", text="comes")
    async with year.store.begin() as unit:
        await not_maintained(unit, mail, "the mail server took 1 of 2 letters", year.organisation)
    [february] = [each for each in await year.all() if each.starts_at.month == 2]
    assert february.sent["two-weeks/mail"].trouble
    assert february.shown, "its card says so, two weeks before it would stand there"
    async with year.store.look() as unit:
        payloads = [row.payload for row in await unit.connection.execute(outbox.select())]
    assert any("the mail server took 1 of 2 letters. Do it by hand." in each for each in payloads)


async def test_there_is_always_one_planned_ahead_so_that_the_clock_comes_back(year: Year) -> None:
    await year.expect()
    for months in range(1, 4):
        await year.until(NEW_YEAR + months * 30 * DAY)
        starts = [each.starts_at for each in await year.all()]
        assert max(starts) > year.clock.now() + 30 * DAY
        assert all(one < other for one, other in pairwise(starts))


async def test_what_nobody_was_told_of_follows_the_schedule_and_what_was_announced_stays(year: Year) -> None:
    await year.expect()
    await year.until(NEW_YEAR + 23 * DAY)
    before = {each.starts_at.month: each.number for each in await year.all()}
    await year.expect(replace(ON, chosen={"infrastructure-maintenance": True}))
    after = {each.starts_at.month: each for each in await year.all()}
    assert after[2].number == before[2], "it was announced the day before"
    assert 3 in before
    assert 3 not in after
    assert after[4].playbooks == ("infrastructure-maintenance",)
