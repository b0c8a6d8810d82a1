"""What GitHub refuses is told to who must act on it, and what it may have done is looked for before it is done again."""

from dataclasses import replace

import pytest

from bot.domain.effect import Attempt, Receipt
from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.filing import FileReport, Filing, Paper
from bot.integrations.github_writing import GitHubWriting
from bot.integrations.report_filing import ReportFiling
from sandbox.github.door import TOKEN
from tests.neighbours_server import START, NeighboursServer

REPOSITORY = "agent-marketplace/operations"
REPORT = FileReport(
    incident=1,
    how=Filing.ISSUE,
    repository=REPOSITORY,
    version=1,
    mark="opsbot-INC-1-x",
    file="INC-1.md",
    labels=("incident-report",),
    folder="docs/incidents",
)
PAPER = Paper(
    title="Incident report: INC-1 API is down",
    content="# INC-1\n\nBoth @ana and ana@example.com saw #12\n",
)
AS_FILE = replace(REPORT, how=Filing.PULL_REQUEST)


async def filed(
    server: NeighboursServer,
    report: FileReport,
    *,
    known: str = "",
    token: str = TOKEN,
    url: str = "",
    paper: Paper | None = PAPER,
) -> Receipt:
    client = GitHubWriting(token=token, url=url or f"{server.url}/github", timeout=5)
    bound = {f"github/1/{report.how.name.lower()}": {"number": known, "url": "x"}} if known else {}
    try:
        return await filing(client, paper).file(report, Attempt(key="1", serial=1, first_at=START, bound=bound))
    finally:
        await client.close()


def filing(client: GitHubWriting | None, paper: Paper | None = PAPER) -> ReportFiling:
    async def paper_of(_incident: int) -> Paper | None:
        return paper

    return ReportFiling(client, paper_of=paper_of)


def issues(server: NeighboursServer) -> list[str]:
    return [issue["body"] for issue in server.neighbours.github.issues(REPOSITORY)]


async def test_an_issue_is_opened_once_and_its_number_is_bound(server: NeighboursServer) -> None:
    receipt = await filed(server, REPORT)
    again = await filed(server, REPORT)

    assert receipt == again
    assert receipt.facts["number"] == "101"
    assert receipt.binds == {"github/1/issue": receipt.facts}
    (body,) = issues(server)
    assert body.startswith("<!-- opsbot-INC-1-x version 1 -->\n")
    assert "Both @\u200bana and ana@example.com saw #\u200b12" in body


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("@ana", "@\u200bana"),
        (r"\`@ana", "\\`@\u200bana"),
        ("(@org/team)", "(@\u200borg/team)"),
        ("ana@example.com", "ana@example.com"),
        ("fixes #12", "fixes #\u200b12"),
        ("owner/name#12", "owner/name#\u200b12"),
        ("GH-12", "GH-\u200b12"),
        ("# A heading", "# A heading"),
        ("https://example.com/@ana#12", "https://example.com/@ana#12"),
    ],
)
async def test_nothing_in_it_calls_anybody_or_touches_another_issue(
    server: NeighboursServer, written: str, sent: str
) -> None:
    await filed(server, REPORT, paper=Paper(title=written, content=written))

    (issue,) = server.neighbours.github.issues(REPOSITORY)
    assert issue["title"] == sent
    assert issue["body"].partition("\n")[2] == sent


async def test_a_later_version_is_a_comment_once(server: NeighboursServer) -> None:
    await filed(server, REPORT)
    for _ in range(2):
        await filed(server, replace(REPORT, version=2), known="101")

    assert len(server.neighbours.github.comments(REPOSITORY, 101)) == 1


async def test_an_issue_that_is_gone_is_opened_anew(server: NeighboursServer) -> None:
    receipt = await filed(server, REPORT, known="999")

    assert receipt.facts["number"] == "101"


async def test_a_report_that_is_too_long_is_cut_with_a_word_about_it(server: NeighboursServer) -> None:
    await filed(server, REPORT, paper=replace(PAPER, content="x" * 100_000))

    assert issues(server)[0].endswith("_It goes on; the whole report is in Slack._\n")


async def test_a_pull_request_brings_the_file_once_and_later_versions_onto_its_branch(server: NeighboursServer) -> None:
    first = await filed(server, AS_FILE)
    again = await filed(server, AS_FILE)
    second, paper = replace(AS_FILE, version=2), replace(PAPER, content="Second")
    later = await filed(server, second, known=first.facts["number"], paper=paper)

    assert first == again
    assert later.facts["number"] == first.facts["number"]
    branch = "opsbot-INC-1-x-report-1"
    assert server.neighbours.github.file(REPOSITORY, branch, "docs/incidents/INC-1.md") == "Second"
    assert server.calls().count("POST /repos/{owner}/{name}/pulls") == 1


async def test_after_the_pull_request_is_closed_a_later_version_gets_its_own(server: NeighboursServer) -> None:
    first = await filed(server, AS_FILE)
    async with server.raw() as raw:
        await raw.patch(f"/repos/{REPOSITORY}/issues/{first.facts['number']}", json={"state": "closed"})
    second = await filed(server, replace(AS_FILE, version=2), known=first.facts["number"])

    assert second.facts["number"] != first.facts["number"]


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        ("error:401", GiveUp, "check GITHUB_TOKEN"),
        ("error:403", GiveUp, "let GITHUB_TOKEN write there"),
        ("error:404", GiveUp, "does not show the repository"),
        ("error:410", GiveUp, "issues are switched off"),
        ("error:409", Retry, "somebody else changed it"),
        ("error:No such label", GiveUp, "GitHub refuses: No such label"),
        ("error:301", GiveUp, "has moved"),
        ("ratelimited", Retry, "slow down"),
        ("http_503", Unsure, "is failing"),
        ("drop_after", Unsure, "did not answer"),
        ("garbage_json", Unsure, "makes no sense"),
    ],
)
@pytest.mark.parametrize("report", [REPORT, AS_FILE], ids=["issue", "pull request"])
async def test_what_goes_wrong_in_writing_is_told_apart(
    server: NeighboursServer, report: FileReport, kind: str, error: type[Exception], says: str
) -> None:
    server.break_down(kind, method="POST *", times=1)

    with pytest.raises(error, match=says):
        await filed(server, report)
    await filed(server, report)
    assert len(issues(server)) == 1


@pytest.mark.parametrize("kind", ["http_503", "drop_before", "garbage_json"])
async def test_a_look_that_fails_is_tried_again_and_nothing_is_written(server: NeighboursServer, kind: str) -> None:
    server.break_down(kind, method="GET *", times=1)

    with pytest.raises(Retry):
        await filed(server, REPORT)
    assert issues(server) == []


async def test_what_became_private_meanwhile_is_not_sent(server: NeighboursServer) -> None:
    with pytest.raises(GiveUp, match="private now"):
        await filed(server, REPORT, paper=None)
    assert issues(server) == []


async def test_without_a_token_or_anybody_there_it_says_so(server: NeighboursServer) -> None:
    with pytest.raises(GiveUp, match="set GITHUB_TOKEN"):
        await filing(None).file(REPORT, Attempt(key="1", serial=1, first_at=START))
    with pytest.raises(GiveUp, match="check GITHUB_TOKEN"):
        await filed(server, REPORT, token="wrong")
    with pytest.raises(Retry, match="cannot be reached"):
        await filed(server, REPORT, url="http://127.0.0.1:9")
