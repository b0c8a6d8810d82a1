"""GitHub, to be looked at: commits, checks, reviews, alerts, deployments, failed workflows and issues of repositories."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from bot.domain.evidence import CouldNotLook
from bot.domain.repository import (
    Check,
    CodeIssue,
    Commit,
    Comparison,
    Deployment,
    Review,
    SecurityAlerts,
    Workflow,
)
from bot.integrations.github_shapes import (
    approvers,
    check_of,
    commit_of,
    comparison_of,
    deployment_of,
    grave,
    issue_of,
    review_of,
    status_of,
    workflow_of,
)
from bot.integrations.json_api import Declined, JsonApi, JsonObject, Params, System, moment

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
SYSTEM = System(
    name="GitHub",
    remedy="check GITHUB_TOKEN",
    forbidden="GITHUB_TOKEN lacks a permission (docs/permissions.md lists what it needs)",
)
PER_PAGE = 100
MOST_PAGES = 10
MOST_STATES = 30
"""Deployments whose state is asked for, which takes a call each."""
REPOSITORY = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)
REF = re.compile(r"[^\s~^:?*\[\\\x00-\x1f]{1,250}")
OFF = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
"""What a feature answers that is off, or that the token may not see."""


class GitHub:
    """Reads repositories, "owner/name". Every call raises `CouldNotLook` when the answer cannot be had."""

    def __init__(self, *, token: str, url: str, timeout: float, repositories: Sequence[str] = ()) -> None:
        """`timeout` in seconds, for each call; `repositories` are those that `examine` looks at."""
        headers = {**HEADERS, "Authorization": f"Bearer {token}"}
        self._api = JsonApi(SYSTEM, url=url, timeout=timeout, headers=headers)
        self._repositories = tuple(repositories)

    async def close(self) -> None:
        """Takes no more calls."""
        await self._api.close()

    async def commit(self, repository: str, ref: str) -> Commit:
        """The commit that a branch, tag or sha stands for."""
        answer = await self._api.get(f"{_repository(repository)}/commits/{_ref(ref)}")
        return self._api.read(commit_of, answer.body)

    async def find(self, repository: str, ref: str) -> Commit | None:
        """The same; None where GitHub says that there is no such branch, tag or sha."""
        try:
            return await self.commit(repository, ref)
        except Declined as error:
            if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            return None

    async def release(self, repository: str, tag: str) -> str | None:
        """Where people read the release of a tag; None when there is none."""
        try:
            answer = await self._api.get(f"{_repository(repository)}/releases/tags/{_ref(tag)}")
        except Declined as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return None
        return self._api.read(lambda body: str(body["html_url"]), answer.body)

    async def tags(self, repository: str) -> Sequence[str]:
        """The names of its tags; of more than a hundred those that GitHub lists first."""
        answer = await self._api.get(f"{_repository(repository)}/tags", {"per_page": PER_PAGE})
        return self._api.read(lambda body: [str(each["name"]) for each in body], answer.body)

    async def checks(self, repository: str, sha: str) -> Sequence[Check]:
        """The latest run of every check, and what other systems say of the commit where any does.

        The combined status is "pending" where there is none, so it is looked at only when there is one.
        """
        commit = f"{_repository(repository)}/commits/{_ref(sha)}"
        runs = self._all(f"{commit}/check-runs", {"filter": "latest"}, "check_runs")
        statuses = self._all(f"{commit}/status", {}, "statuses")
        return [
            *[self._api.read(check_of, each) async for each in runs],
            *[self._api.read(status_of, each) async for each in statuses],
        ]

    async def reviews(self, repository: str, sha: str) -> Sequence[Review]:
        """The pull requests that brought a commit, each with the people who approved its last state."""
        base = _repository(repository)
        requests = [each async for each in self._all(f"{base}/commits/{_ref(sha)}/pulls", {})]
        return await asyncio.gather(*(self._review(base, each) for each in requests))

    async def security_alerts(self, repository: str) -> SecurityAlerts:
        """Open alerts of the default branch that are critical or high, and every leaked secret."""
        base = _repository(repository)
        code, dependencies, secrets = await asyncio.gather(
            self._alerts(f"{base}/code-scanning/alerts", {"state": "open"}),
            self._alerts(f"{base}/dependabot/alerts", {"state": "open", "severity": "critical,high"}),
            self._alerts(f"{base}/secret-scanning/alerts", {"state": "open"}),
        )
        return SecurityAlerts(code=code, dependencies=dependencies, secrets=secrets)

    async def deployments(self, repository: str, *, since: datetime) -> Sequence[Deployment]:
        """Newest first; the state is empty of one that says nothing, and of all but the latest 30."""
        path = f"{_repository(repository)}/deployments"
        found: list[JsonObject] = []
        async for each in self._all(path, {}):
            if self._made(each) < since:
                break
            found.append(each)
        states = await asyncio.gather(*(self._state(path, each) for each in found[:MOST_STATES]))
        told = [*states, *({} for _ in found[MOST_STATES:])]
        return [self._api.read(lambda both: deployment_of(*both), both) for both in zip(found, told, strict=True)]

    async def failed_workflows(self, repository: str, *, since: datetime) -> Sequence[Workflow]:
        """Runs that were begun since then and failed, newest first."""
        path = f"{_repository(repository)}/actions/runs"
        params = {"status": "failure", "created": f">={_stamp(since)}"}
        found = [each async for each in self._all(path, params, "workflow_runs")]
        return [self._api.read(workflow_of, each) for each in found if self._made(each) >= since]

    async def issues(self, repository: str, *, since: datetime | None = None, label: str = "") -> Sequence[CodeIssue]:
        """Open issues, those that were opened or changed since or have a label, the latest changed first."""
        narrow = {"since": _stamp(since)} if since else {}
        narrow |= {"labels": label} if label else {}
        params = {"state": "open", "sort": "updated", "direction": "desc", **narrow}
        found = [each async for each in self._all(f"{_repository(repository)}/issues", params)]
        return [self._api.read(issue_of, each) for each in found if "pull_request" not in each]

    async def compare(self, repository: str, base: str, head: str) -> Comparison:
        """What `head` has beyond `base`; truncated above 250 commits or 300 files, which GitHub does not list."""
        answer = await self._api.get(f"{_repository(repository)}/compare/{_ref(base)}...{_ref(head)}")
        return self._api.read(comparison_of, answer.body)

    async def examine(self) -> str:
        """How the token stands, in a sentence; raises `CouldNotLook` with the remedy when it does not do."""
        left = await self._api.get("/rate_limit")
        await asyncio.gather(*map(self._shown, self._repositories))
        calls = self._api.read(lambda body: int(body["resources"]["core"]["remaining"]), left.body)
        return f"GitHub answers; {calls:,} calls are left this hour."

    async def _shown(self, repository: str) -> None:
        try:
            await self._api.get(_repository(repository))
        except Declined as error:
            if error.status not in OFF:
                raise
            raise CouldNotLook(
                f"GitHub does not show {repository}: correct it in opsbot.yaml, or let GITHUB_TOKEN read it."
            ) from error

    async def _review(self, base: str, request: JsonObject) -> Review:
        number = self._api.read(lambda each: int(each["number"]), request)
        given = [each async for each in self._all(f"{base}/pulls/{number}/reviews", {})]
        return self._api.read(lambda both: review_of(both[0], approvers(*both)), (request, given))

    async def _alerts(self, path: str, params: Params) -> int | None:
        """How many there are; None where the feature is off or may not be read: unknown is not none."""
        try:
            return len([each async for each in self._all(path, params) if self._api.read(grave, each)])
        except Declined as error:
            if error.status not in OFF:
                raise
            return None

    async def _state(self, path: str, deployment: JsonObject) -> JsonObject:
        """The latest thing that was said of a deployment."""
        number = self._api.read(lambda each: int(each["id"]), deployment)
        answer = await self._api.get(f"{path}/{number}/statuses", {"per_page": 1})
        return self._api.read(lambda body: dict(body[0]) if body else {}, answer.body)

    async def _all(self, path: str, params: Params, inside: str = "") -> AsyncIterator[JsonObject]:
        """Everything a list holds, page by page as it is asked for; `inside` names the list within its answer."""
        answer = await self._api.get(path, {**params, "per_page": PER_PAGE})
        for _ in range(MOST_PAGES):
            for each in self._api.read(lambda body: list(map(dict, body[inside] if inside else body)), answer.body):
                yield each
            if not answer.next:
                return
            answer = await self._api.get(answer.next)
        raise CouldNotLook(f"GitHub lists more than {MOST_PAGES * PER_PAGE:,}; look there.")

    def _made(self, thing: JsonObject) -> datetime:
        return self._api.read(lambda each: moment(each["created_at"]), thing)


def _repository(repository: str) -> str:
    if not REPOSITORY.fullmatch(repository) or ".." in repository:
        raise CouldNotLook(f"{repository[:100]} is no repository; write it as owner/name in opsbot.yaml.")
    return f"/repos/{repository}"


def _ref(ref: str) -> str:
    """A branch, tag or sha as part of a path."""
    if not REF.fullmatch(ref) or ".." in ref:
        raise CouldNotLook(f"{ref[:100]} is no branch, tag or commit.")
    return quote(ref)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
