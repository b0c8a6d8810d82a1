"""The practice ground's Cloud SQL on a port of its own, and the bot's client pointed at it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from bot.integrations.cloud_sql import CloudSql as CloudSqlClient
from bot.integrations.cloud_sql_changes import CloudSqlChanges
from sandbox.clock import SandboxClock
from sandbox.cloud_sql.cloud_sql import ROOT, CloudSql
from sandbox.faults import Fault, Faults
from sandbox.log import Log
from sandbox.world.platform import Platform
from sandbox.world.spec import INSTANCE

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class CloudSqlServer:
    """A running Cloud SQL whose clock moves only when told."""

    platform: Platform
    clock: SandboxClock
    faults: Faults
    log: Log
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{ROOT}"

    @property
    def instances(self) -> str:
        """Where the instances are, for those who speak to it by themselves."""
        return f"{self.url}/v1/projects/{self.platform.project}/instances"

    def client(self, *, instances: Sequence[str] = ()) -> CloudSqlClient:
        """The bot's own client, set up for it."""
        return CloudSqlClient(project=self.platform.project, url=self.url, timeout=5, instances=instances)

    def changes(self, *, overwritable: Sequence[str] = ()) -> CloudSqlChanges:
        """The bot's own client that changes it."""
        return CloudSqlChanges(
            self.client(),
            project=self.platform.project,
            url=self.url,
            timeout=5,
            protected=(INSTANCE,),
            overwritable=overwritable,
        )

    def break_down(self, kind: str) -> None:
        """Switches a fault on."""
        self.faults.add(Fault(name=kind, kind=kind, target="cloud_sql"))


@asynccontextmanager
async def cloud_sql_server() -> AsyncIterator[CloudSqlServer]:
    """Runs it for as long as the block lasts."""
    clock, faults = SandboxClock(start=NOON, ticking=False), Faults()
    log, platform = Log(clock), Platform(clock)
    application = web.Application()
    application.add_routes(CloudSql(platform, faults=faults, log=log).routes())
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield CloudSqlServer(platform=platform, clock=clock, faults=faults, log=log, port=runner.addresses[0][1])
    await runner.cleanup()
