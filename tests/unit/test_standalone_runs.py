"""Runs that belong to no incident, and those beside an incident's own: the same steps, messages and windows."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import Context
from pathlib import Path

import pytest

from bot.domain.delivery import Delivery
from bot.domain.effect import Post
from bot.domain.errors import AlreadyDone, Refused
from bot.domain.incident import Severity
from bot.domain.run import Run, RunKey, State
from playbooks import Catalogue, load
from playbooks.beginning import Somewhere
from playbooks.deciding import Deciding
from playbooks.room_news import RoomNews
from playbooks.runbook import Runbook
from playbooks.vocabulary import vocabulary
from tests.as_text import message_text
from tests.war_room import ANA, BEN, CHO, WarRoom, war_room

SPIKE = """---
kind: scenario
title: API latency spike
---
## Diagnose
`window: 0-10m`

1. Look at the database
2. What do you think it is? `ask: suspected-cause`

## Act
1. Do something about it
2. Is it over? `done_when: mitigated`
"""
FIXTURES = Path(__file__).parents[1] / "fixtures"
GENERAL = Somewhere(channel="C0GENERAL")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    (tmp_path / "spike.md").write_text(SPIKE)
    return load(vocabulary(), tmp_path)


@pytest.fixture
async def room(store_url: str) -> AsyncIterator[WarRoom]:
    async with war_room(store_url) as room:
        yield room


@pytest.fixture
def runbook(room: WarRoom, catalogue: Catalogue) -> Runbook:
    return Runbook(store=room.store, organisation=room.organisation, catalogue=catalogue)


async def start(room: WarRoom, runbook: Runbook, where: Somewhere = GENERAL, *, by: str = ANA) -> RunKey:
    run = await runbook.start("spike", where, by=by, delivery=room.delivery())
    await room.settle()
    return run.key


async def found(room: WarRoom, key: RunKey) -> Run:
    return (await room.incidents.run(key))[1]


async def test_a_run_is_worked_through_to_its_end_in_any_channel(room: WarRoom, runbook: Runbook) -> None:
    key = await start(room, runbook)
    await room.runner.assign(key, "diagnose/1", CHO, by=ANA, delivery=room.delivery())
    await room.runner.done(key, "diagnose/1", by=CHO, delivery=room.delivery())
    await room.settle()
    assert room.outside.posts == ["run/1/phase/diagnose"]
    assert "✓ 1. Look at the database" in message_text(room.outside.messages["run/1/phase/diagnose"])

    await room.runner.answer(key, "diagnose/2", "The deploy", by=ANA, delivery=room.delivery())
    await room.runner.answer(key, "diagnose/2", "The database", by=ANA, delivery=room.delivery())
    await room.runner.done(key, "act/1", by=ANA, delivery=room.delivery())
    await room.runner.skip(key, "act/2", "", by=ANA, delivery=room.delivery())
    await room.settle()
    assert room.outside.posts == ["run/1/phase/diagnose", "run/1/phase/act"]
    assert "The database" in message_text(room.outside.messages["run/1/phase/diagnose"])
    assert "Run 1 ended at" in message_text(room.outside.messages["run/1/phase/act"])
    assert (await found(room, key)).ended_at == room.clock.now()


async def test_the_same_delivery_starts_one_run(room: WarRoom, runbook: Runbook) -> None:
    press = Delivery(source="test", key="press")
    await runbook.start("spike", GENERAL, by=ANA, delivery=press)
    with pytest.raises(AlreadyDone):
        await runbook.start("spike", GENERAL, by=ANA, delivery=press)


async def test_of_two_presses_at_once_one_starts_it_and_the_other_says_who_did(room: WarRoom, runbook: Runbook) -> None:
    both = (runbook.start("spike", GENERAL, by=user, delivery=room.delivery()) for user in (ANA, BEN))
    first, second = sorted(await asyncio.gather(*both, return_exceptions=True), key=lambda each: isinstance(each, Run))

    assert isinstance(second, Run)
    assert isinstance(first, Refused)
    assert "API latency spike is under way here: run 1, started by" in str(first)
    room.clock.advance(120)
    assert (await start(room, runbook)).run == 2, "later on somebody means it"


async def test_beside_an_incident_it_runs_once(room: WarRoom, runbook: Runbook) -> None:
    await room.declare(Severity.HIGH)
    key = await start(room, runbook, Somewhere(channel="C1"))
    room.clock.advance(3600)
    with pytest.raises(Refused, match="under way here: run 1"):
        await start(room, runbook, Somewhere(channel="C1"))
    await runbook.stop(key, by=ANA, delivery=room.delivery())
    assert (await start(room, runbook, Somewhere(channel="C1"))).run == 2


async def test_a_press_is_refused_when_the_run_beside_an_incident_ends_meanwhile(
    postgres_store_url: str, catalogue: Catalogue
) -> None:
    async with war_room(postgres_store_url) as room:
        await room.declare(Severity.HIGH)
        runbook = Runbook(store=room.store, organisation=room.organisation, catalogue=catalogue)
        key = await start(room, runbook, Somewhere(channel="C1"))
        deciding = Deciding(store=room.store, organisation=room.organisation)

        async with room.store.begin() as unit, deciding.within(unit, 1) as decision:
            press = room.runner.done(key, "diagnose/1", by=BEN, delivery=room.delivery())
            pressing = asyncio.create_task(press, context=Context())
            assert not (await asyncio.wait({pressing}, timeout=0.3))[0], "it waits for the incident"
            decision.beside[key.run].run.stop(ANA, decision.now)

        with pytest.raises(Refused, match="has skipped that step already"):
            await pressing
        assert not (await room.incident()).beside


async def test_a_fact_of_no_incident_is_ticked_by_people(room: WarRoom, runbook: Runbook) -> None:
    key = await start(room, runbook)
    await room.runner.next_phase(key, 1, by=ANA, delivery=room.delivery())
    await room.runner.done(key, "act/2", by=ANA, delivery=room.delivery())

    assert (await found(room, key)).progress("act/2").state is State.DONE


async def test_beside_an_incident_its_facts_answers_and_timeline_are_the_incidents(
    room: WarRoom, runbook: Runbook
) -> None:
    await room.declare(Severity.HIGH)
    key = await start(room, runbook, Somewhere(channel="C1"))
    assert "run/1/phase/diagnose" in room.outside.messages
    assert (await room.run()).playbook.name == "high-incident", "the incident's own run goes on"

    await room.runner.done(key, "diagnose/1", by=BEN, delivery=room.delivery())
    await room.runner.answer(key, "diagnose/2", "The deploy", by=ANA, delivery=room.delivery())
    assert (await room.incident()).answers["suspected-cause"] == "The deploy"

    await room.incidents.mitigate(1, by=ANA, delivery=room.delivery())
    await room.runner.done(key, "act/1", by=BEN, delivery=room.delivery())
    await room.settle()
    ended = await found(room, key)
    assert ended.progress("act/2").state is State.DONE, "the incident was mitigated"
    assert ended.ended_at
    assert not (await room.incident()).beside
    told = [entry.text for entry in await room.incidents.timeline(1)]
    assert "Started API latency spike." in told
    assert "Done: Look at the database (API latency spike)" in told


async def test_a_run_beside_an_incident_moves_into_its_new_room(room: WarRoom, runbook: Runbook) -> None:
    await room.declare(Severity.HIGH)
    key = await start(room, runbook, Somewhere(channel="C1"))
    news = RoomNews(store=room.store, organisation=room.organisation)
    await news.archived("C1", BEN, delivery=room.delivery())
    room.outside.messages.clear()
    await news.new_room(1, by=ANA, delivery=room.delivery())
    await room.settle(seconds=10)
    assert "run/1/phase/diagnose" in room.outside.messages

    await room.runner.done(key, "diagnose/1", by=BEN, delivery=room.delivery())
    await room.settle()
    assert "✓ 1. Look at the database" in message_text(room.outside.messages["run/1/phase/diagnose"])


async def test_closing_an_incident_ends_the_runs_beside_it(room: WarRoom, runbook: Runbook) -> None:
    await room.declare(Severity.LOW)
    key = await start(room, runbook, Somewhere(channel="C1"))
    await room.incidents.resolve(1, "Rolled back", by=ANA, delivery=room.delivery())
    assert not (await found(room, key)).ended_at
    await room.incidents.close(1, by=ANA, delivery=room.delivery())
    assert (await found(room, key)).stopped_by == ANA


async def test_what_is_late_is_told_once_in_the_thread_of_its_phase(room: WarRoom, runbook: Runbook) -> None:
    key = await start(room, runbook)
    await room.pass_time(minutes=11)
    assert "2 steps late" in message_text(room.outside.messages["run/1/late/diagnose"])

    await room.runner.done(key, "diagnose/1", by=ANA, delivery=room.delivery())
    await room.settle()
    assert "1 step late" in message_text(room.outside.messages["run/1/late/diagnose"])

    await room.runner.skip(key, "diagnose/2", "", by=ANA, delivery=room.delivery())
    await room.settle()
    assert "run/1/late/diagnose" not in room.outside.messages


async def test_a_thread_keeps_its_run(room: WarRoom, runbook: Runbook) -> None:
    await start(room, runbook, Somewhere(channel="C0GENERAL", thread="17.5"))

    (post,) = (each for each in room.outside.done if isinstance(each, Post))
    assert (post.place, post.thread) == ("channel/C0GENERAL", "run/1/thread")


async def test_in_a_direct_message_between_others_it_stands_in_the_bots_own(room: WarRoom, runbook: Runbook) -> None:
    await start(room, runbook, Somewhere(channel="D0ANABEN"))
    (post,) = (each for each in room.outside.done if isinstance(each, Post))

    assert post.place == f"dm/{ANA}"
    async with room.store.look() as unit:
        assert await unit.bindings.find(post.place) == {"channel": f"D{ANA}"}


async def test_a_run_can_be_stopped_once(room: WarRoom, runbook: Runbook) -> None:
    key = await start(room, runbook)
    await runbook.stop(key, by=BEN, delivery=room.delivery())
    await room.settle()
    assert "Run 1 was stopped by @Ben" in message_text(room.outside.messages["run/1/phase/diagnose"])
    with pytest.raises(Refused, match="ended already"):
        await runbook.stop(key, by=ANA, delivery=room.delivery())
    with pytest.raises(Refused, match="Run 1 has ended"):
        await room.runner.next_phase(key, 1, by=ANA, delivery=room.delivery())


async def test_a_run_keeps_its_playbook_whatever_becomes_of_the_file(
    room: WarRoom, runbook: Runbook, tmp_path: Path
) -> None:
    key = await start(room, runbook)
    (tmp_path / "spike.md").unlink()
    later = Runbook(store=room.store, organisation=room.organisation, catalogue=load(vocabulary(), tmp_path))
    with pytest.raises(Refused, match="There is no playbook `spike`"):
        await later.start("spike", GENERAL, by=ANA, delivery=room.delivery())

    await room.runner.done(key, "diagnose/1", by=ANA, delivery=room.delivery())
    assert (await found(room, key)).progress("diagnose/1").state is State.DONE


async def test_whoever_started_it_hears_when_it_cannot_be_shown(room: WarRoom, runbook: Runbook) -> None:
    room.break_down(Post, "opsbot was removed from its channel; invite it again.")
    await start(room, runbook)
    whispers = [each for each in room.outside.done if type(each).__name__ == "Whisper"]

    assert [each.user for each in whispers if "invite it again" in message_text(each.message)] == [ANA]
    room.repair(Post)
    serial = int(next(part for part in whispers[0].message.parts[1].controls).value)
    await room.runner.try_again(serial, by=ANA, delivery=room.delivery())
    await room.settle()
    assert room.outside.posts == ["run/1/phase/diagnose"]


async def test_an_incidents_playbook_is_not_started_without_declaring(room: WarRoom, runbook: Runbook) -> None:
    with pytest.raises(Refused, match="/incident declare"):
        await runbook.start("critical-incident", GENERAL, by=ANA, delivery=room.delivery())


async def test_the_owners_runbook_runs_unchanged_to_its_end(sqlite_store_url: str, tmp_path: Path) -> None:
    (tmp_path / "operations-runbook.md").write_bytes((FIXTURES / "operations-runbook.md").read_bytes())
    async with war_room(sqlite_store_url) as room:
        runbook = Runbook(store=room.store, organisation=room.organisation, catalogue=load(vocabulary(), tmp_path))
        run = await runbook.start("operations-runbook", GENERAL, by=ANA, delivery=room.delivery())
        await worked_through(room, run.key)
        ended = await found(room, run.key)

    assert ended.ended_at
    assert len(ended.steps) == len(list(ended.playbook.steps())) > 100
    assert len(room.outside.posts) == len(ended.playbook.phases)


async def worked_through(room: WarRoom, key: RunKey) -> None:
    """Every step is done by somebody, one after the other."""
    while steps := list((await found(room, key)).open_steps()):
        for step in steps:
            await room.runner.done(key, step.key, by=ANA, delivery=room.delivery())
        await room.settle(seconds=2)
