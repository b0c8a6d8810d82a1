"""A world in which nothing is configured, and opsbot remembers nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from bot.domain.diary import Edition, Lesson, PastCheck, PendingChange, Silence
from bot.domain.health import Certificate, HealthAnswer
from bot.domain.maintenance import Maintenance
from bot.domain.remembered import RememberedAlert, RememberedIncident, RememberedRestoreTest
from bot.domain.status_page import Health
from bot.organisation import Organisation
from bot.organisation_file import load_organisation
from playbooks.world import World
from sandbox.clock import SandboxClock

ROOT = Path(__file__).parent.parent


class Nowhere:
    """No address answers."""

    async def health(self, url: str) -> HealthAnswer:
        raise AssertionError(url)

    async def certificate(self, host: str) -> Certificate | None:
        raise AssertionError(host)


class Blank:
    """Nothing is remembered."""

    async def incidents(self, *, since: datetime) -> Sequence[RememberedIncident]:
        del since
        return ()

    async def unresolved_alerts(self) -> Sequence[RememberedAlert]:
        return ()

    async def status_page(self) -> Mapping[str, Health]:
        return {}

    async def restore_tests(self, *, since: datetime) -> Sequence[RememberedRestoreTest]:
        del since
        return ()

    async def maintenances(self) -> Sequence[Maintenance]:
        return ()

    async def maintained(self, *, since: datetime) -> Sequence[Maintenance]:
        del since
        return ()


class BlankDiary:
    """Nothing was done."""

    async def pending_changes(self) -> Sequence[PendingChange]:
        return ()

    async def checks(self, *, since: datetime) -> Sequence[PastCheck]:
        del since
        return ()

    async def silences(self) -> Sequence[Silence]:
        return ()

    async def lessons(self, *, since: datetime) -> Sequence[Lesson]:
        del since
        return ()

    async def runbook(self, *, since: datetime) -> Sequence[Edition]:
        del since
        return ()

    async def handoffs(self, *, until: datetime) -> Sequence[datetime]:
        del until
        return ()


@cache
def _organisation() -> Organisation:
    return load_organisation(ROOT / "opsbot.example.yaml")


def empty_world(now: datetime) -> World:
    """A world at a moment, with the example's organisation."""
    clock = SandboxClock(start=now, ticking=False)
    return World(clock=clock, organisation=_organisation(), probe=Nowhere(), memory=Blank(), diary=BlankDiary())
