"""The published report is brought to GitHub when somebody asks for it: once, with a link to it, and nothing private."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.as_seen import labels_of
from tests.at_terminal import terminal
from tests.town import Plan, Town, opened

REPOSITORY = "agent-marketplace/operations"


@pytest.fixture
async def town(plan: Plan) -> AsyncIterator[Town]:
    """A town whose bot may write to GitHub."""
    async with opened(plan) as town:
        await town.stop()
        await town.start(town.ground.neighbours.environment())
        yield town


async def reported(town: Town, how: str = "critical") -> None:
    """An incident with its report."""
    await town.slash(f"/incident declare {how} API is down")
    await town.join("ben")
    await town.slash("/incident note It began when @cho deployed, see #7", where=town.room())
    await town.slash("/incident resolve Rolled back", where=town.room())
    await town.slash("/incident report now", where=town.room())


def bodies(town: Town) -> list[str]:
    return [issue["body"] for issue in town.ground.neighbours.github.issues(REPOSITORY)]


async def test_a_press_opens_an_issue_and_the_room_sees_where(town: Town) -> None:
    await reported(town)
    await town.press("Open a GitHub issue", by="ben", near="The report of INC-1")

    (issue,) = town.ground.neighbours.github.issues(REPOSITORY)
    assert issue["title"] == "Incident report: INC-1 API is down"
    assert [label["name"] for label in issue["labels"]] == ["incident-report"]
    assert "\n## Root cause\n" in issue["body"]
    said = town.read("The report of INC-1")
    assert f"GitHub issue: {REPOSITORY}#101" in said
    assert issue["html_url"] in str(town.messages())
    assert "GitHub issue #101" in town.texts()[0]
    assert f"issue {REPOSITORY}#101" in await town.slash("/incident timeline", where=town.room())


async def test_nobody_at_github_is_notified_by_names_in_it(town: Town) -> None:
    await reported(town)
    await town.slash("/incident report github", where=town.room())

    (body,) = bodies(town)
    assert "@Cho" not in body
    assert "@\u200bCho Lin deployed" in body
    assert "#\u200b7" in body


async def test_asked_again_it_is_said_where_it_is(town: Town) -> None:
    await reported(town)
    await town.slash("/incident report github", by="ana", where=town.room())
    answer = await town.slash("/incident report github", by="ben", where=town.room())

    assert f"is at GitHub: {REPOSITORY}#101" in answer
    assert len(bodies(town)) == 1


@pytest.mark.parametrize("kind", ["drop_after", "internal_error_applied", "garbage_json", "drop_before", "http_503"])
async def test_a_call_of_unknown_outcome_opens_one_issue(town: Town, kind: str) -> None:
    await reported(town)
    town.breaks(kind, "POST *", target="github")
    await town.slash("/incident report github", where=town.room())
    await town.pass_time(seconds=30)

    assert len(bodies(town)) == 1
    assert f"GitHub issue: {REPOSITORY}#101" in town.read("The report of INC-1")


async def test_a_later_version_is_added_below_and_overwrites_nothing(town: Town) -> None:
    await reported(town)
    await town.slash("/incident report github", where=town.room())
    await town.slash("/incident report", where=town.room())
    await town.fill({"Root cause": "A missing index"})
    assert "Open a GitHub issue" not in buttons(town)
    await town.press(f"Add it to {REPOSITORY}#101", near="The report of INC-1, version 2")

    (before,) = bodies(town)
    (comment,) = town.ground.neighbours.github.comments(REPOSITORY, 101)
    assert "A missing index" not in before
    assert "A missing index" in comment["body"]
    assert f"Add it to {REPOSITORY}#101" not in buttons(town)


async def test_a_pull_request_adds_it_as_a_file(town: Town) -> None:
    await reported(town)
    town.breaks("drop_after", "PUT *", target="github")
    await town.press("Open a pull request", near="The report of INC-1")
    await town.pass_time(seconds=30)

    (request,) = town.ground.neighbours.github.issues(REPOSITORY)
    branch = request["pull_request"]["head"]
    file = town.ground.neighbours.github.file(REPOSITORY, branch, "incidents/INC-1-2026-03-09.md")
    assert file is not None
    assert file.startswith("# INC-1: API is down\n")
    assert f"Pull request: {REPOSITORY}#101" in town.read("The report of INC-1")

    await town.slash("/incident report now", where=town.room())
    await town.slash("/incident report pull-request", where=town.room())
    assert len(bodies(town)) == 1


async def test_what_github_refuses_is_told_and_can_be_asked_for_again(town: Town) -> None:
    await reported(town)
    town.breaks("error:403", "POST *", target="github")
    await town.press("Open a GitHub issue", near="The report of INC-1")
    await town.pass_time(minutes=6)
    assert "could not bring the report to GitHub: GitHub does not allow it" in town.read("could not bring")
    assert "Open a GitHub issue" in buttons(town)

    await town.press("Open a GitHub issue", near="The report of INC-1")
    assert len(bodies(town)) == 1


async def test_nothing_private_goes_there(town: Town) -> None:
    await reported(town)
    await town.slash("/incident private now", where=town.room())

    assert "Open a GitHub issue" not in buttons(town)
    assert "is private; nothing of it goes to GitHub" in await town.slash("/incident report github", where=town.room())
    assert bodies(town) == []


async def test_what_was_on_its_way_when_it_became_private_stays_here(town: Town) -> None:
    await reported(town)
    town.breaks("http_503", target="github", times=None)
    await town.press("Open a GitHub issue", near="The report of INC-1")
    await town.slash("/incident private now", where=town.room())
    town.heals()
    await town.pass_time(minutes=10)

    assert bodies(town) == []


async def test_what_is_at_github_already_is_told_when_it_becomes_private(town: Town) -> None:
    await reported(town)
    await town.slash("/incident report github", where=town.room())
    await town.slash("/incident private now", where=town.room())

    assert f"still at GitHub: {REPOSITORY}#101" in town.read("still at GitHub")


async def test_before_there_is_a_report_none_can_be_brought(town: Town) -> None:
    await town.slash("/incident declare critical API is down")

    answer = await town.slash("/incident report github", where=town.room())
    assert "INC-1 has no published report yet" in answer


async def test_after_it_is_closed_it_is_brought_there_and_whoever_asked_is_told(town: Town) -> None:
    await reported(town)
    await town.slash("/incident close INC-1", where=town.room())
    await town.pass_time(minutes=2)

    town.breaks("error:403", "POST *", target="github")
    assert "you are sent the link" in await town.slash("/incident report INC-1 github", by="ben")
    assert "The report of INC-1 could not be brought to GitHub as an issue: " in town.directs("ben")[-1]
    assert bodies(town) == []

    await town.press("Try again", by="ben", where=town.direct("ben"))
    assert len(bodies(town)) == 1
    assert f"The report of INC-1 is at GitHub: {REPOSITORY}#101." in town.directs("ben")[-1]


async def test_where_github_is_not_configured_one_sentence_says_what_to_do(plan: Plan) -> None:
    async with opened(plan) as town:
        await reported(town)

        assert "Open a GitHub issue" not in buttons(town)
        answer = await town.slash("/incident report github", where=town.room())
        assert "GitHub is not configured; have GITHUB_TOKEN set where opsbot runs." in answer


async def test_it_is_brought_there_from_a_terminal_too(sqlite_store_url: str, tmp_path: Path) -> None:
    async with terminal(tmp_path, sqlite_store_url) as at:
        at.environment = at.ground.neighbours.environment()
        await at.opsbot("incident", "declare", "critical", "API is down")
        await at.opsbot("incident", "resolve", "INC-1", "Rolled back")
        await at.opsbot("incident", "report", "INC-1", "now")
        printed = await at.opsbot("incident", "report", "INC-1", "github")

        assert f"The report of INC-1 goes to {REPOSITORY}" in printed.out, printed.err
        assert "Still to do" not in printed.out
        (issue,) = at.ground.neighbours.github.issues(REPOSITORY)
        again = await at.opsbot("incident", "report", "INC-1", "github")
        assert f"is at GitHub: {REPOSITORY}#101 ({issue['html_url']})." in again.out


def buttons(town: Town) -> list[str]:
    """What can be pressed in the war room."""
    return [label for message in town.messages() for label in labels_of(message)]
