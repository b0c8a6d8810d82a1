"""Changes, the audit, freezes and memberships are kept on both databases, and the audit only grows."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import exc, text

from bot.domain.audit import Record, first_broken
from bot.domain.change import Change, ChangeKey
from bot.domain.change_stage import Stage
from bot.domain.evidence import Evidence
from bot.domain.freeze import Freeze
from bot.domain.membership import Membership
from bot.domain.plan import Plan, Risk
from bot.store.agenda import agenda
from bot.store.changes import Busy
from bot.store.database import open_database
from bot.store.housekeeping import prune
from bot.store.incidents import Stale
from bot.store.unit_of_work import Store
from tests.clock import ManualClock

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
ANA, BEN = "U0ANA", "U0BEN"
PLAN = Plan(
    kind="rollback",
    target="service/control-plane",
    title="Roll back Control plane",
    before="100 % to 00042",
    after="100 % to 00041",
    risk=Risk.DISRUPTIVE,
    because=("no incident is open",),
    wanted={"traffic": [["control-plane-00041", 100, "", False]]},
)


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    found = Store(open_database(store_url), ManualClock(NOON))
    yield found
    await found.close()


def change() -> Change:
    return Change(
        kind="rollback",
        parameters={"service": "control-plane"},
        requested_by=ANA,
        requested_at=NOON,
        place="channel/C1",
    )


def agreed() -> Change:
    found = change()
    found.planned(PLAN, NOON)
    found.agree(by=BEN, role="team-lead", digest=PLAN.digest, now=NOON)
    return found


async def test_a_change_is_kept_with_all_it_knows(store: Store) -> None:
    async with store.begin() as unit:
        first, second = agreed(), change()
        second.shown.add("card")
        for each in (first, second):
            await unit.changes.add(each)
        assert [first.number, second.number] == [1, 2]
        found = await unit.changes.get(1)
        assert found == first
        assert found
        assert found.plan
        assert found.plan.digest == PLAN.digest
        assert [each.number for each in await unit.changes.open()] == [1, 2]
        assert (await agenda(unit.connection, NOON)).next_at == NOON + timedelta(minutes=5)
        assert (await agenda(unit.connection, NOON + timedelta(minutes=6))).due == [
            (NOON + timedelta(minutes=5), ChangeKey(number=1))
        ]


async def test_of_one_target_one_change_is_under_way(store: Store) -> None:
    async with store.begin() as unit:
        first, second = agreed(), agreed()
        await unit.changes.add(first)
        second.stage = Stage.WAITING
        await unit.changes.add(second)
        assert await unit.changes.busy(PLAN.target) == first
    second.stage = Stage.AGREED
    with pytest.raises(Busy):
        async with store.begin() as unit:
            await unit.changes.save(second)


async def test_what_somebody_else_saved_meanwhile_is_not_overwritten(store: Store) -> None:
    async with store.begin() as unit:
        kept = change()
        await unit.changes.add(kept)
        stale = replace(kept)
        await unit.changes.save(kept)
        with pytest.raises(Stale):
            await unit.changes.save(stale)


async def test_the_audit_is_a_chain_that_shows_what_was_changed_in_it(store: Store) -> None:
    async with store.begin() as unit:
        for deed in ("asked", "planned", "agreed"):
            await unit.audit.append(Record(deed=deed, by=ANA, about="CHG-1", detail={"why": "“ü”"}))
    async with store.look() as unit:
        entries = [entry async for entry in unit.audit.entries()]
    assert [each.record.deed for each in entries] == ["asked", "planned", "agreed"]
    assert first_broken(entries) is None

    other = replace(entries[1], record=replace(entries[1].record, by=BEN))
    assert first_broken([entries[0], other, entries[2]]) == 2
    assert first_broken([entries[0], entries[2]]) == 2
    assert first_broken(entries[1:]) == 1


async def test_a_unit_of_work_that_fails_leaves_no_hole_in_the_audit(store: Store) -> None:
    with contextlib.suppress(RuntimeError):
        async with store.begin() as unit:
            await unit.audit.append(Record(deed="asked", by=ANA))
            raise RuntimeError
    async with store.begin() as unit:
        await unit.audit.append(Record(deed="asked", by=BEN))
    async with store.look() as unit:
        assert first_broken([entry async for entry in unit.audit.entries()]) is None


@pytest.mark.parametrize("statement", ["UPDATE audit SET deed = 'nothing'", "DELETE FROM audit"])
async def test_the_database_refuses_to_change_or_remove_an_entry(store: Store, statement: str) -> None:
    async with store.begin() as unit:
        await unit.audit.append(Record(deed="asked", by=ANA))
    with pytest.raises(exc.DBAPIError, match="only added"):
        async with store.begin() as unit:
            await unit.connection.execute(text(statement))
    async with store.look() as unit:
        assert [entry.record.deed async for entry in unit.audit.entries()] == ["asked"]


async def test_a_freeze_holds_once_and_until_it_is_ended(store: Store) -> None:
    everything, billing = (
        Freeze(service="", by=ANA, at=NOON, reason="launch"),
        Freeze(service="billing", by=BEN, at=NOON),
    )
    async with store.begin() as unit:
        assert await unit.freezes.begin(everything)
        assert not await unit.freezes.begin(everything)
        assert await unit.freezes.begin(billing)
        assert await unit.freezes.all() == [everything, billing]
        assert await unit.freezes.end("")
        assert not await unit.freezes.end("")
        assert await unit.freezes.all() == [billing]


async def test_memberships_are_those_seen_last(store: Store) -> None:
    async with store.begin() as unit:
        for users in ({ANA}, {ANA, BEN}):
            await unit.memberships.keep([Membership(group="S0LEADS", users=frozenset(users), looked_at=NOON)])
        found = await unit.memberships.of(["S0LEADS", "S0NOBODY"])
        assert {group: each.users for group, each in found.items()} == {"S0LEADS": {ANA, BEN}}
        assert found["S0LEADS"].fresh(NOON + timedelta(seconds=60))
        assert not found["S0LEADS"].fresh(NOON + timedelta(seconds=61))


async def test_what_a_change_measured_is_forgotten_when_nobody_asks_for_it_any_more(store: Store) -> None:
    async with store.begin() as unit:
        await unit.changes.add(change())
        for name in ("CHG-1", "other"):
            await unit.evidence.keep(Evidence(name=name, findings=(), looked_at=NOON), incident=0, run=0)
    for days, kept in ((29, {"CHG-1", "other"}), (2, {"other"})):
        assert isinstance(store.clock, ManualClock)
        store.clock.advance(timedelta(days=days).total_seconds())
        await prune(store, timedelta(days=30))
        async with store.look() as unit:
            assert set(await unit.evidence.of(incident=0, run=0)) == kept
