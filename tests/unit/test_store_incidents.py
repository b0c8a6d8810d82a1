"""Incidents, runs and timelines are kept as they were, on both databases, and two deciders do not lose anything."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.incident import Duty, Incident, Severity, Status
from bot.domain.page import Page, Paging
from bot.domain.run import Run, RunKey, State
from bot.domain.timeline import Entry, Happening
from bot.domain.trouble import Trouble
from bot.domain.update import Update
from bot.store.agenda import agenda
from bot.store.incidents import Stale
from bot.store.unit_of_work import Store
from playbooks import load
from playbooks.vocabulary import vocabulary
from tests.war_room import ANA, BEN, war_room

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def incident(number: int = 1, *, status: Status = Status.DECLARED, update_due: datetime | None = None) -> Incident:
    return Incident(
        number=number,
        title="<!channel> „API“ \u202e is down",
        severity=Severity.CRITICAL,
        severity_since=NOON,
        declared_by=BEN,
        declared_at=NOON,
        status=status,
        update_due=update_due,
    )


def run(number: int = 1, *, nth: int = 1) -> Run:
    return Run(id=nth, incident=number, playbook=load(vocabulary(), None).find("critical-incident"), started_at=NOON)


async def test_an_incident_is_kept_with_all_it_knows(store_url: str) -> None:
    known = replace(
        incident(),
        status=Status.INVESTIGATING,
        duties={Duty.COMMANDER: ANA},
        services=("control-plane",),
        answers={"impact": "everybody"},
        last_update=Update(at=NOON, by=ANA, text="Looking."),
        page=Page(state=Paging.NOTIFIED, who="Ana", at=NOON),
        paged={"cto": Page(state=Paging.SENT)},
        troubles=(Trouble(serial=4, what="could not pin"),),
        shown={"card", "phase/assess"},
        update_due=NOON + timedelta(minutes=15),
    )
    async with war_room(store_url) as room:
        async with room.store.begin() as unit:
            await unit.incidents.add(known)
        async with room.store.look() as unit:
            assert await unit.incidents.get(1) == known
            assert await unit.incidents.get(2) is None


async def test_a_run_is_kept_with_its_own_copy_of_the_playbook(store_url: str) -> None:
    begun = run()
    async with war_room(store_url) as room:
        async with room.store.begin() as unit:
            await unit.runs.add(begun)
        begun.open_next(NOON)
        begun.end("declare/3", State.DONE, by=ANA, now=NOON)
        async with room.store.begin() as unit:
            await unit.runs.save(begun)
            await unit.runs.add(run(nth=2))
        async with room.store.look() as unit:
            first, second = await unit.runs.of(1)
            assert first == begun
            assert second == await unit.runs.current(1)


async def test_what_was_changed_meanwhile_is_not_overwritten(store_url: str) -> None:
    async with war_room(store_url) as room:
        async with room.store.begin() as unit:
            await unit.incidents.add(incident())
            await unit.runs.add(run())
        async with room.store.look() as unit:
            seen = await unit.incidents.get(1)
            running = await unit.runs.current(1)
        async with room.store.begin() as unit:
            other = await unit.incidents.get_to_decide(1)
            assert other
            other.shown.add("card")
            await unit.incidents.save(other)
        assert seen
        assert running
        with pytest.raises(Stale):
            async with room.store.begin() as unit:
                await unit.incidents.save(seen)
        running.version += 1
        with pytest.raises(Stale):
            async with room.store.begin() as unit:
                await unit.runs.save(running)


async def test_numbers_have_no_gaps_under_twenty_declarations_at_once(store_url: str) -> None:
    async with war_room(store_url) as room:
        found = await asyncio.gather(*(_declare(room.store, fail=index % 3 == 0) for index in range(20)))

    numbers = sorted(number for number in found if number)
    assert numbers == list(range(1, len(numbers) + 1))


async def test_only_what_is_due_is_found_the_longest_due_first(store_url: str) -> None:
    async with war_room(store_url) as room:
        async with room.store.begin() as unit:
            for number, minutes in ((1, 5), (2, 20), (3, 1)):
                await unit.incidents.add(incident(number, update_due=NOON + timedelta(minutes=minutes)))
            await unit.incidents.add(incident(4))
        async with room.store.look() as unit:
            found = await agenda(unit.connection, NOON + timedelta(minutes=10))
        assert [key for _, key in found.due] == [RunKey(incident=3), RunKey(incident=1)]
        assert (found.next_at, found.following) == (NOON + timedelta(minutes=1), NOON + timedelta(minutes=20))


async def test_closed_incidents_are_found_by_number_only(store_url: str) -> None:
    async with war_room(store_url) as room:
        async with room.store.begin() as unit:
            for number, status in enumerate((Status.DECLARED, Status.RESOLVED, Status.CLOSED), start=1):
                await unit.incidents.add(incident(number, status=status))
        async with room.store.look() as unit:
            assert [each.number for each in await unit.incidents.open()] == [1]
            assert [each.number for each in await unit.incidents.unclosed()] == [1, 2]


async def test_a_timeline_tells_everything_in_order_or_what_came_since(store_url: str) -> None:
    told = [
        Entry(incident=1, at=NOON + timedelta(minutes=minutes), happening=Happening.NOTE, text=f"{minutes} 🙂", by=ANA)
        for minutes in range(3)
    ]
    async with war_room(store_url) as room:
        async with room.store.begin() as unit:
            await unit.timeline.add(told)
            await unit.timeline.add([replace(told[0], incident=2)])
        async with room.store.look() as unit:
            assert list(await unit.timeline.of(1)) == told
            assert list(await unit.timeline.of(1, since=NOON)) == told[1:]


async def test_two_replicas_deciding_at_once_lose_nothing(postgres_store_url: str) -> None:
    """Both would read the same state and one of them be refused, were the row not held while it is decided on."""
    async with war_room(postgres_store_url) as one, war_room(postgres_store_url) as two:
        await one.declare()
        notes = [room.incidents.note(1, "x", by=ANA, delivery=one.delivery()) for room in (one, two) * 5]
        await asyncio.gather(*notes)

        entries = await one.incidents.timeline(1)
        assert [entry.text for entry in entries if entry.happening is Happening.NOTE] == ["x"] * 10


async def test_two_replicas_ticking_at_once_remind_once(postgres_store_url: str) -> None:
    async with war_room(postgres_store_url) as one, war_room(postgres_store_url) as two:
        await one.declare()
        for room in (one, two):
            room.clock.advance(15 * 60)
        await asyncio.gather(one.due.tick(), two.due.tick())

        incident = await one.incident()
        assert (incident.due_messages, incident.escalated) == (1, 3)


def _break_off_when(broken: object) -> None:
    if broken:
        raise LookupError


async def _declare(store: Store, *, fail: bool) -> int | None:
    try:
        async with store.begin() as unit:
            number = await unit.incidents.next_number()
            await asyncio.sleep(0)
            _break_off_when(fail)
            await unit.incidents.add(incident(number))
    except LookupError:
        return None
    return number
