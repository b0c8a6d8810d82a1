"""The runbook in Slack: found by name, words and symptom, read, started anywhere, and worked through to its end."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.as_seen import words_of
from tests.town import Plan, Town, opened

FIXTURES = Path(__file__).parents[1] / "fixtures"
SPIKE = """---
kind: scenario
title: API latency spike
owner: platform-team
suggest_when: latency
---
Look before you scale.

## Diagnose
`window: 0-10m`

1. Look at the database
2. What do you think it is? `ask: suspected-cause`

## Act
1. Give it more room
"""
BROKEN = "---\nkind: scenrio\n---\n1. Do it\n"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose operator has a folder of playbooks: a scenario, a plain runbook, and one that is broken."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "api-latency-spike.md").write_text(SPIKE)
    (own / "broken.md").write_text(BROKEN)
    shutil.copy(FIXTURES / "operations-runbook.md", own)
    async with opened(Plan(folder=tmp_path, environment={"OPSBOT_PLAYBOOKS": str(own)})) as town:
        yield town


async def test_a_symptom_finds_a_playbook_and_one_press_starts_it_there(town: Town) -> None:
    shown = await town.slash("/runbook the api is slow")
    assert "Look before you scale." in shown
    assert "2. What do you think it is? — asks for suspected cause" in shown

    await town.press("Start", where="general")
    assert "API latency spike: Diagnose · within 10 min" in town.read("Diagnose", "general")
    await town.press("Done", by="ben", where="general", near="Look at the database")
    await town.press("Answer", where="general")
    await town.fill({"Suspected cause": "The deploy"})
    await town.press("Done", where="general", near="Give it more room")
    assert "The deploy" in town.read("API latency spike: Diagnose", "general")
    assert "Run 1 ended at" in town.read("API latency spike: Act", "general")


async def test_of_several_that_may_be_meant_one_is_chosen(town: Town) -> None:
    said = await town.slash("/runbook memory")
    assert said.startswith("For “memory”:")
    await town.press("Show", where="general", near="Memory leak")
    assert town.whispered("ana").startswith("Memory leak")
    await town.slash("/runbook operations-runbook")
    await town.press("More", where="general")
    assert "page 2 of" in town.whispered("ana")


async def test_words_that_fit_nothing_get_the_nearest_name(town: Town) -> None:
    assert "There is no playbook `api-latancy-spik`; did you mean `api-latency-spike`?" in await town.slash(
        "/runbook start api-latancy-spik"
    )
    assert "There is no playbook `zzz`; use one of:" in await town.slash("/runbook zzz")
    assert town.count("Diagnose", "general") == 0


async def test_a_broken_playbook_is_named_with_its_line_and_left_out(town: Town) -> None:
    listed = await town.slash("/runbook")
    assert "api-latency-spike  API latency spike" in listed
    assert "broken.md:2: `kind`: there is no kind `scenrio`; did you mean `scenario`?" in listed


async def test_it_is_started_by_mention_in_the_thread_and_by_words_to_the_bot_alone(town: Town) -> None:
    ts = await town.say("@opsbot runbook start api-latency-spike control-plane", by="ben", where="general")
    posted = town.find("API latency spike: Diagnose", "general")
    assert posted["thread_ts"] == ts

    await town.say_to_bot("runbook start api-latency-spike", by="cho")
    await town.press("Skip", by="cho", where=town.direct("cho"))
    assert "– 1. Look at the database — skipped" in town.read("Diagnose", town.direct("cho"))


async def test_in_a_war_room_it_runs_beside_the_incidents_own(town: Town) -> None:
    await town.slash("/incident declare high API is slow")
    await town.slash("/runbook start api-latency-spike", where=town.room())
    await town.press("Answer", near="What do you think")
    await town.fill({"Suspected cause": "The deploy"})

    assert "Suspected cause: The deploy" in town.read("High · ")
    assert "Started API latency spike." in await town.slash("/incident timeline", where=town.room())
    assert "Run 1: API latency spike, 1 open step, started by" in await town.slash("/runbook", where=town.room())
    assert "Run 1" not in await town.slash("/runbook", by="gus")
    await town.press("Stop")
    assert "Run 1 was stopped by <@U0ANA>" in town.read("API latency spike: Diagnose")


async def test_what_is_late_is_told_in_its_thread(town: Town) -> None:
    await town.slash("/runbook start api-latency-spike")
    await town.pass_time(minutes=11)
    phase, late = town.find("API latency spike: Diagnose", "general"), town.find("steps late since", "general")
    assert late["thread_ts"] == phase["ts"]


async def test_a_bot_that_is_not_in_the_channel_says_so_to_whoever_started_it(town: Town) -> None:
    town.breaks("error:not_in_channel", "chat.postMessage", times=1)
    await town.slash("/runbook start api-latency-spike", by="ben")
    assert "invite it again" in town.directs("ben")[-1]
    await town.press("Try again", by="ben", where=town.direct("ben"))
    assert town.count("API latency spike: Diagnose", "general") == 1


async def test_what_a_playbook_has_to_know_is_told_on_the_line_or_asked(town: Town) -> None:
    await town.slash("/runbook start pre-deployment web, main")
    assert "Run 1, started by <@U0ANA>" in town.read("Pre-deployment checklist: Code", "general")
    assert " · web, main" in town.read("Pre-deployment checklist: Code", "general")

    await town.slash("/runbook start pre-deployment web", by="ben")
    assert town.begun("ben")["Service"] == "Web application"
    await town.fill({"Service": "Billing", "Commit": "abc1234"}, by="ben")
    assert " · billing, abc1234" in town.read("Pre-deployment checklist: Code", "general")

    await town.slash("/runbook pre-deployment", by="cho")
    await town.press("Start", by="cho", where="general")
    assert town.has_form("cho")
    assert "There is no service `bilinng`; did you mean `billing`?" in await town.slash(
        "/runbook start scale-out bilinng"
    )


async def test_in_a_war_room_the_service_is_the_incidents(town: Town) -> None:
    await town.slash("/incident declare high API is slow")
    await town.slash("/incident impact services: billing; users: all", where=town.room())
    await town.slash("/runbook start scale-out", where=town.room())
    assert not town.has_form("ana")
    assert " · billing" in town.read("Run 1, started by")


async def test_the_owners_runbook_is_worked_through_as_it_stands(town: Town) -> None:
    await town.slash("/runbook start operations-runbook")
    for _ in range(2):
        await town.press("Done", where="general")
        await town.pass_time(seconds=2)

    assert "Daily Operations: Morning Checklist (9:00 AM) · done" in town.read("System Health Check", "general")
    assert "1 of 3 done" in town.read("Review Alerts", "general")


async def test_steps_of_runs_stand_on_the_home_of_whose_they_are(town: Town) -> None:
    await town.slash("/runbook start api-latency-spike", by="ana")
    await town.choose("ben", near="What do you think", where="general")
    assert "☐ Look at the database" in await home(town, "ana")
    assert "What do you think" not in await home(town, "ana")

    shown = await home(town, "ben")
    assert "☐ What do you think it is?" in shown
    assert "API latency spike, run 1" in shown
    assert "No open step is yours." in await home(town, "cho")


async def home(town: Town, of: str) -> str:
    """What stands in somebody's Home as they open it."""
    await town.ground.acting.open_home(of)
    await town.settle()
    view = town.ground.desk.views.home(town.id_of(of))
    assert view
    return words_of(view)
