"""What evidence and plans may look at around the platform: its code, its images, its customers' tickets, and maintenance.

Like the rest of the world: nothing here changes anything, and every call raises `CouldNotLook` when it has no answer.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.bridge import Meeting
from bot.domain.maintenance_window import MaintenanceWindow
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
from bot.domain.ticket import Tickets


class Code(Protocol):
    """GitHub. `repository` is "owner/name"."""

    async def commit(self, repository: str, ref: str) -> Commit: ...

    async def find(self, repository: str, ref: str) -> Commit | None:
        """The same; None where there is no such branch, tag or sha. "HEAD" is the newest of the default branch."""
        ...

    async def release(self, repository: str, tag: str) -> str | None:
        """Where people read the release of a tag; None when there is none."""
        ...

    async def tags(self, repository: str) -> Sequence[str]:
        """The names of its tags, in no order that means anything; of very many the first."""
        ...

    async def checks(self, repository: str, sha: str) -> Sequence[Check]: ...

    async def reviews(self, repository: str, sha: str) -> Sequence[Review]: ...

    async def security_alerts(self, repository: str) -> SecurityAlerts: ...

    async def deployments(self, repository: str, *, since: datetime) -> Sequence[Deployment]: ...

    async def failed_workflows(self, repository: str, *, since: datetime) -> Sequence[Workflow]: ...

    async def issues(self, repository: str, *, since: datetime | None = None, label: str = "") -> Sequence[CodeIssue]:
        """Open issues, those opened or changed since or of a label; pull requests are none."""
        ...

    async def compare(self, repository: str, base: str, head: str) -> Comparison: ...


class Images(Protocol):
    """Artifact Registry. `image` is a path without tag or digest."""

    async def digest(self, image: str, tag: str) -> str | None:
        """The digest ("sha256:…") a tag stands for; None when there is none."""
        ...

    async def exists(self, image: str, digest: str) -> bool: ...


class Support(Protocol):
    """Support tickets, of whatever vendor."""

    async def tickets(self, *, since: datetime, most: int = 5) -> Tickets: ...


class Meetings(Protocol):
    """Zoom."""

    async def find(self, *, mark: str, turn: int) -> Meeting | None:
        """The meeting of a mark that is to come or under way, of whoever's turn it was to host it."""
        ...


class Windows(Protocol):
    """Maintenance windows of PagerDuty. Services go by PagerDuty's ids."""

    async def windows(self, services: Sequence[str]) -> Sequence[MaintenanceWindow]:
        """Those that are open or to come of any of the services, the earliest first."""
        ...
