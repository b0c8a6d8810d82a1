"""A lookout over the practice ground's platform: the world as the bot's own clients see it, without a bot."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.evidence import Advice, CouldNotLook, Evidence, Subject
from bot.looking import world_of
from bot.organisation import Organisation
from bot.organisation_file import load_organisation
from bot.settings import load_settings
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from handlers import COMMANDS
from handlers.manifest import manifest
from playbooks.evidence.gather import look
from playbooks.world import World
from sandbox.clock import SandboxClock
from sandbox.postgres_server import PostgresServer
from sandbox.server import Sandbox

ROOT = Path(__file__).parent.parent
WEDNESDAY = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
"""Ten in the morning in New York."""


@dataclass(frozen=True, kw_only=True)
class Lookout:
    """The ground, and the world over it. The clock stands still until it is moved."""

    ground: Sandbox
    world: World

    @property
    def now(self) -> datetime:
        return self.ground.clock.now()

    def breaks(self, breakage: str, of: str = "") -> None:
        """Somebody breaks something on the platform."""
        self.ground.platform.break_(breakage, of)

    def pass_minutes(self, minutes: float) -> None:
        self.ground.clock.advance(minutes * 60)

    def subject(self, *services: str, hours: float = 1, began: datetime | None = None) -> Subject:
        """The last hours of some services, or of all."""
        return Subject(services=services, since=self.now - timedelta(hours=hours), until=self.now, began=began)

    async def look(self, *names: str, subject: Subject | None = None) -> Mapping[str, Evidence]:
        """The evidence of these names, one after the other: here the world shares a processor with who looks at it."""
        found = [await look(self.world, name, subject or self.subject()) for name in names]
        return {each.name: each for each in found}


def said(evidence: Evidence) -> str:
    """All that its findings say, a line each."""
    return "\n".join(f"{finding.verdict}: {finding.says}" for finding in evidence.findings)


def likeliest(evidence: Mapping[str, Evidence]) -> Advice | None:
    """The strongest advice of all."""
    advice = [each for found in evidence.values() for each in found.advice]
    return max(advice, key=lambda each: each.strength, default=None)


@contextlib.asynccontextmanager
async def lookout(
    store_url: str, *, postgres: PostgresServer, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Lookout]:
    """A lookout within a block; `environment` changes some of the settings. The platform's database lives on `postgres`."""
    clock = SandboxClock(start=WEDNESDAY, ticking=False)
    ground = Sandbox(manifest=manifest(COMMANDS), clock=clock, cloud=True, postgres=postgres)
    await ground.start()
    try:
        settings = load_settings({**ground.environment(), "OPSBOT_DATABASE_URL": store_url, **(environment or {})})
        organisation = _at_home(ground, load_organisation(ROOT / "opsbot.example.yaml"))
        store = Store(open_database(store_url), clock)
        async with world_of(settings, organisation, store) as world:
            yield Lookout(ground=ground, world=world)
        await store.database.close()
    finally:
        await ground.stop()


async def inside(world: World) -> None:
    """Returns once the platform's database lets the bot's kept connection in, as it does long before an outage."""
    assert world.sessions
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(CouldNotLook):
                await world.sessions.connections()
                return


def _at_home(ground: Sandbox, organisation: Organisation) -> Organisation:
    """The services' front doors are those of the practice ground."""
    known = {
        key: replace(service, health_url=ground.neighbours.health_url(service.cloud_name))
        for key, service in organisation.services.items()
    }
    return replace(organisation, services=known)
