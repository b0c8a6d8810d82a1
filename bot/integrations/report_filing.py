"""The executor of `FileReport`: a report becomes an issue, or a file that a pull request brings; each version once.

The issue carries a mark that no reader sees, with the version, and so does each comment that brings a later one. A
pull request is found by its branch, which is named after the mark. Everything is looked up before it is made.
"""

import base64
import binascii
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import quote

from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Unsure
from bot.domain.filing import FileReport, Filing, Paper, filed_name
from bot.integrations.github_writing import NONSENSE, Absent, GitHubWriting
from bot.integrations.json_api import UNREADABLE, JsonObject

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]
PaperOf = Callable[[int], Awaitable[Paper | None]]
"""The report of an incident; None when there is none that may be read there."""

LONGEST = 60_000
"""Characters of an issue's body that we use; GitHub takes 65,536."""
LONGEST_TITLE = 250
EARLIER = timedelta(hours=1)
"""Issues are looked for from this long before the first attempt on: clocks differ a little."""
LOUD = re.compile(r"https?://\S+|(?<!\w)@(?=\w)|#(?=\d)|\bGH-(?=\d)")
"""What would notify somebody at GitHub, refer to an issue, or close one when it is merged; and links, which stay."""
ZERO_WIDTH = "\u200b"
CUT = "\n\n_It goes on; the whole report is in Slack._\n"


class ReportFiling:
    """Reports at GitHub; without a client there is none, and whoever asks is told so."""

    def __init__(self, github: GitHubWriting | None, *, paper_of: PaperOf) -> None:
        self._client = github
        self._paper_of = paper_of

    def executors(self) -> Mapping[type[Effect], Executor]:
        return {FileReport: self.file}

    async def file(self, effect: FileReport, attempt: Attempt) -> Receipt:
        """Facts: `number` and `url`. Whoever was asked twice, or unsure, makes nothing twice."""
        github, paper = self._github(), await self._paper_of(effect.incident)
        if paper is None:
            raise GiveUp("it is private now, and nothing of it goes there")
        known = attempt.bound.get(filed_name(effect.incident, effect.how))
        match effect.how:
            case Filing.ISSUE:
                found = await _issue(github, effect, paper, attempt, known)
            case Filing.PULL_REQUEST:
                found = await _pull_request(github, effect, paper, known)
        try:
            facts = {"number": str(int(found["number"])), "url": str(found["html_url"])}
        except UNREADABLE as error:
            raise Unsure(NONSENSE) from error
        return Receipt(binds={filed_name(effect.incident, effect.how): facts}, facts=facts)

    def _github(self) -> GitHubWriting:
        if self._client is None:
            raise GiveUp("GitHub is not configured: set GITHUB_TOKEN")
        return self._client


async def _issue(
    github: GitHubWriting, effect: FileReport, paper: Paper, attempt: Attempt, known: Mapping[str, str] | None
) -> JsonObject:
    """The issue with this version in it, or below it."""
    issues = f"/repos/{effect.repository}/issues"
    found = await github.find(f"{issues}/{known['number']}") if known else None
    found = found or await _marked(github, issues, effect, attempt)
    if found is None:
        title, body = _title(paper), _body(effect, paper)
        return await github.make(issues, {"title": title, "body": body, "labels": list(effect.labels)})
    if _mark(effect) not in str(found.get("body")):
        await _comment(github, f"{issues}/{found['number']}/comments", effect, paper)
    return found


async def _pull_request(
    github: GitHubWriting, effect: FileReport, paper: Paper, known: Mapping[str, str] | None
) -> JsonObject:
    """A version goes onto the branch of the pull request that is still open, else onto one of its own."""
    base = f"/repos/{effect.repository}"
    open_one = await github.find(f"{base}/pulls/{known['number']}") if known else None
    if open_one and open_one.get("state") == "open":
        await _write(github, effect, paper, str((open_one.get("head") or {}).get("ref")))
        return open_one
    repository = await github.find(base)
    if repository is None:
        raise Absent("GitHub does not show the repository: correct its name, or let GITHUB_TOKEN write there")
    main, branch = str(repository.get("default_branch") or "main"), f"{effect.mark}-report-{effect.version}"
    await _branch(github, base, branch, main)
    await _write(github, effect, paper, branch)
    owner = effect.repository.partition("/")[0]
    async for each in github.each(f"{base}/pulls", {"head": f"{owner}:{branch}", "state": "all"}):
        return each
    title, body = _title(paper), f"The report, version {effect.version}.\n"
    return await github.make(f"{base}/pulls", {"title": title, "head": branch, "base": main, "body": body})


async def _marked(github: GitHubWriting, issues: str, effect: FileReport, attempt: Attempt) -> JsonObject | None:
    """The issue that carries our mark, if one was made."""
    since = (attempt.first_at - EARLIER).astimezone(UTC)
    params = {"state": "all", "sort": "created", "direction": "desc", "since": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
    async for each in github.each(issues, params):
        if f"<!-- {effect.mark} " in str(each.get("body")):
            return each
    return None


async def _comment(github: GitHubWriting, comments: str, effect: FileReport, paper: Paper) -> None:
    """Adds a later version below the issue, once."""
    async for each in github.each(comments, {}):
        if _mark(effect) in str(each.get("body")):
            return
    await github.make(comments, {"body": f"Version {effect.version}\n\n{_body(effect, paper)}"})


async def _branch(github: GitHubWriting, base: str, branch: str, main: str) -> None:
    """Makes a branch from the default one, unless it is there."""
    if await github.find(f"{base}/git/ref/heads/{quote(branch)}"):
        return
    tip = await github.find(f"{base}/git/ref/heads/{quote(main)}")
    if tip is None:
        raise GiveUp("the repository has no commit yet: make a first one, for a report needs something to be added to")
    await github.make(f"{base}/git/refs", {"ref": f"refs/heads/{branch}", "sha": (tip.get("object") or {}).get("sha")})


async def _write(github: GitHubWriting, effect: FileReport, paper: Paper, branch: str) -> None:
    """Puts the report onto a branch, unless it is there as it is."""
    path = f"/repos/{effect.repository}/contents/{quote(f'{effect.folder}/{effect.file}'.lstrip('/'))}"
    there = await github.find(path, {"ref": branch})
    if there and _content(there) == paper.content.encode():
        return
    content = base64.b64encode(paper.content.encode()).decode()
    change: JsonObject = {"message": f"{_title(paper)[:60]}, version {effect.version}", "content": content}
    sha = {"sha": there["sha"]} if there and "sha" in there else {}
    await github.make(path, {**change, "branch": branch, **sha}, method="PUT")


def _title(paper: Paper) -> str:
    return _quiet(paper.title)[:LONGEST_TITLE]


def _quiet(text: str) -> str:
    """Names that notify nobody, and numbers that refer to nothing."""
    return LOUD.sub(lambda found: found[0] if found[0].startswith("http") else f"{found[0]}{ZERO_WIDTH}", text)


def _mark(effect: FileReport) -> str:
    return f"<!-- {effect.mark} version {effect.version} -->"


def _body(effect: FileReport, paper: Paper) -> str:
    """The report with our mark."""
    text = _quiet(paper.content)
    return f"{_mark(effect)}\n{text if len(text) <= LONGEST else text[:LONGEST] + CUT}"


def _content(file: JsonObject) -> bytes:
    try:
        return base64.b64decode(str(file.get("content") or ""))
    except binascii.Error:
        return b""
