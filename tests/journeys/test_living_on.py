"""Whatever happens to the bot, an incident goes on: restarts, new versions of its playbook, a database that is away."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import CannotStart, running
from bot.organisation_file import load_organisation
from sandbox.postgres_server import PostgresServer
from tests.organisation_text import EXAMPLE
from tests.town import Plan, Town, opened

LIBRARY = Path(__file__).parents[2] / "playbooks" / "library"


async def test_a_restart_in_the_middle_leaves_everything_as_it_was(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ana")
    before = town.texts()
    await town.stop()
    await town.start()
    await town.settle()
    assert town.texts() == before

    await town.press("Done", near="Find out what changed")
    assert "✓ 3. Find out what changed" in town.read("Assess · ")


async def test_a_restart_right_after_the_answer_loses_nothing(town: Town) -> None:
    outcome = await town.ground.acting.command("ana", "general", "/incident declare critical API is down")
    assert outcome.ok
    await town.stop()
    await town.start()
    await town.settle()
    await town.pass_time(seconds=3)

    assert town.rooms() == ["inc-1-api-is-down"]
    assert town.count("🔴 INC-1 API is down") == 1
    assert len(town.texts("critical-incidents")) == 1
    assert len(town.ground.pagerduty.alerts) == 1
    assert "4 of 5 done" in town.read("Declare · within")


async def test_a_playbook_edited_in_the_middle_changes_only_the_next_incident(plan: Plan) -> None:
    folder = plan.folder / "playbooks"
    folder.mkdir()
    async with opened(replace(plan, environment={"OPSBOT_PLAYBOOKS": str(folder)})) as town:
        await town.slash("/incident declare critical API is down")
        await town.stop()
        text = (LIBRARY / "critical-incident.md").read_text(encoding="utf-8")
        edited = text.replace("Find out what changed last", "Ask the owl").replace("## Assess", "## Ponder")
        (folder / "critical-incident.md").write_text(edited, encoding="utf-8")
        await town.start()

        await town.press("Next: Assess")
        assert "Find out what changed last" in town.read("Assess · ")
        await town.slash("/incident declare critical Login is down")
        await town.press("Next: Ponder", where=town.room(2))
        assert "Ask the owl" in town.read("Ponder · ", town.room(2))


async def test_a_broken_playbook_stops_no_other_and_an_incident_uses_the_librarys(plan: Plan) -> None:
    folder = plan.folder / "playbooks"
    folder.mkdir()
    (folder / "critical-incident.md").write_text("---\nkind: nonsense\n---\n## A\n1. B `auto: fly`\n", encoding="utf-8")
    async with opened(replace(plan, environment={"OPSBOT_PLAYBOOKS": str(folder)})) as town:
        await town.slash("/incident declare critical API is down")
        assert "4 of 5 done" in town.read("Declare · within")


async def test_while_the_database_is_locked_the_person_sees_it_fail_and_it_recovers_by_itself(plan: Plan) -> None:
    async with opened(replace(plan, transport="http")) as town:
        await town.slash("/incident declare critical API is down")
        locked = sqlite3.connect(plan.database.removeprefix("sqlite:///"))
        locked.execute("BEGIN IMMEDIATE")
        outcome = await town.ground.acting.command("ana", "general", "/incident declare high Login fails")
        assert not outcome.ok
        locked.close()

        assert "Declared INC-2 Login fails, high." in await town.slash("/incident declare high Login fails")
        assert not town.rooms(3)


async def test_while_postgresql_is_stopped_the_person_sees_it_fail_and_it_recovers_by_itself(
    plan: Plan, postgres_server: PostgresServer, postgres_store_url: str
) -> None:
    async with opened(replace(plan, database=postgres_store_url, transport="http")) as town:
        await town.slash("/incident declare critical API is down")
        await asyncio.to_thread(postgres_server.stop)
        pressed = await town.pressing("Take command", by="ana")
        assert not pressed.ok
        await asyncio.to_thread(postgres_server.start)

        await town.until_settled_again()
        await town.press("Take command", by="ana")
        assert "Commander <@U0ANA>" in town.texts()[0]


async def test_a_second_bot_on_the_same_file_says_so_and_ends(town: Town) -> None:
    with pytest.raises(CannotStart, match="The database is in use by process"):
        async with running(town.settings(), load_organisation(EXAMPLE), town.ground.clock):
            await asyncio.Event().wait()

    await town.slash("/incident declare critical API is down")
    assert town.room()


async def test_rules_for_a_change_that_does_not_exist_are_refused_at_the_start(town: Town) -> None:
    known = load_organisation(EXAMPLE)
    kinds = {"finalise": known.changes.kinds["finalize"]}
    mistaken = replace(known, changes=replace(known.changes, kinds=kinds))
    with pytest.raises(CannotStart, match="There is no change `finalise`; did you mean `finalize`"):
        async with running(town.settings(), mistaken, town.ground.clock):
            await asyncio.Event().wait()
