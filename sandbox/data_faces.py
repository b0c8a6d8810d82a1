"""Where the platform's data is looked at: Prometheus, Cloud SQL's Admin API, and its PostgreSQL."""

from collections.abc import Callable

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.cloud_sql.cloud_sql import ROOT as CLOUD_SQL
from sandbox.cloud_sql.cloud_sql import CloudSql
from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.platform_database.lodging import OwnServer, SharedServer
from sandbox.platform_database.platform_database import PlatformDatabase
from sandbox.postgres_server import PostgresServer
from sandbox.prometheus.prometheus import BASE as PROMETHEUS
from sandbox.prometheus.prometheus import Prometheus
from sandbox.prometheus.scraping import scraping
from sandbox.world.platform import Platform


class DataFaces:
    """Three faces of the one world, which therefore agree with each other and with everything else of it."""

    def __init__(
        self,
        platform: Platform,
        *,
        clock: SandboxClock,
        faults: Faults,
        log: Log,
        address: Callable[[], str],
        postgres: PostgresServer | None,
    ) -> None:
        """`address` is the practice ground's own, once it listens; without a `postgres` one is started when needed."""
        self._address = address
        self.prometheus = Prometheus(scraping(platform), clock=clock, faults=faults, log=log)
        lodging = SharedServer(postgres) if postgres else OwnServer()
        self.database = PlatformDatabase(platform, faults=faults, log=log, lodging=lodging)
        self.cloud_sql = CloudSql(platform, faults=faults, log=log, ask=self.database.ask)

    async def start(self) -> None:
        """Opens the door of PostgreSQL, which starts when somebody comes in."""
        await self.database.start()

    async def stop(self) -> None:
        """Ends it."""
        await self.database.stop()

    def routes(self) -> list[web.RouteDef]:
        """The addresses of those that speak HTTP."""
        return [*self.prometheus.routes(), *self.cloud_sql.routes()]

    def environment(self) -> dict[str, str]:
        """The settings under which the bot looks at them, once they are started."""
        url = self._address()
        return {
            "OPSBOT_PROMETHEUS_URL": f"{url}{PROMETHEUS}",
            "OPSBOT_CLOUD_SQL_URL": f"{url}{CLOUD_SQL}",
            "OPSBOT_PLATFORM_DATABASE_URL": self.database.url,
        }
