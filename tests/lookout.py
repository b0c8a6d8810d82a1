"""A lookout over the practice ground's platform: the world as the bot's own clients see it, and nothing of a bot."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.looking import world_of
from bot.organisation import Organisation
from bot.organisation_file import load_organisation
from bot.settings import load_settings
from bot.store.database import open_database
from bot.store.unit_of_work import Store
from handlers import COMMANDS
from handlers.manifest import manifest
from playbooks.evidence.gather import gather
from playbooks.world import World
from sandbox.clock import SandboxClock
from sandbox.postgres_server import PostgresServer
from sandbox.server import Sandbox

ROOT = Path(__file__).parent.parent
WEDNESDAY = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
"""Ten in the morning in New York."""


@dataclass(frozen=True, kw_only=True)
class Lookout:
    """A ground, and the world over it. The clock stands still until it is moved."""

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

    async def look(
        self,
        *names: str,
        services: Sequence[str] = (),
        hours: float = 1,
        began: datetime | None = None,
        private: bool = False,
        words: tuple[str, ...] = (),
    ) -> Mapping[str, Evidence]:
        """The evidence of these names, of the last hours."""
        subject = Subject(
            services=tuple(services),
            since=self.now - timedelta(hours=hours),
            until=self.now,
            began=began,
            private=private,
            words=words,
        )
        return {each.name: each for each in await gather(self.world, names, subject)}


@contextlib.asynccontextmanager
async def lookout(
    folder: Path,
    store_url: str,
    *,
    environment: Mapping[str, str] | None = None,
    postgres: PostgresServer | None = None,
) -> AsyncIterator[Lookout]:
    """A lookout within a block; `environment` changes some of the settings, `postgres` is where the database lives."""
    clock = SandboxClock(start=WEDNESDAY, ticking=False)
    ground = Sandbox(manifest=manifest(COMMANDS), clock=clock, cloud=True, postgres=postgres)
    await ground.start()
    try:
        settings = load_settings({**ground.environment(), "OPSBOT_DATABASE_URL": store_url, **(environment or {})})
        organisation = _at_home(ground, load_organisation(ROOT / "opsbot.example.yaml"))
        store = Store(open_database(store_url), clock)
        async with world_of(settings, organisation, store) as world:
            if "OPSBOT_PLATFORM_DATABASE_URL" not in (environment or {}):
                await ground.data.database.visited()
            yield Lookout(ground=ground, world=world)
        await store.database.close()
    finally:
        await ground.stop()


def _at_home(ground: Sandbox, organisation: Organisation) -> Organisation:
    """The services' front doors are those of the practice ground."""
    services = {
        key: replace(service, health_url=ground.neighbours.health_url(service.cloud_name))
        for key, service in organisation.services.items()
    }
    return replace(organisation, services=services)
