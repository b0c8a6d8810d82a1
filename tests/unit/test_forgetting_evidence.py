"""What was seen is forgotten a while after what it was seen for has ended, with its charts, and not before."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.housekeeping import prune
from playbooks import Catalogue
from playbooks.beginning import Somewhere
from playbooks.runbook import Runbook
from tests.looked import QUICK, SLOW, declared, looking_catalogue, opened
from tests.war_room import ANA, WarRoom

KEEP = timedelta(days=30)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return looking_catalogue(tmp_path)


@pytest.fixture
async def room(store_url: str, catalogue: Catalogue) -> AsyncIterator[WarRoom]:
    async with opened(store_url, catalogue) as room:
        yield room


async def seen(room: WarRoom, *, incident: int = 0, run: int = 0) -> set[str]:
    async with room.store.look() as unit:
        return set(await unit.evidence.of(incident=incident, run=run))


async def prune_after(room: WarRoom, **time: float) -> None:
    room.clock.advance(timedelta(**time).total_seconds())
    await prune(room.store, KEEP)


async def close(room: WarRoom) -> None:
    await room.incidents.resolve(1, "Rolled back", by=ANA, delivery=room.delivery())
    await room.incidents.close(1, by=ANA, delivery=room.delivery(), without_report="")
    await room.settle(3)


async def test_of_a_closed_incident_what_was_seen_goes_after_a_while(room: WarRoom) -> None:
    await declared(room, SLOW)
    await close(room)
    await prune_after(room, days=29)
    assert "latency" in await seen(room, incident=1)

    await prune_after(room, days=2)
    assert await seen(room, incident=1) == set()
    async with room.store.look() as unit:
        assert await unit.evidence.charts("latency", incident=1, run=0) == ()


async def test_of_an_incident_that_goes_on_nothing_is_forgotten(room: WarRoom) -> None:
    await declared(room, SLOW)
    await prune_after(room, days=60)

    assert "latency" in await seen(room, incident=1)


async def test_what_was_seen_lately_stays_though_the_incident_is_old(room: WarRoom) -> None:
    await declared(room, SLOW)
    room.clock.advance(timedelta(days=40).total_seconds())
    room.outside.seen = {"latency": QUICK}
    await room.incidents.mitigate(1, by=ANA, delivery=room.delivery())
    await room.settle(3)
    await close(room)
    await prune_after(room, days=1)

    assert await seen(room, incident=1) == {"latency"}


async def test_of_a_run_that_has_ended_what_it_saw_goes_after_a_while(room: WarRoom, catalogue: Catalogue) -> None:
    runbook = Runbook(store=room.store, organisation=room.organisation, catalogue=catalogue)
    general = Somewhere(channel="C0GENERAL")
    run = await runbook.start("night-check", general, by=ANA, delivery=room.delivery())
    await room.settle(3)
    await prune_after(room, days=29)
    assert await seen(room, run=run.id) == {"latency", "backups"}

    await prune_after(room, days=2)
    assert await seen(room, run=run.id) == set()
