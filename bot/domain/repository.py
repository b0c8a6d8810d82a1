"""What a code repository tells: commits, checks, reviews, deployments, issues."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DEPLOY = "deploy"
"""The task of a deployment of which nothing else is said."""


class Answer(StrEnum):
    """What a machine can say about a question of a checklist."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Commit:
    sha: str
    title: str
    author: str
    at: datetime
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check of a commit; `conclusion` is the repository's word (success, failure, skipped), empty while it runs."""

    name: str
    conclusion: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Review:
    """The pull request that brought a commit, and whether somebody else than its author approved its last state."""

    number: int
    title: str
    author: str
    approved_by: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A deployment as the repository recorded it; `task` is what was done, in the word of whoever did it."""

    id: int
    sha: str
    environment: str
    state: str
    at: datetime
    by: str = ""
    url: str = ""
    task: str = DEPLOY


@dataclass(frozen=True, kw_only=True)
class CodeIssue:
    number: int
    title: str
    labels: tuple[str, ...]
    opened_at: datetime
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What lies between two commits."""

    commits: tuple[Commit, ...]
    files: tuple[str, ...]
    truncated: bool = False


@dataclass(frozen=True, kw_only=True)
class SecurityAlerts:
    """Open alerts that are critical or high, by kind of scan, and every leaked secret.

    None is where the feature is off or cannot be read: unknown, not none.
    """

    code: int | None
    dependencies: int | None
    secrets: int | None


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A run of an automation."""

    name: str
    conclusion: str
    at: datetime
    url: str = ""
