"""The platform that the bot looks after, and every face by which it is looked at."""

from collections.abc import Callable

from aiohttp import web

from sandbox.alertmanager import Alertmanager
from sandbox.clock import SandboxClock
from sandbox.control.world_routes import WorldRoutes
from sandbox.data_faces import DataFaces
from sandbox.faults import Faults
from sandbox.google.server import GoogleCloud
from sandbox.log import Log
from sandbox.neighbours import Neighbours
from sandbox.postgres_server import PostgresServer
from sandbox.slack.archive import Archive
from sandbox.world.platform import Platform
from sandbox.world.watch import Watch


class Surroundings:
    """One world, and what costs time to start of it only when it is wanted."""

    def __init__(
        self,
        *,
        clock: SandboxClock,
        archive: Archive,
        faults: Faults,
        log: Log,
        alertmanager: Alertmanager,
        address: Callable[[], str],
        postgres: PostgresServer | None,
        cloud: bool,
        alarms: bool,
    ) -> None:
        """`address` is the practice ground's own, once it listens; the others are as `Sandbox` has them."""
        self._cloud = cloud
        self._alarms = alarms
        self.platform = Platform(clock, archive)
        self.neighbours = Neighbours(self.platform, archive=archive, faults=faults, log=log, address=address)
        self.data = DataFaces(self.platform, clock=clock, faults=faults, log=log, address=address, postgres=postgres)
        self.google = GoogleCloud(self.platform, archive=archive, faults=faults, log=log, address=address)
        self._watch = Watch(self.platform.past, alertmanager, clock, archive)

    async def start(self) -> None:
        """Starts what listens for itself, and has alerts fire."""
        if self._cloud:
            await self.google.start()
            await self.data.start()
        if self._alarms:
            self._watch.start()

    async def stop(self) -> None:
        await self._watch.stop()
        await self.google.stop()
        await self.data.stop()

    def routes(self) -> list[web.RouteDef]:
        """The faces over HTTP, and the panel that breaks things."""
        return [*WorldRoutes(self.platform).routes(), *self.neighbours.routes(), *self.data.routes()]

    def environment(self) -> dict[str, str]:
        """The settings under which the bot looks at the platform; none when it is told nothing of it."""
        if not self._cloud:
            return {}
        return self.neighbours.environment() | self.google.environment() | self.data.environment()
