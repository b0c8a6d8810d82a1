"""The diary of the store: the runbook's editions, the clock's checks, and what incidents taught."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.diary import Edition
from bot.domain.incident import Severity
from playbooks.beginning import Somewhere
from playbooks.kept_diary import KeptDiary, note_editions
from playbooks.runbook import Runbook
from tests.war_room import ANA, BEN, WarRoom, example, war_room

DAY = timedelta(days=1)


@pytest.fixture
async def room(store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(store_url) as room:
        yield room


def diary(room: WarRoom) -> KeptDiary:
    return KeptDiary(room.store, organisation=room.organisation, playbooks=lambda: example()[1].playbooks)


async def edition_of(room: WarRoom, name: str) -> Edition:
    found = await diary(room).runbook(since=room.clock.now() - 7 * DAY)
    return next(each for each in found if each.name == name)


async def test_a_playbook_whose_text_changed_is_an_edit_and_the_first_text_is_none(room: WarRoom) -> None:
    rollback, scale_out = (example()[1].find(name) for name in ("rollback", "scale-out"))
    old = replace(rollback, digest="what it said before")
    async with room.store.begin() as unit:
        await note_editions(unit, [old, scale_out])
    began = room.clock.now()
    assert (await edition_of(room, "rollback")).edited_at is None

    room.clock.advance(3 * DAY.total_seconds())
    async with room.store.begin() as unit:
        await note_editions(unit, [rollback, scale_out])
    changed, same = await edition_of(room, "rollback"), await edition_of(room, "scale-out")
    assert (changed.edited_at, changed.known_since) == (room.clock.now(), began)
    assert same.edited_at is None


async def test_what_was_run_is_exercised_and_what_was_left_out_is_told(room: WarRoom) -> None:
    runbook = Runbook(store=room.store, organisation=room.organisation, catalogue=example()[1])
    run = await runbook.start("memory-leak", Somewhere(channel="C0GENERAL"), by=ANA, delivery=room.delivery())
    step = next(iter(run.open_steps()))
    await room.runner.skip(run.key, step.key, "no graphs", by=ANA, delivery=room.delivery())
    await room.declare(Severity.HIGH)

    leak, incident = await edition_of(room, "memory-leak"), await edition_of(room, "high-incident")
    assert leak.skipped == {step.text: "no graphs"}
    assert leak.exercised_at == incident.exercised_at == room.clock.now()
    assert (await edition_of(room, "load-test")).exercised_at is None


async def test_incidents_teach_once_they_are_over_and_private_ones_do_not(room: WarRoom) -> None:
    await room.declare(Severity.HIGH)
    await room.declare(Severity.HIGH, private=True)
    since = room.clock.now() - 7 * DAY
    assert await diary(room).lessons(since=since) == []

    for number in (1, 2):
        await room.incidents.resolve(number, "Fixed.", by=BEN, delivery=room.delivery())
    [lesson] = await diary(room).lessons(since=since)
    assert (lesson.key, lesson.cause, lesson.reported) == ("INC-1", "", False)
