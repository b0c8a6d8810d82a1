"""An hourly check says once that something has become worse, keeps in mind when that began, and says once that it is over."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.alert import Alert, Source, Suggestion
from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.evidence import Advice, Evidence, Finding, Verdict
from bot.domain.looking import LookAt, ShareSheet
from bot.store.unit_of_work import Store
from playbooks.kept_diary import KeptDiary
from playbooks.looks import asked
from tests.as_text import message_text
from tests.unit.test_restore_tests import PLAN
from tests.war_room import ANA, WarRoom, example, war_room

TEN = datetime(2026, 3, 10, 14, tzinfo=UTC)
"""Tuesday, 10:00 in New York."""
TWENTY_PAST = TEN + timedelta(minutes=80)
HOUR = timedelta(hours=1)
MINUTES = timedelta(minutes=3)
CHECK = "hourly-check"
BLAME = Advice(says="00042 deployed 11:20, errors since 11:20; 00041 was healthy", strength=0.9, target="control-plane")


@pytest.fixture
async def room(sqlite_store_url: str) -> AsyncIterator[WarRoom]:
    """A quarter to ten, where the hourly check alone starts by the clock, and all is well."""
    async with war_room(sqlite_store_url, start=TEN - HOUR / 4) as room:
        await room.expect_only(CHECK)
        for name in asked(example()[1].find(CHECK).steps()):
            see(room, name, Verdict.GREEN)
        yield room


def see(room: WarRoom, name: str, verdict: Verdict, advice: tuple[Advice, ...] = ()) -> None:
    since = TWENTY_PAST if verdict.unhealthy else None
    finding = Finding(verdict=verdict, says=f"{name} is {verdict}", since=since)
    room.outside.seen[name] = Evidence(name=name, findings=(finding,), looked_at=TEN, advice=advice)


async def told(room: WarRoom, *verdicts: Verdict, each: timedelta = HOUR) -> list[str]:
    """What was said aloud, as errors are so from hour to hour, or from one look to the next."""
    for verdict in verdicts:
        see(room, "error-ratio", verdict, (BLAME,) if verdict.unhealthy else ())
        for _ in range(each // MINUTES):
            await room.pass_time(seconds=MINUTES.total_seconds())
    return heard(room)


def heard(room: WarRoom) -> list[str]:
    aloud = [slot for slot in room.outside.posts if slot.endswith(("/louder", "/over"))]
    return [message_text(room.outside.messages[slot]) for slot in aloud]


async def open_marks(store: Store) -> int:
    async with store.look() as unit:
        return len(await unit.marks.named(f"worse/{CHECK}/"))


async def test_what_became_worse_is_told_once_with_what_helps_and_that_it_is_over_once(room: WarRoom) -> None:
    loud, over = await told(room, *[Verdict.GREEN] * 2, *[Verdict.RED] * 2, *[Verdict.GREEN] * 3)
    assert "this has become worse" in loud
    assert "error-ratio is red" in loud
    assert "not well since" not in loud, "the finding says since when"
    assert f"👉 {BLAME.says}" in loud
    assert "well again" in over
    assert "error-ratio is green" in over
    assert await open_marks(room.store) == 0


async def test_what_comes_and_goes_is_told_once_and_over_once(room: WarRoom) -> None:
    flapping = (Verdict.RED, Verdict.GREEN, Verdict.RED, Verdict.GREEN)
    loud, over = await told(room, Verdict.GREEN, *flapping)
    assert ("worse" in loud, "well again" in over) == (True, True)


async def test_what_comes_again_and_stays_is_told_again(room: WarRoom) -> None:
    again = (Verdict.RED, Verdict.GREEN, Verdict.RED, Verdict.RED)
    *_, last = await told(room, Verdict.GREEN, *again)
    assert len(heard(room)) == 3
    assert "worse" in last


async def test_that_it_is_over_is_told_ten_minutes_after_it_was_first_seen(room: WarRoom) -> None:
    await told(room, Verdict.GREEN, Verdict.RED)
    await told(room, Verdict.GREEN, each=8 * MINUTES)
    assert len(heard(room)) == 1, "it was seen nine minutes ago"
    *_, over = await told(room, Verdict.GREEN, each=MINUTES)
    assert "well again" in over
    assert await open_marks(room.store) == 0
    async with room.store.look() as unit:
        slots = await unit.slots.since(CHECK, TEN)
        runs = {run for _, run in slots}
        others = [number for number in range(1, 40) if number not in runs]
        assert [await unit.evidence.of(incident=0, run=number) for number in others] == [{}] * len(others)


async def test_what_is_not_well_ten_minutes_later_is_not_over(room: WarRoom) -> None:
    await told(room, Verdict.GREEN, Verdict.RED)
    await told(room, Verdict.GREEN, each=7 * MINUTES)
    await told(room, Verdict.RED, each=12 * MINUTES)
    assert len(heard(room)) == 1
    assert await open_marks(room.store) == 1


async def test_trouble_of_the_last_check_of_a_day_is_over_that_evening(room: WarRoom) -> None:
    await told(room, *[Verdict.GREEN] * 6, Verdict.RED)
    *_, over = await told(room, Verdict.GREEN, Verdict.GREEN, Verdict.GREEN)
    assert "well again" in over
    assert room.clock.now() < TEN + 10 * HOUR


async def test_what_an_alert_shows_already_is_not_told_again(room: WarRoom) -> None:
    await alerted(room, Verdict.RED)
    assert await told(room, Verdict.GREEN, Verdict.RED, Verdict.RED) == []


async def test_what_is_worse_than_an_alert_shows_is_told(room: WarRoom) -> None:
    await alerted(room, Verdict.AMBER)
    assert len(await told(room, Verdict.GREEN, Verdict.RED)) == 1


async def test_what_outlasts_its_alert_is_told(room: WarRoom) -> None:
    await alerted(room, Verdict.RED)
    await told(room, Verdict.GREEN, Verdict.RED)
    await alerted(room, Verdict.RED, firing=False)
    assert len(await told(room, Verdict.RED)) == 1


async def test_what_a_change_left_to_be_finished_is_not_told_aloud(room: WarRoom) -> None:
    finding = Finding(verdict=Verdict.AMBER, says="Billing was rolled back and not finalised", subject="billing")
    room.outside.seen["revisions"] = Evidence(name="revisions", findings=(finding,), looked_at=TEN)
    rolled_back = Change(
        kind="rollback",
        parameters={"service": "billing"},
        requested_by=ANA,
        requested_at=TEN,
        place="channel/C1",
        stage=Stage.DONE,
        begun_at=room.clock.now(),
        follow_up="finalize",
        follow_up_due=TEN + 24 * HOUR,
        plan=replace(PLAN, target="service/billing"),
    )
    async with room.store.begin() as unit:
        await unit.changes.add(rolled_back)
    assert await told(room, Verdict.GREEN, Verdict.GREEN) == []


async def alerted(room: WarRoom, verdict: Verdict, *, firing: bool = True) -> None:
    """An alert that was looked into, as it is told."""
    now = room.clock.now()
    alert = Alert(source=Source.ALERTMANAGER, key="e", cause="errors", title="Errors", firing=firing, at=now, since=TEN)
    finding = Finding(verdict=verdict, says=f"error-ratio is {verdict}")
    seen = Evidence(name="error-ratio", findings=(finding,), looked_at=TEN)
    async with room.store.begin() as unit:
        await unit.alerts.queue()
        suggestion = await unit.alerts.of_cause(alert.origin) or Suggestion(
            rule="x", title="Errors", severity=None, services=(), opened_at=TEN, seen_at=TEN
        )
        suggestion.hear(alert, unit.now)
        suggestion.look = 900
        await (unit.alerts.save(suggestion) if suggestion.version else unit.alerts.add(suggestion))
        await unit.evidence.keep(seen, incident=0, run=900)


async def test_what_cannot_be_looked_at_is_not_over(room: WarRoom) -> None:
    assert len(await told(room, Verdict.RED, Verdict.COULD_NOT_LOOK, Verdict.COULD_NOT_LOOK)) == 1


async def test_trouble_that_goes_on_keeps_its_beginning(room: WarRoom) -> None:
    await told(room, Verdict.GREEN, Verdict.RED, Verdict.RED, Verdict.GREEN, Verdict.GREEN)
    looks = [
        each
        for each in room.outside.done
        if isinstance(each, LookAt) and each.name == "error-ratio" and not each.aftercare
    ]
    assert [each.began for each in looks] == [None, None, TWENTY_PAST, TWENTY_PAST, None]
    assert looks[1].since == TEN, "what is asked for is the hour"


async def test_the_picture_waits_for_what_is_looked_at_once_more_and_is_one(room: WarRoom) -> None:
    def pictures() -> int:
        return len([each for each in room.outside.done if isinstance(each, ShareSheet)])

    see(room, "latency", Verdict.COULD_NOT_LOOK)
    see(room, "network", Verdict.COULD_NOT_LOOK)
    await room.pass_time(minutes=15)
    assert pictures() == 0, "two are looked at once more in a minute"
    see(room, "latency", Verdict.GREEN)
    await room.pass_time(minutes=2)
    assert pictures() == 1
    late = next(each for each in reversed(room.outside.done) if isinstance(each, LookAt))
    async with room.store.begin() as unit:
        await unit.outbox.put(late)
    await room.pass_time(minutes=1)
    assert pictures() == 1


async def test_who_hands_over_reads_of_it_by_its_title(room: WarRoom) -> None:
    await told(room, Verdict.RED)
    diary = KeptDiary(room.store, organisation=room.organisation, playbooks=lambda: example()[1].playbooks)
    past = {each.title: each for each in await diary.checks(since=TEN - HOUR)}
    assert past["Hourly check"].unwell == ("Errors",)
