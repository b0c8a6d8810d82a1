"""Closing asks for the report that is owed, and does without it only by somebody's word; the room goes when all is said."""

from pathlib import Path

import pytest

from sandbox.slack.channel import Channel
from tests.at_terminal import Terminal, terminal
from tests.town import Town


@pytest.fixture
async def resolved(town: Town) -> Town:
    """An incident that Ana has resolved, and whose report nobody wrote."""
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ana")
    await town.slash("/incident resolve Rolled back", where=town.room())
    return town


async def test_closing_by_command_offers_to_write_the_report_or_to_do_without(resolved: Town) -> None:
    town = resolved
    said = await town.slash("/incident close", where=town.room())

    assert "The report of INC-1 is not written." in said
    assert "[Write the report] [Close without it]" in said
    assert "resolved" in town.topic()
    assert not has_gone(town)


async def test_closing_by_button_offers_the_same_and_the_report_is_written_from_there(resolved: Town) -> None:
    town = resolved
    await town.press("Close", by="ana")
    assert "The report of INC-1 is not written." in town.whispered("ana")

    await town.press("Write the report", by="ana")
    assert await town.fill({"What went well?": "The page"}) == {}
    await town.press("Close", by="ana")

    assert "INC-1 is closed" in town.read("INC-1 is closed")
    await town.pass_time(minutes=2)
    assert has_gone(town)
    assert [each["name"] for each in files(town)] == ["INC-1-report-1.md"]


async def test_the_room_stays_until_the_report_is_in_it(resolved: Town) -> None:
    town = resolved
    town.breaks("http_500", "upload", times=None)
    await town.slash("/incident report now", where=town.room())
    await town.slash("/incident close", where=town.room())
    await town.pass_time(minutes=3)
    assert not has_gone(town)

    town.heals()
    for _ in range(4):
        await town.pass_time(minutes=1)
    assert [each["name"] for each in files(town)] == ["INC-1-report-1.md"]
    assert has_gone(town)


async def test_whoever_closes_without_it_may_say_why(resolved: Town) -> None:
    town = resolved
    await town.press("Close", by="ana")
    await town.press("Close without it", by="ana")
    assert await town.fill({"Why?": "A false alarm"}) == {}

    assert "Closed without a report: A false alarm" in await town.slash("/incident timeline INC-1")
    await town.pass_time(minutes=2)
    assert has_gone(town)


async def test_the_same_in_words(resolved: Town) -> None:
    town = resolved
    assert "Nothing follows but without" in await town.slash("/incident close now", where=town.room())
    assert (
        await town.slash("/incident close without the report: a false alarm", where=town.room()) == "INC-1 is closed."
    )

    assert "Closed without a report: a false alarm" in await town.slash("/incident timeline INC-1")


async def test_who_skipped_the_step_has_said_so_already(resolved: Town) -> None:
    town = resolved
    await town.press("Skip", by="ana", near="Write the incident report")

    assert await town.slash("/incident close", where=town.room()) == "INC-1 is closed."


async def test_a_severity_that_asks_for_no_report_closes_at_once(town: Town) -> None:
    await town.slash("/incident declare low The logo is grey")
    await town.slash("/incident resolve Painted", where=town.room())

    assert await town.slash("/incident close", where=town.room()) == "INC-1 is closed."


async def test_a_terminal_refuses_with_what_to_type(sqlite_store_url: str, tmp_path: Path) -> None:
    async with terminal(tmp_path, sqlite_store_url) as at:
        await resolve(at)
        refused = await at.opsbot("incident", "close", "INC-1")
        assert (refused.code, refused.out) == (1, "")
        assert "or close without it: opsbot incident close INC-1 without and, if you like, why." in refused.err

        closed = await at.opsbot("incident", "close", "INC-1", "without", "it was a drill")
        assert (closed.code, closed.out.splitlines()[0]) == (0, "INC-1 is closed."), closed.err


async def resolve(at: Terminal) -> None:
    for words in (("declare", "critical", "API is down"), ("resolve", "INC-1", "Rolled back")):
        assert (await at.opsbot("incident", *words)).code == 0


def has_gone(town: Town) -> bool:
    room: Channel | None = town.ground.workspace.channel(town.room())
    assert room
    return room.is_archived


def files(town: Town) -> list[dict[str, str]]:
    return [file for message in town.messages() for file in message.get("files") or []]
