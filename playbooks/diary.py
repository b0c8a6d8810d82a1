"""What opsbot remembers of its own work, as evidence may look at it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.diary import Edition, Lesson, PastCheck, PendingChange, Silence


class Diary(Protocol):
    """All that is told to a channel leaves out what only some people may know."""

    async def pending_changes(self) -> Sequence[PendingChange]: ...

    async def checks(self, *, since: datetime) -> Sequence[PastCheck]:
        """Every playbook that the clock starts, but handoffs."""
        ...

    async def silences(self) -> Sequence[Silence]: ...

    async def lessons(self, *, since: datetime) -> Sequence[Lesson]:
        """Of incidents that were resolved since then, the latest first."""
        ...

    async def runbook(self, *, since: datetime) -> Sequence[Edition]:
        """All playbooks, with what was skipped in their runs since then."""
        ...

    async def handoffs(self, *, until: datetime) -> Sequence[datetime]:
        """When the clock starts handoffs from now on, in order."""
        ...
