"""Evidence in the war room: what is broken on the platform shows itself there, with what is likeliest to help."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox.postgres_server import PostgresServer
from tests.town import Plan, Town, opened


@pytest.fixture
async def town(plan: Plan, postgres_server: PostgresServer) -> AsyncIterator[Town]:
    """A town around a platform that can be looked at, and can break."""
    async with opened(replace(plan, cloud=postgres_server)) as town:
        yield town


async def bad_deploy(town: Town) -> None:
    """Eight minutes ago somebody deployed something bad, and now an incident is declared."""
    town.ground.platform.break_("bad-deploy")
    await town.pass_time(minutes=8)
    await town.slash("/incident declare critical API fails")


async def test_a_bad_deploy_is_named_in_the_first_line_with_what_to_do(town: Town) -> None:
    await bad_deploy(town)

    first = town.read("within 5 min").splitlines()[0]
    assert "00042 deployed" in first
    assert "[Roll back]" in first


async def test_what_was_seen_stands_below_the_steps_and_charts_in_the_thread(town: Town) -> None:
    await bad_deploy(town)

    await town.press("Next: Assess")

    assert "Control plane fails" in town.read("Assess")
    phase = town.find("within 5 min")
    below = [each for each in town.messages() if each.get("thread_ts") == phase["ts"]]
    files = [file for each in below for file in each.get("files") or ()]
    assert files
    assert all(file["mimetype"] == "image/png" and file["alt_txt"] for file in files)


async def test_the_playbook_that_treats_it_is_started_by_a_press_and_suggested_no_more(town: Town) -> None:
    town.ground.platform.break_("tool-down")
    await town.pass_time(minutes=15)
    await town.slash("/incident declare critical Agents fail")
    assert "*Agent execution failures* treats this: tool web-search is down" in town.read("within 5 min")

    await town.press("Start")

    assert "tool web-search is down" in town.read("Agent execution failures: ")
    assert "*Agent execution failures* treats" not in town.read("within 5 min")


async def test_after_the_cause_is_gone_the_watch_says_that_the_fix_holds(town: Town) -> None:
    await bad_deploy(town)
    await town.slash("/incident mitigated", where=town.room())
    assert "Not well yet" in town.read("INC-1 API fails")

    town.ground.platform.mend_all()
    for _ in range(5):
        await town.pass_time(minutes=5)

    card = town.read("INC-1 API fails")
    assert "Not well yet" not in card
    assert "All that could be seen is well" in card


@pytest.mark.parametrize(
    ("breakage", "minutes", "likeliest", "playbook"),
    [
        ("traffic-surge", 15, "and the database has room", "Scale out"),
        ("connection-leak", 15, "what it leaks comes back", "Rollback"),
        ("wont-start", 15, "00042 of Billing did not start", "Service won't start"),
        ("backup-failed", 15, "1 backup failed", "Backup verification"),
    ],
)
async def test_whatever_breaks_shows_itself_and_the_playbook_that_treats_it_is_suggested(
    town: Town, breakage: str, minutes: float, likeliest: str, playbook: str
) -> None:
    town.ground.platform.break_(breakage)
    await town.pass_time(minutes=minutes)

    await town.slash("/incident declare critical Something is wrong")

    said = town.read("within 5 min")
    assert likeliest in said.splitlines()[0]
    assert f"*{playbook}* treats this" in said
