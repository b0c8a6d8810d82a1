"""How GitHub shows things: accounts, commits, pull requests, reviews, checks and deployments."""

from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.github.door import stamp
from sandbox.github.past import CHECKS, Deployed, head, login, reviewer
from sandbox.payload import JsonObject
from sandbox.world.build import Commit
from sandbox.world.chance import token

WEB = "https://github.example"
BOT = "opsbot[bot]"
"""The account behind the token with which the bot comes in."""
Address = Callable[[str], str]


def account(name: str) -> JsonObject:
    """A person, or a program."""
    kind = "Bot" if name.endswith("[bot]") else "User"
    return {"login": name, "id": int(token(7, "account", name), 16), "type": kind, "html_url": f"{WEB}/{name}"}


def moment(seconds: float) -> str:
    """Seconds since the epoch as GitHub writes them."""
    return stamp(datetime.fromtimestamp(seconds, UTC))


def commit_shown(repository: str, commit: Commit, parent: Commit | None) -> JsonObject:
    """A commit, as in a list."""
    signed = {"name": login(commit.author).capitalize(), "email": commit.author, "date": moment(commit.at)}
    return {
        "sha": commit.sha,
        "html_url": f"{WEB}/{repository}/commit/{commit.sha}",
        "commit": {"message": commit.title, "author": signed, "committer": signed},
        "author": account(login(commit.author)),
        "committer": account(login(commit.author)),
        "parents": [{"sha": parent.sha}] if parent else [],
    }


def merged_shown(repository: str, number: int, commit: Commit) -> JsonObject:
    """The pull request that brought a commit."""
    return {
        "number": number,
        "state": "closed",
        "title": commit.title,
        "user": account(login(commit.author)),
        "head": {"sha": head(commit), "ref": f"change-{number}"},
        "base": {"ref": "main"},
        "merged_at": moment(commit.at),
        "merge_commit_sha": commit.sha,
        "html_url": f"{WEB}/{repository}/pull/{number}",
    }


def review_shown(commit: Commit) -> JsonObject:
    """Its approval."""
    return {
        "id": int(token(7, "review", commit.sha), 16),
        "user": account(reviewer(commit)),
        "state": "APPROVED",
        "commit_id": head(commit),
        "submitted_at": moment(commit.at - 600),
    }


def checks_shown(repository: str, commit: Commit) -> list[JsonObject]:
    """The checks of a commit, which all passed."""
    return [
        {
            "id": int(token(7, name, commit.sha), 16),
            "name": name,
            "head_sha": commit.sha,
            "status": "completed",
            "conclusion": "success",
            "started_at": moment(commit.at - 500),
            "completed_at": moment(commit.at - 100),
            "html_url": f"{WEB}/{repository}/runs/{token(7, name, commit.sha)}",
        }
        for name in CHECKS
    ]


def deployment_shown(deployed: Deployed) -> JsonObject:
    """A deployment; how it went is a list of its own."""
    return {
        "id": deployed.id,
        "sha": deployed.sha,
        "ref": deployed.sha,
        "task": "deploy",
        "environment": deployed.environment,
        "creator": account(deployed.by),
        "created_at": moment(deployed.at),
        "updated_at": moment(deployed.at),
    }


def state_shown(repository: str, deployed: Deployed) -> JsonObject:
    """The latest thing that was said of a deployment."""
    return {
        "id": deployed.id,
        "state": deployed.state,
        "environment": deployed.environment,
        "created_at": moment(deployed.at),
        "log_url": f"{WEB}/{repository}/deployments/{deployed.id}",
        "target_url": "",
    }
