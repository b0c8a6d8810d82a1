"""What was seen drafts the impact, watches the fix, warns who resolves, and says of revenue only what may be said."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.looking import LookAt
from bot.domain.run import RunKey
from playbooks import Catalogue
from playbooks.beginning import Somewhere
from playbooks.parameters import Told
from playbooks.questions.impact import impact_form
from playbooks.questions.resolve import resolve_form
from playbooks.runbook import Runbook
from tests.as_text import form_text, message_text
from tests.golden_file import assert_golden
from tests.looked import QUICK, SLOW, USERS, charts, declared, looking_catalogue, looks, opened, phase
from tests.war_room import ANA, START, WarRoom


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return looking_catalogue(tmp_path)


@pytest.fixture
async def room(store_url: str, catalogue: Catalogue) -> AsyncIterator[WarRoom]:
    async with opened(store_url, catalogue) as room:
        yield room


async def test_the_impact_is_drafted_from_what_is_seen_until_somebody_says_it(room: WarRoom) -> None:
    incident = await declared(room, SLOW, USERS)

    card = message_text(room.outside.messages["incident/1/card"])
    assert_golden("messages/card-seen.txt", card)
    assert_golden("messages/phase-seen.txt", phase(room))
    assert "active users 1,200, usually 2,000" in card
    form = form_text(impact_form(incident, room.organisation, await room.incidents.sight(incident)))
    assert "active users 1,200, usually 2,000" in form
    assert "Control plane p95 1,240 ms, usually 310 ms" in form


async def test_while_a_fix_is_watched_it_is_looked_again_every_five_minutes_and_the_card_says_so(
    room: WarRoom,
) -> None:
    await declared(room, SLOW)
    before = len(looks(room))

    await room.incidents.mitigate(1, by=ANA, delivery=room.delivery())
    await room.settle(3)
    assert looks(room)[before:] == ["latency"], "what is not configured is not looked at again and again"
    assert "Not well yet" in message_text(room.outside.messages["incident/1/card"])

    room.outside.seen = {"latency": QUICK}
    await room.pass_time(minutes=12)
    assert len(looks(room)) == before + 3
    assert "✅ All that could be seen is well (2 could not be)" in message_text(
        room.outside.messages["incident/1/card"]
    )
    assert len(charts(room)) == 1, "nobody asked for a picture"

    await room.pass_time(minutes=40)
    ended = len(looks(room))
    await room.pass_time(minutes=40)
    assert len(looks(room)) == ended, "the watch is over"


async def test_what_happened_lately_is_not_looked_at_again_while_a_fix_is_watched(room: WarRoom) -> None:
    await declared(room, SLOW)
    async with room.store.begin() as unit:
        await unit.evidence.keep(replace(SLOW, name="recent-changes"), incident=1, run=0)
    before = len(looks(room))

    await room.incidents.mitigate(1, by=ANA, delivery=room.delivery())
    await room.settle(3)

    assert looks(room)[before:] == ["latency"]


async def test_a_fix_is_not_well_while_what_only_private_places_may_read_is_not(room: WarRoom) -> None:
    dear = Finding(verdict=Verdict.RED, says="revenue 12 USD, usually 900 USD", private=True)
    await declared(room, Evidence(name="users", findings=(dear,), looked_at=START), QUICK)

    await room.incidents.mitigate(1, by=ANA, delivery=room.delivery())
    await room.settle(3)

    card = message_text(room.outside.messages["incident/1/card"])
    assert "Not well yet" in card
    assert "revenue" not in card


async def test_whoever_resolves_what_is_not_well_is_warned(room: WarRoom) -> None:
    incident = await declared(room, SLOW)

    form = form_text(resolve_form(incident, await room.run(), room.organisation, await room.incidents.sight(incident)))
    assert "The evidence is not well" in form
    assert "🔴 Control plane p95 1,240 ms" in form


async def test_revenue_is_said_in_private_places_only(room: WarRoom) -> None:
    dear = Finding(verdict=Verdict.RED, says="revenue 12 USD, usually 900 USD", private=True)
    money = Evidence(name="users", findings=(dear,), looked_at=START)
    await declared(room, money)
    assert "revenue" not in phase(room)

    room.outside.done.clear()
    await room.declare(private=True)
    await room.settle(3)
    assert all(effect.private for effect in room.outside.done if isinstance(effect, LookAt))
    assert "revenue 12 USD" in phase(room, of="incident/2")


async def test_a_run_about_something_else_looks_for_itself(room: WarRoom, catalogue: Catalogue) -> None:
    """What it sees, and sees again, is not taken for what the incident is about, nor the other way round."""
    await declared(room, SLOW)
    await start_beside(room, catalogue, services=("billing",))
    room.outside.seen = {"latency": QUICK}
    await room.runner.look_again(RunKey(run=1), "diagnose", by=ANA, delivery=room.delivery())
    await room.settle(3)

    made = [each for each in room.outside.done if isinstance(each, LookAt) and each.run]
    assert {(each.incident, each.run, each.services) for each in made} == {(0, 1, ("billing",))}
    assert "p95 310 ms" in phase(room, "diagnose", of="run/1")
    assert "p95 1,240 ms" in phase(room)

    room.outside.seen = {"latency": SLOW}
    await room.runner.look_again(RunKey(incident=1), "declare", by=ANA, delivery=room.delivery())
    await room.settle(3)
    assert "p95 310 ms" in phase(room, "diagnose", of="run/1")


async def test_a_run_about_the_same_shares_what_is_seen(room: WarRoom, catalogue: Catalogue) -> None:
    await declared(room, SLOW)
    await start_beside(room, catalogue, services=())
    await room.runner.look_again(RunKey(incident=1), "declare", by=ANA, delivery=room.delivery())
    await room.settle(3)

    assert {(each.incident, each.run) for each in room.outside.done if isinstance(each, LookAt)} == {(1, 0)}
    assert "p95 1,240 ms" in phase(room, "diagnose", of="run/1")


async def start_beside(
    room: WarRoom, catalogue: Catalogue, *, services: tuple[str, ...], playbook: str = "api-latency-spike"
) -> None:
    """A playbook, that of a latency spike, is started in the war room, perhaps for services of its own."""
    runbook = Runbook(store=room.store, organisation=room.organisation, catalogue=catalogue)
    where = Somewhere(channel=(await room.incident()).room)
    told = Told(services=services)
    await runbook.start(playbook, where, by=ANA, delivery=room.delivery(), told=told)
    await room.settle(3)


async def test_who_declares_at_once_is_told_what_helps_as_soon_as_the_numbers_show_it(room: WarRoom) -> None:
    await declared(room, QUICK)
    assert "👉" not in phase(room)

    room.outside.seen = {"latency": SLOW}
    await room.pass_time(minutes=4)
    assert "👉 00042 deployed 13:58" in phase(room)
    assert [chart.thread for chart in charts(room)] == ["incident/1/phase/declare"]

    await room.pass_time(minutes=6)
    before = len(looks(room))
    await room.pass_time(minutes=30)
    assert len(looks(room)) == before, "it is known what helps"


async def test_as_long_as_nothing_says_what_helps_it_is_looked_again_for_half_an_hour(room: WarRoom) -> None:
    await declared(room, QUICK)
    await room.pass_time(hours=2)

    assert looks(room).count("latency") == 9, "at once, after two and four minutes, then every five"
    assert charts(room) == []


async def test_a_chart_is_shared_as_something_turns_bad_and_not_again_and_again(room: WarRoom) -> None:
    await declared(room, QUICK)
    room.outside.seen = {"latency": replace(SLOW, advice=())}
    await room.pass_time(minutes=25)

    assert looks(room).count("latency") == 7
    assert len(charts(room)) == 1


async def test_what_becomes_worse_is_drawn_again(room: WarRoom) -> None:
    amber = tuple(replace(each, verdict=Verdict.AMBER) for each in SLOW.findings)
    await declared(room, replace(SLOW, findings=amber, advice=()))
    assert len(charts(room)) == 1

    room.outside.seen = {"latency": replace(SLOW, advice=())}
    await room.pass_time(minutes=10)
    assert len(charts(room)) == 2


async def test_what_a_run_beside_sees_of_another_service_suggests_playbooks_too(
    room: WarRoom, catalogue: Catalogue
) -> None:
    await declared(room, QUICK)
    await start_beside(room, catalogue, services=("billing",), playbook="night-check")
    assert (await room.incident()).suggested == ()

    room.outside.seen = {"latency": replace(SLOW, advice=())}
    await room.runner.look_again(RunKey(run=1), "look", by=ANA, delivery=room.delivery())
    await room.settle(3)
    assert [each.name for each in (await room.incident()).suggested] == ["api-latency-spike"]


async def test_a_fix_is_no_longer_sought_once_the_damage_has_stopped(room: WarRoom) -> None:
    await declared(room, replace(SLOW, advice=()))
    await room.incidents.resolve(1, "Rolled back.", by=ANA, delivery=room.delivery())
    await room.settle(3)
    before = len(looks(room))

    await room.pass_time(minutes=30)
    assert len(looks(room)) == before
