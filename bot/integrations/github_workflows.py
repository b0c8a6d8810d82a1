"""Workflows of GitHub Actions: set off with inputs, and found again by the mark that their run's name shows."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.domain.declared_change import Errand
from bot.domain.errors import Retry
from bot.integrations.github_writing import NONSENSE, GitHubWriting

MARK = "opsbot"
"""The input that carries the mark."""
SUCCEEDED = "success"


class GitHubWorkflows:
    """The workflows that a token may set off (actions: write). See `playbooks.hands` for what is raised."""

    def __init__(self, github: GitHubWriting) -> None:
        self._github = github

    async def close(self) -> None:
        """Takes no more calls."""
        await self._github.close()

    async def dispatch(self, repository: str, workflow: str, *, ref: str, mark: str, inputs: Mapping[str, str]) -> None:
        """Asks for one run."""
        wanted = {"ref": ref, "inputs": {**inputs, MARK: mark}}
        await self._github.order(f"/repos/{repository}/actions/workflows/{workflow}/dispatches", wanted)

    async def find(self, repository: str, workflow: str, *, mark: str, since: datetime) -> Errand | None:
        """The run whose name shows the mark; None when GitHub shows none yet."""
        created = f">={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        params = {"event": "workflow_dispatch", "created": created, "per_page": "100"}
        found = await self._github.find(f"/repos/{repository}/actions/workflows/{workflow}/runs", params)
        try:
            runs = [run for run in (found or {"workflow_runs": []})["workflow_runs"] if mark in run["display_title"]]
            return _errand(runs[0]) if runs else None
        except (KeyError, TypeError) as error:
            raise Retry(NONSENSE) from error


def _errand(run: Mapping[str, object]) -> Errand:
    done = run["status"] == "completed"
    conclusion = str(run.get("conclusion") or "")
    return Errand(
        url=str(run["html_url"]), done=done, failure=conclusion or "nothing" if done and conclusion != SUCCEEDED else ""
    )
