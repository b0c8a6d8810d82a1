"""`opsbot incident …`, `runbook`, `ops` and `oncall` as real processes: beside a running bot, without one, and while Slack cannot be reached."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sandbox.faults import Fault
from tests.at_terminal import Terminal, terminal
from tests.organisation_text import EXAMPLE

NOWHERE = "http://127.0.0.1:9/api/"
"""Nothing listens there."""


@pytest.fixture
async def at(store_url: str, tmp_path: Path) -> AsyncIterator[Terminal]:
    """A terminal on each kind of database."""
    async with terminal(tmp_path, store_url) as at:
        yield at


@pytest.fixture
async def at_sqlite(sqlite_store_url: str, tmp_path: Path) -> AsyncIterator[Terminal]:
    async with terminal(tmp_path, sqlite_store_url) as at:
        yield at


async def test_without_a_bot_the_command_carries_out_what_is_due(at: Terminal) -> None:
    printed = await at.opsbot_from_nothing("incident", "declare", "critical", "API", "is", "down")

    assert printed.code == 0, printed.err
    assert printed.out.startswith("Declared INC-1 API is down, critical.\n")
    assert "No bot is running, so this was carried out from here." in printed.out
    assert "Still to do" not in printed.out
    assert at.rooms() == ["inc-1-api-is-down"]
    assert len(at.ground.pagerduty.incidents) == 1


async def test_beside_a_bot_the_command_commits_and_the_bot_carries_out(at: Terminal) -> None:
    async with at.bot():
        printed = await at.opsbot("incident", "declare", "critical", "API is down")
        assert printed.code == 0, printed.err
        assert "The running bot carries it out." in printed.out
        assert "Still to do" not in printed.out
        assert at.rooms() == ["inc-1-api-is-down"]

        printed = await at.opsbot("incident", "role", "INC-1", "scribe", "@cho")
        assert "Noted. Cho Lin is the scribe in INC-1 now." in printed.out


async def test_while_slack_cannot_be_reached_the_state_stands_and_people_are_paged(at_sqlite: Terminal) -> None:
    at = at_sqlite
    printed = await at.opsbot("incident", "declare", "critical", "API is down", OPSBOT_SLACK_API_URL=NOWHERE)

    assert printed.code == 0, printed.err
    assert "open the war room" in printed.out.partition("Still to do outside: ")[2], printed.out
    assert "Slack cannot be reached" in printed.out
    assert "page the on-call engineer" not in printed.out.partition("Still to do")[2]
    assert "It is done as soon as possible, by the next bot that starts." in printed.out
    assert len(at.ground.pagerduty.incidents) == 1
    assert at.rooms() == []

    listed = await at.opsbot("incident", "list", OPSBOT_SLACK_API_URL=NOWHERE)
    assert "INC-1 API is down" in listed.out
    assert "Still to do" not in listed.out

    printed = await at.opsbot("incident", "update", "INC-1", "We roll back", "@ana helps")
    assert "Posted" in printed.out
    status = await at.opsbot("incident", "status", "1")
    assert "| We roll back @Ana Silva helps" in status.out


async def test_nobody_types_who_is_not_in_the_operators_file(at_sqlite: Terminal) -> None:
    printed = await at_sqlite.opsbot("incident", "declare", "critical", "API is down", OPSBOT_CONFIG=str(EXAMPLE))

    assert printed.code == 1
    assert printed.out == ""
    assert "cli_users: {" in printed.err
    assert at_sqlite.ground.pagerduty.incidents == []


async def test_what_cannot_be_done_is_said_in_a_sentence(at_sqlite: Terminal) -> None:
    for words, said in {
        ("declare",): "type it all on one line: opsbot incident declare [critical|high|medium|low] [title].",
        ("declar", "critical", "x"): "`declar`; did you mean `declare`?",
        ("update", "INC-7", "text"): "There is no INC-7. opsbot incident list shows which are open",
        ("resolve",): "No incident is open. Declare one: opsbot incident declare.",
    }.items():
        printed = await at_sqlite.opsbot("incident", *words)
        assert (printed.code, printed.out) == (1, ""), words
        assert said in printed.err


async def test_a_database_that_is_not_there_is_not_made(at_sqlite: Terminal, tmp_path: Path) -> None:
    at_sqlite.database = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    printed = await at_sqlite.opsbot("incident", "list")

    assert printed.code == 1
    assert "Nothing was done: there is no database at" in printed.err
    assert not (tmp_path / "elsewhere.db").exists()


async def test_a_bot_may_start_while_a_command_carries_something_out(at_sqlite: Terminal) -> None:
    """On SQLite the command has the lock for a moment, and a bot that starts then waits for it."""
    printing = asyncio.create_task(at_sqlite.opsbot("incident", "declare", "critical", "API is down"))
    async with at_sqlite.bot():
        printed = await printing
    assert printed.code == 0, printed.err
    assert at_sqlite.rooms() == ["inc-1-api-is-down"]


async def test_beside_a_bot_that_cannot_reach_slack_it_says_what_waits(at_sqlite: Terminal) -> None:
    async with at_sqlite.bot():
        at_sqlite.ground.faults.add(Fault(name="down", kind="http_503", target="slack", method="*", times=None))
        printed = await at_sqlite.opsbot("incident", "declare", "critical", "API is down")

        assert printed.code == 0, printed.err
        assert "The running bot carries it out. Still to do outside: " in printed.out
        assert "by the running bot." in printed.out
        assert len(at_sqlite.ground.pagerduty.incidents) == 1


async def test_who_is_on_call_is_told_while_slack_cannot_be_reached(at_sqlite: Terminal) -> None:
    printed = await at_sqlite.opsbot("oncall", OPSBOT_SLACK_API_URL=NOWHERE)

    assert printed.code == 0, printed.err
    assert "On call: Ana Silva until" in printed.out
    contacts = await at_sqlite.opsbot("oncall", "contacts")
    assert "VP Engineering" in contacts.out


async def test_a_playbook_is_found_and_started_and_its_steps_are_printed(at_sqlite: Terminal, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "coffee.md").write_text("# Restart the coffee machine\n\n1. Switch it off\n2. Switch it on\n")
    found = await at_sqlite.opsbot("runbook", "coffee", "machine", OPSBOT_PLAYBOOKS=str(own))
    assert "1. Switch it off" in found.out

    printed = await at_sqlite.opsbot("runbook", "start", "coffee", OPSBOT_PLAYBOOKS=str(own))
    assert printed.out.startswith("Started run 1: Restart the coffee machine.")
    assert "☐ 1. Switch it off" in printed.out
    refused = await at_sqlite.opsbot("runbook", "start", "cofee", OPSBOT_PLAYBOOKS=str(own))
    assert (refused.code, refused.out) == (1, "")
    assert "did you mean `coffee`?" in refused.err


async def test_in_the_demo_it_goes_by_the_clock_that_can_be_moved(at_sqlite: Terminal) -> None:
    """An hour after a jump of an hour is an hour for the bot, and for whoever types."""
    at_sqlite.ground.clock.advance(24 * 3600)
    declared = await at_sqlite.opsbot("practise", at_sqlite.ground.url, "incident", "declare", "high", "API is slow")
    assert declared.code == 0, declared.err
    listed = await at_sqlite.opsbot("practise", at_sqlite.ground.url, "incident", "timeline", "1")
    tomorrow = at_sqlite.ground.clock.now().astimezone(ZoneInfo("America/New_York"))
    assert f"{tomorrow:%a} {tomorrow.day}" in listed.out

    refused = await at_sqlite.opsbot("practise", at_sqlite.ground.url, "incidnt")
    assert (refused.code, "did you mean `incident`?" in refused.err) == (1, True)
