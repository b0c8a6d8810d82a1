"""What is looked at as a phase opens is kept, shown below its steps, and says what is likeliest to help."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.effect import Post
from bot.domain.errors import GiveUp, Refused, Retry
from bot.domain.evidence import Finding, Verdict
from bot.domain.looking import LookAt
from bot.domain.run import RunKey, State
from playbooks import Catalogue
from playbooks.beginning import Somewhere
from playbooks.runbook import Runbook
from tests.looked import QUICK, SLOW, USERS, charts, declared, looking_catalogue, looks, opened, phase
from tests.war_room import ANA, WarRoom


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return looking_catalogue(tmp_path)


@pytest.fixture
async def room(store_url: str, catalogue: Catalogue) -> AsyncIterator[WarRoom]:
    async with opened(store_url, catalogue) as room:
        yield room


@pytest.fixture
def runbook(room: WarRoom, catalogue: Catalogue) -> Runbook:
    return Runbook(store=room.store, organisation=room.organisation, catalogue=catalogue)


async def test_with_its_first_phase_an_incident_looks_at_all_that_its_playbook_names(room: WarRoom) -> None:
    await declared(room, SLOW, USERS)

    assert sorted(looks(room)) == ["error-ratio", "latency", "users"]
    async with room.store.look() as unit:
        kept = await unit.evidence.of(incident=1, run=0)
        drawn = await unit.evidence.charts("latency", incident=1, run=0)
    assert kept["latency"].findings == SLOW.findings
    assert kept["error-ratio"].verdict is Verdict.NOT_CONFIGURED
    assert drawn == SLOW.charts


async def test_nothing_is_looked_at_before_the_first_phase_of_a_new_room_stands(room: WarRoom) -> None:
    await declared(room, SLOW)

    done = room.outside.done
    stands = next(at for at, each in enumerate(done) if isinstance(each, Post) and each.slot.endswith("phase/declare"))
    assert not any(isinstance(each, LookAt) for each in done[:stands])


async def test_what_a_later_phase_asks_for_is_looked_at_while_slack_is_down(room: WarRoom) -> None:
    incident = await declared(room)
    room.outside.broken[Post] = Retry("Slack is down", after=60)
    before = len(looks(room))

    await room.runner.next_phase(RunKey(incident=incident.number), 1, by=ANA, delivery=room.delivery())
    await room.settle(3)

    assert looks(room)[before:] == ["error-ratio"]


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


async def test_the_first_line_names_the_likeliest_next_thing_and_has_its_button(room: WarRoom) -> None:
    await declared(room, SLOW)

    first = phase(room).split("---\n")[1].splitlines()
    assert first[0] == "👉 00042 deployed 13:58, slow since 14:02; 00041 was healthy   [!Roll back]"
    assert "Roll back = ask-change rollback/control-plane" in phase(room)


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


async def test_of_several_services_only_the_charts_of_those_that_are_not_well_are_shared_the_worst_first(
    room: WarRoom,
) -> None:
    several = replace(
        SLOW,
        findings=(*SLOW.findings, Finding(verdict=Verdict.AMBER, says="Search p95 600 ms", subject="search")),
        charts=tuple(
            replace(SLOW.charts[0], title=name, subject=name)
            for name in ("billing", "search", "control-plane", "agent-runtime")
        ),
    )
    await declared(room, several)

    drawn = [await room.rendering.chart_of(shared) for shared in charts(room)]
    assert [chart.title for chart in drawn if chart] == ["control-plane", "search"]


async def test_a_chart_of_an_earlier_look_is_not_drawn_from_a_later_one(room: WarRoom) -> None:
    await declared(room, SLOW)
    (shared,) = charts(room)
    later = replace(SLOW, looked_at=SLOW.looked_at + timedelta(minutes=1))
    room.outside.seen = {"latency": later}
    await room.runner.look_again(RunKey(incident=1), "declare", by=ANA, delivery=room.delivery())
    await room.settle(3)

    assert await room.rendering.chart_of(shared) is None
    assert await room.rendering.chart_of(charts(room)[-1]) == later.charts[0]


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
