"""What is looked at as a phase opens is kept, shown below its steps, and says what is likeliest to help."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain.chart import Chart, Point, Trace
from bot.domain.errors import GiveUp, Refused
from bot.domain.evidence import Advice, Evidence, Finding, Verdict
from bot.domain.incident import Incident
from bot.domain.looking import LookAt, ShareChart
from bot.domain.playbook import Vocabulary
from bot.domain.run import RunKey, State
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from playbooks import Catalogue, load
from playbooks.questions.impact import impact_form
from playbooks.questions.resolve import resolve_form
from playbooks.runbook import Runbook, Somewhere
from sandbox.clock import SandboxClock
from tests.as_text import form_text, message_text
from tests.golden_file import assert_golden
from tests.war_room import ANA, START, WarRoom, example

WORDS = Vocabulary(evidence={"latency": "…", "error-ratio": "…", "users": "…", "backups": "…"})
CRITICAL = """---
kind: incident
title: Critical incident
---
## Declare
1. Page the on-call engineer. `auto: page-on-call`
2. Open the war room. `auto: open-war-room`
3. Are answers slow? `evidence: latency` `evidence: users`

## Assess
1. Do answers fail? `evidence: error-ratio`
2. Stop it.
"""
SPIKE = """---
kind: scenario
title: API latency spike
suggest_when: latency
---
## Diagnose
1. How slow is it? `evidence: latency`
2. Scale out.
"""
CHECK = """---
kind: checklist
title: Night check
---
## Look
1. Latency `evidence: latency`
2. Backups `evidence: backups`
"""
SLOW = Evidence(
    name="latency",
    findings=(
        Finding(verdict=Verdict.GREEN, says="Billing p95 90 ms", subject="billing"),
        Finding(verdict=Verdict.RED, says="Control plane p95 1,240 ms, usually 310 ms", subject="control-plane"),
        Finding(verdict=Verdict.GREEN, says="Agent runtime p95 80 ms", subject="agent-runtime"),
        Finding(verdict=Verdict.COULD_NOT_LOOK, says="Web could not be looked at: 503", subject="web"),
        Finding(verdict=Verdict.GREEN, says="Search p95 30 ms"),
    ),
    looked_at=START,
    charts=(
        Chart(
            title="Latency",
            unit="ms",
            alt="p95 of Control plane jumps to 1,240 ms.",
            traces=(Trace(name="p95", points=(Point(at=START, value=1240),)),),
        ),
    ),
    advice=(
        Advice(says="something else", strength=0.2),
        Advice(
            says="00042 deployed 13:58, slow since 14:02; 00041 was healthy",
            strength=0.9,
            change="rollback",
            target="control-plane",
            command="gcloud run services update-traffic control-plane --to-revisions control-plane-00041=100",
        ),
    ),
)
QUICK = Evidence(
    name="latency",
    findings=(Finding(verdict=Verdict.GREEN, says="Control plane p95 310 ms", subject="control-plane"),),
    looked_at=START,
)
USERS = Evidence(
    name="users",
    findings=(Finding(verdict=Verdict.AMBER, says="active users 1,200, usually 2,000"),),
    looked_at=START,
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    for name, text in (("critical-incident", CRITICAL), ("api-latency-spike", SPIKE), ("night-check", CHECK)):
        (tmp_path / f"{name}.md").write_text(text)
    return load(WORDS, tmp_path)


@asynccontextmanager
async def opened(url: str, catalogue: Catalogue) -> AsyncIterator[WarRoom]:
    clock = SandboxClock(start=START, ticking=False)
    store = Store(open_database(url), clock)
    try:
        yield WarRoom(store, clock, example()[0], catalogue)
    finally:
        await store.close()


@pytest.fixture
async def room(store_url: str, catalogue: Catalogue) -> AsyncIterator[WarRoom]:
    async with opened(store_url, catalogue) as room:
        yield room


@pytest.fixture
def runbook(room: WarRoom, catalogue: Catalogue) -> Runbook:
    return Runbook(store=room.store, organisation=room.organisation, catalogue=catalogue)


async def declared(room: WarRoom, *seen: Evidence, private: bool = False) -> Incident:
    room.outside.seen = {each.name: each for each in seen}
    incident = await room.declare(private=private)
    await room.settle(3)
    return incident


def looks(room: WarRoom) -> list[str]:
    return [effect.name for effect in room.outside.done if isinstance(effect, LookAt)]


def charts(room: WarRoom) -> list[ShareChart]:
    return [effect for effect in room.outside.done if isinstance(effect, ShareChart)]


def phase(room: WarRoom, slug: str = "declare", of: str = "incident/1") -> str:
    return message_text(room.outside.messages[f"{of}/phase/{slug}"])


async def test_with_its_first_phase_an_incident_looks_at_all_that_its_playbook_names(room: WarRoom) -> None:
    await declared(room, SLOW, USERS)

    assert sorted(looks(room)) == ["error-ratio", "latency", "users"]
    async with room.store.look() as unit:
        kept = await unit.evidence.of(incident=1, run=0)
        drawn = await unit.evidence.charts("latency", incident=1, run=0)
    assert kept["latency"].findings == SLOW.findings
    assert kept["error-ratio"].verdict is Verdict.NOT_CONFIGURED
    assert drawn == SLOW.charts


async def test_what_is_seen_stands_below_its_step_the_worst_first_and_a_person_ends_it(room: WarRoom) -> None:
    await declared(room, SLOW)

    lines = phase(room).splitlines()
    at = next(number for number, line in enumerate(lines) if "Are answers slow?" in line)
    assert [line.strip() for line in lines[at : at + 5]] == [
        "☐ 3. Are answers slow?",
        "🔴 Control plane p95 1,240 ms, usually 310 ms",
        "❓ Web could not be looked at: 503",
        "⚙️ users is not configured.",
        "… and 3 more",
    ]
    run = await room.run()
    assert run.progress("declare/3").state is State.OPEN, "in an incident somebody says that it is done"


async def test_the_first_line_names_the_likeliest_next_thing_and_its_command(room: WarRoom) -> None:
    await declared(room, SLOW)

    first = phase(room).split("---\n")[1].splitlines()
    assert first[0] == "👉 00042 deployed 13:58, slow since 14:02; 00041 was healthy → *Rollback*"
    assert first[1].strip() == f"`{SLOW.advice[1].command}`"


async def test_a_playbook_that_treats_what_is_seen_is_suggested_until_it_is_started(
    room: WarRoom, runbook: Runbook
) -> None:
    await declared(room, SLOW)

    assert "API latency spike* treats this: Control plane p95 1,240 ms" in phase(room)
    assert "Start = start-playbook api-latency-spike/" in phase(room)

    await runbook.start("api-latency-spike", Somewhere(channel="C1"), by=ANA, delivery=room.delivery())
    await room.settle(3)

    assert "API latency spike" not in phase(room)
    assert "🔴 Control plane p95" in phase(room, "diagnose", "run/1"), "it sees what was seen for the incident"


async def test_what_is_well_again_is_suggested_no_more(room: WarRoom) -> None:
    await declared(room, SLOW)
    room.outside.seen = {"latency": QUICK}

    await room.runner.look_again(RunKey(incident=1), "declare", by=ANA, delivery=room.delivery())
    await room.settle(3)

    assert "API latency spike" not in phase(room)
    assert "✅ Control plane p95 310 ms" in phase(room)
    assert "👉" not in phase(room)


async def test_charts_of_what_is_not_well_go_into_the_thread_of_the_phase_once(room: WarRoom) -> None:
    await declared(room, SLOW, USERS)

    (shared,) = charts(room)
    assert (shared.name, shared.number, shared.place) == ("latency", 0, "room/1")
    assert shared.thread == "incident/1/phase/declare"
    assert await room.rendering.chart_of(shared) == SLOW.charts[0]


async def test_a_chart_of_what_was_not_seen_again_is_not_drawn(room: WarRoom) -> None:
    await declared(room, SLOW)
    (shared,) = charts(room)
    room.outside.seen = {"latency": QUICK}
    await room.runner.look_again(RunKey(incident=1), "declare", by=ANA, delivery=room.delivery())
    await room.settle(3)

    assert await room.rendering.chart_of(shared) is None
    assert len(charts(room)) == 1


async def test_a_check_ticks_by_looking_and_is_marked_by_what_was_seen(room: WarRoom, runbook: Runbook) -> None:
    room.outside.seen = {"latency": SLOW}

    await runbook.start("night-check", Somewhere(channel="C0GENERAL"), by=ANA, delivery=room.delivery())
    await room.settle(3)

    async with room.store.look() as unit:
        run = await unit.runs.get(1)
    assert run is not None
    assert run.ended_at is not None
    told = phase(room, "look", "run/1")
    assert "🔴 1. Latency" in told
    assert "⚙️ 2. Backups" in told, "what could not be seen is never a tick"


async def test_a_look_that_cannot_be_carried_out_is_shown_and_is_no_trouble(room: WarRoom) -> None:
    room.outside.broken[LookAt] = GiveUp("Nothing here carries out LookAt.")

    incident = await declared(room)

    assert "❓ could not look: Nothing here carries out LookAt." in phase(room)
    assert (await room.incident(incident.number)).troubles == ()


async def test_nothing_is_looked_at_for_what_is_over(room: WarRoom) -> None:
    await declared(room, SLOW)

    with pytest.raises(Refused, match="nothing to look at any more"):
        await room.runner.look_again(RunKey(incident=1), "gone", by=ANA, delivery=room.delivery())


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
    assert sorted(looks(room)[before:]) == ["error-ratio", "latency", "users"]
    assert "Not well yet" in message_text(room.outside.messages["incident/1/card"])

    room.outside.seen = {"latency": QUICK}
    await room.pass_time(minutes=12)
    assert len(looks(room)) == before + 9
    assert "✅ All that could be seen is well (2 could not be)" in message_text(
        room.outside.messages["incident/1/card"]
    )
    assert len(charts(room)) == 1, "nobody asked for a picture"

    await room.pass_time(minutes=40)
    ended = len(looks(room))
    await room.pass_time(minutes=40)
    assert len(looks(room)) == ended, "the watch is over"


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
