"""The report: asked for, written, shared as a file, kept on disk, published again; and the meeting that follows."""

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.payload import JsonObject
from tests.as_seen import labels_of
from tests.town import Plan, Town, opened


@pytest.fixture
async def resolved(town: Town) -> Town:
    return await over(town)


async def over(town: Town) -> Town:
    """An incident that Ana and Ben have resolved."""
    await town.slash("/incident declare critical API is down")
    await town.press("Take command", by="ana")
    await town.join("ben")
    await town.slash("/incident note Customers *cannot* log in <!channel>", where=town.room())
    await town.pass_time(minutes=12)
    await town.slash("/incident mitigated", where=town.room())
    await town.pass_time(minutes=8)
    await town.slash("/incident resolve Rolled control-plane back", where=town.room())
    return town


async def test_the_report_is_written_in_a_form_and_shared_as_a_file(resolved: Town) -> None:
    town = resolved
    assert "☐ 1. Write the incident report: /incident report." in town.read("Learn · ")
    await town.press("Report", near="Write the incident report")
    assert town.begun() == {"Summary": "Rolled control-plane back"}
    assert await town.fill({"What went well?": "The page", "Root cause": "A missing index"}) == {}

    said = town.read("The report of INC-1")
    assert "mitigated after 12 min · resolved after 20 min" in said
    assert "Not written yet: what did not." in said
    (text,) = shared(town, ".md")
    assert text.startswith("# INC-1: API is down\n")
    for section in (
        "Summary",
        "Impact",
        "Timeline",
        "Participants",
        "Actions taken",
        "Root cause",
        "Preventive measures",
    ):
        assert f"\n## {section}\n" in text
    assert "\n## What went well\n\nThe page\n" in text
    assert r"Customers \*cannot\* log in \<\!channel\> — Ana Silva" in text
    assert "| Time to resolve | 20 min |" in text
    learn = town.read("Learn · ")
    assert "✓ 1. Write the incident report" in learn
    assert "✓ 2. Find the root cause" in learn


async def test_a_report_is_published_as_it_is_and_again(resolved: Town) -> None:
    town = resolved
    await town.slash("/incident report now", where=town.room())
    await town.slash("/incident report now", by="ben", where=town.room())

    assert len(shared(town, ".md")) == 2
    assert town.count("The report of INC-1, version 2") == 1
    assert "What happened, step by step" in shared(town, ".md")[0]


async def test_before_it_is_over_and_after_it_is_closed_there_is_no_report(town: Town) -> None:
    await town.slash("/incident declare critical API is down")
    assert "its report comes after that" in await town.slash("/incident report now", where=town.room())

    await town.slash("/incident resolve Fixed", where=town.room())
    await town.slash("/incident close without", where=town.room())
    assert "reopen it to publish" in await town.slash("/incident report INC-1 now")


async def test_an_upload_of_unknown_outcome_is_not_done_twice(resolved: Town) -> None:
    town = resolved
    town.breaks("drop_after", "files.completeUploadExternal")
    await town.slash("/incident report now", where=town.room())
    await town.pass_time(minutes=1)

    assert len(shared(town, ".md")) == 1


async def test_an_upload_that_fails_is_done_when_slack_can(resolved: Town) -> None:
    town = resolved
    town.breaks("http_500", "upload", times=2)
    town.breaks("http_500", "files.completeUploadExternal")
    await town.slash("/incident report now", where=town.room())
    for _ in range(8):
        await town.pass_time(seconds=30)

    assert len(shared(town, ".md")) == 1


async def test_reports_are_kept_on_disk_where_the_operator_says(plan: Plan, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    async with opened(replace(plan, environment={"OPSBOT_REPORT_FOLDER": str(folder)})) as town:
        await over(town)
        await town.slash("/incident report now", where=town.room())

        (kept,) = folder.iterdir()
        assert kept.name == "INC-1-report-1.md"
        assert kept.stat().st_mode & 0o077 == 0
        assert kept.read_text(encoding="utf-8") == shared(town, ".md")[0]


async def test_a_folder_that_cannot_be_written_to_is_told_in_the_room_and_the_report_is_shared(
    plan: Plan, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    async with opened(replace(plan, environment={"OPSBOT_REPORT_FOLDER": str(tmp_path / "file" / "reports")})) as town:
        await over(town)
        await town.slash("/incident report now", where=town.room())

        assert len(shared(town, ".md")) == 1
        await town.pass_time(minutes=6)
        assert town.count("cannot be written to: Not a directory") == 1


async def test_whoever_writes_it_is_asked_once_after_a_day_and_the_room_says_it_until_it_is_there(
    resolved: Town,
) -> None:
    town = resolved
    await town.pass_time(minutes=60 * 24)
    due = town.read("the report was due")
    assert "<@U0ANA>, the report was due 14:20." in due
    assert "Write the incident report" not in due
    assert owed(town) == 1

    await town.pass_time(minutes=60 * 24)
    assert owed(town) == 1, "the daily list has it now"
    assert town.count("the report was due") == 1
    await town.press("Report", where=town.direct("ana"))
    assert await town.fill({"What went well?": "All"}) == {}
    assert town.count("the report was due") == 0
    await town.pass_time(minutes=60 * 48)
    assert owed(town) == 1


async def test_the_meeting_is_a_file_for_every_calendar_and_can_be_moved(resolved: Town) -> None:
    town = resolved
    said = await town.slash("/incident meeting Thursday at 10:00 Room 4", where=town.room())
    assert "Follow-up meeting 14:00, Room 4" in said
    assert "✓ 4. Arrange the follow-up meeting." in town.read("Learn · ")
    (first,) = shared(town, ".ics")
    assert first.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert "\r\nDTSTART:20260312T140000Z\r\nDTEND:20260312T144500Z\r\n" in first
    assert '\r\nATTENDEE;CN="Ana Silva":mailto:ana@example.com\r\n' in first

    await town.slash("/incident meeting", where=town.room())
    assert "Write it like Thursday at 10:00" in (await town.fill({"When?": "soon"}))["When?"]
    assert await town.fill({"When?": "2026-03-13 11:00", "How long?": "30 minutes"}) == {}
    second = shared(town, ".ics")[1]
    assert "\r\nSEQUENCE:1\r\n" in second
    assert line_of("UID", first) == line_of("UID", second)


async def test_the_draft_for_customers_is_there_when_somebody_writes_to_them(resolved: Town) -> None:
    town = resolved
    await town.press("Answer", by="ben", near="Write to the customers")

    (draft,) = town.begun("ben").values()
    assert "From 14:00 to 14:12 UTC on 9 March 2026" in draft


def shared(town: Town, ending: str) -> list[str]:
    """The files that stand in the room, as text."""
    found: list[JsonObject] = [file for message in town.messages() for file in message.get("files") or []]
    files = [town.ground.workspace.files[each["id"]] for each in found if each["name"].endswith(ending)]
    return [(file.content or b"").decode() for file in files]


def owed(town: Town) -> int:
    """How often Ana was asked for the report."""
    found = [each for each in town.messages(town.direct("ana")) if "Report" in labels_of(each)]
    return len(found)


def line_of(name: str, file: str) -> str:
    return next(line for line in file.split("\r\n") if line.startswith(f"{name}:"))
