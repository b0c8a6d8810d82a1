"""Once a day everybody who owes something is sent one list of it, and nobody else hears anything."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.domain.change import Agreement, Change
from bot.domain.change_stage import Stage
from bot.domain.diary import Edition
from bot.domain.effect import Attempt
from bot.domain.incident import Incident, Severity
from bot.domain.owed import ListWhatIsDue
from bot.domain.run import RunKey
from playbooks.beginning import Somewhere
from playbooks.due_lists import DueLists
from playbooks.home import Homes
from playbooks.owed import ledger_of
from playbooks.runbook import Runbook
from tests.as_text import message_text
from tests.empty_world import BlankDiary
from tests.golden_file import assert_golden
from tests.unit.test_restore_tests import PLAN
from tests.war_room import ANA, BEN, CHO, DEE, WarRoom, example, war_room

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GENERAL = Somewhere(channel="C0GENERAL")


@pytest.fixture
async def room(store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(store_url) as room:
        yield room


async def owed(room: WarRoom, *editions: Edition) -> dict[str, list[str]]:
    """What each person owes now."""
    async with room.store.look() as unit:
        ledger = await ledger_of(unit, room.organisation, editions)
    found: dict[str, list[str]] = {}
    for user, each in ledger.debts():
        found.setdefault(user, []).append(each.says)
    return found


async def remind(room: WarRoom) -> RunKey:
    """The playbook that sends the lists, on another day each time."""
    lists = DueLists(store=room.store, organisation=room.organisation, diary=BlankDiary())
    attempt = Attempt(key="find", serial=1, first_at=room.clock.now())
    receipt = await lists.find(ListWhatIsDue(run=0), attempt)
    room.outside.facts[ListWhatIsDue] = dict(receipt.facts)
    runbook = Runbook(store=room.store, organisation=room.organisation, catalogue=example()[1])
    run = await runbook.start("due-list", GENERAL, by=ANA, delivery=room.delivery())
    await room.settle(2)
    return run.key


def change(room: WarRoom, **more: object) -> Change:
    changed = Change(
        kind="rollback",
        parameters={"service": "billing"},
        requested_by=ANA,
        requested_at=room.clock.now(),
        place="channel/C0GENERAL",
        stage=Stage.DONE,
    )
    for name, value in more.items():
        setattr(changed, name, value)
    return changed


async def keep(room: WarRoom, *changes: Change) -> None:
    async with room.store.begin() as unit:
        for each in changes:
            await unit.changes.add(each)


async def test_who_owes_nothing_hears_nothing(room: WarRoom) -> None:
    key = await remind(room)
    assert [slot for slot in room.outside.posts if "/owed/" in slot] == []
    run = (await room.incidents.run(key))[1]
    assert run.progress("remind/1").note == "nobody owes"


async def test_what_follows_changes_is_owed_by_who_asked_and_reviews_by_those_who_lead(room: WarRoom) -> None:
    now = room.clock.now()
    alone = Agreement(by=ANA, at=now, digest="x", role="on-call")
    await keep(
        room,
        change(room, stage=Stage.BY_HAND),
        change(room, returns_at=now + 30 * HOUR),
        change(room, follow_up="finalize", follow_up_due=now + DAY, carried_out_at=now),
        change(room, review_due=now + HOUR, agreements=[alone]),
    )
    assert [len(lines) for lines in (await owed(room)).values()] == [1], "the rest is not late yet"

    room.clock.advance((25 * HOUR).total_seconds())
    found = await owed(room)
    assert [line.partition(" ")[0] for line in found[ANA]] == ["CHG-1", "CHG-2", "CHG-3"]
    leads = {user for user in found if user != ANA}
    assert leads, "whoever leads reviews what was done alone"
    assert ANA not in leads


async def report_asked(room: WarRoom, by: str = BEN) -> Incident:
    await room.declare(Severity.HIGH)
    await room.incidents.resolve(1, "Fixed.", by=by, delivery=room.delivery())
    await room.pass_time(days=1)
    return await room.incident()


async def test_a_report_is_asked_for_once_and_then_stands_on_the_list_alone(room: WarRoom) -> None:
    await report_asked(room)
    asked = [slot for slot in room.outside.posts if "/report-" in slot]
    assert len(asked) == 1
    assert all("The report" not in line for lines in (await owed(room)).values() for line in lines), "just asked"

    await room.pass_time(days=2)
    assert [slot for slot in room.outside.posts if "/report-" in slot] == asked
    lines = [line for lines in (await owed(room)).values() for line in lines if "The report" in line]
    assert lines == ["The report of INC-1 API is down is due since Tue 10:00 EDT: /incident report INC-1"]


async def test_whoever_asks_is_told_what_waits_for_them_and_home_says_what_it_has_no_buttons_for(room: WarRoom) -> None:
    lists = DueLists(store=room.store, organisation=room.organisation, diary=BlankDiary())
    homes = Homes(store=room.store, organisation=room.organisation)
    assert message_text(await lists.of(ANA)).startswith("notification: Nothing waits for you.")

    now = room.clock.now()
    await keep(room, change(room, follow_up="finalize", follow_up_due=now + DAY, carried_out_at=now))
    room.clock.advance((25 * HOUR).total_seconds())
    asked, home = message_text(await lists.of(ANA)), message_text(await homes.home_of(ANA))
    assert "• CHG-1 Roll back" in asked
    assert "Due" in home
    assert "CHG-1" in home
    assert "CHG-1" not in message_text(await homes.home_of(BEN))


async def test_a_run_that_was_left_behind_is_its_starters(room: WarRoom) -> None:
    runbook = Runbook(store=room.store, organisation=room.organisation, catalogue=example()[1])
    await runbook.start("memory-leak", GENERAL, by=CHO, delivery=room.delivery())
    assert await owed(room) == {}
    room.clock.advance((26 * HOUR).total_seconds())
    assert await owed(room) == {CHO: ["Memory leak is open since Mon 10:00 EDT: go on, or /runbook stop 1"]}


async def test_the_runbooks_upkeep_is_told_once(room: WarRoom) -> None:
    long_ago = room.clock.now() - 100 * DAY
    edition = Edition(
        name="database-recovery",
        title="Database recovery",
        owner="On-call Lead",
        review_by=date(2026, 3, 1),
        edited_at=None,
        known_since=long_ago,
        exercised_at=None,
        skipped={},
    )
    found = await owed(room, edition)
    assert list(found) == [DEE]
    assert len(found[DEE]) == 2
    async with room.store.look() as unit:
        ledger = await ledger_of(unit, room.organisation, [edition])
    assert all(each.once for _, each in ledger.debts())


async def test_a_database_whose_backups_nobody_tried_is_on_the_owners_list_until_one_is(room: WarRoom) -> None:
    now = room.clock.now()
    edition = Edition(
        name="restore-test",
        title="Restore test",
        owner="Engineering Lead",
        review_by=None,
        edited_at=None,
        known_since=now - 30 * DAY,
        exercised_at=now,
        skipped={},
    )
    assert await owed(room, edition) == {}, "the monthly offer has hardly been"

    room.clock.advance((6 * DAY).total_seconds())
    [(owner, lines)] = (await owed(room, edition)).items()
    lead = room.organisation.members(["engineering-lead"])
    assert [owner] == [each.slack for each in lead]
    assert lines == [
        "No backup of Platform database was restored to try it: /ops backup restore-test platform",
    ]

    tried = change(room, kind="restore-test", begun_at=room.clock.now(), carried_out_at=room.clock.now())
    tried.plan = PLAN
    await keep(room, tried)
    assert await owed(room, edition) == {}


async def test_all_that_can_stand_on_a_list(room: WarRoom) -> None:
    await report_asked(room, by=ANA)
    now = room.clock.now()
    await keep(
        room,
        change(room, stage=Stage.BY_HAND),
        change(room, follow_up="finalize", follow_up_due=now + DAY, carried_out_at=now - DAY),
    )
    await room.pass_time(days=1)
    await remind(room)
    slots = sorted(slot for slot in room.outside.posts if "/owed/" in slot)
    assert_golden("messages/owed.txt", "\n\n".join(message_text(room.outside.messages[slot]) for slot in slots))
