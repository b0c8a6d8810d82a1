"""The platform's PostgreSQL: nobody waits for it before the first client comes, who then finds the world in it."""

import asyncio

from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.platform_database.door import HOST, Door
from sandbox.platform_database.feeder import Feeder, Table, feeder_of
from sandbox.platform_database.lodging import Lodging
from sandbox.platform_database.refusal import NO_MORE, STARTING, Refusal
from sandbox.platform_database.schema import ROLE
from sandbox.postgres_server import PostgresMissing
from sandbox.world.platform import Platform

TARGET = "platform_database"
CUTS = frozenset({"http_500", "http_503", "ratelimited", "drop_before", "drop_after", "garbage_json"})


class PlatformDatabase:
    """The database of one platform. Where no PostgreSQL is installed, nobody is let in."""

    def __init__(self, platform: Platform, *, faults: Faults, log: Log, lodging: Lodging) -> None:
        self._platform = platform
        self._faults = faults
        self._log = log
        self._lodging = lodging
        self._door = Door(self._port, refusal=self._refusal, before=self._before, after=self._after)
        self._feeder: Feeder | None = None
        self._opening: asyncio.Task[int] | None = None

    @property
    def url(self) -> str:
        """Where opsbot connects to, once it is started."""
        return f"postgresql://{ROLE}@{HOST}:{self._door.port}/{self._lodging.name}"

    async def start(self) -> None:
        """Listens. PostgreSQL itself starts when the first client comes, who waits for it about a second."""
        await self._door.start()

    async def visited(self, *, guests: int) -> None:
        """Returns once so many were let in: opsbot keeps a connection to look from its start, and one to change."""
        await self._door.wait_for(guests)

    async def stop(self) -> None:
        """Hangs up on everybody; nothing is left of it."""
        await self._door.stop()
        if self._opening is None:
            return
        # A server that is about to be there would outlive us, were it not waited for.
        await asyncio.wait({self._opening})
        if self._feeder:
            await self._feeder.close()
        await asyncio.to_thread(self._lodging.close)

    async def ask(self, instance: str, statement: str) -> Table:
        """What a statement answers in the data of any instance; raises `ConnectionError` without a server."""
        await self._port()
        assert self._feeder is not None
        return await self._feeder.ask(instance, statement)

    async def _open(self) -> int:
        server = await asyncio.to_thread(self._lodging.open)
        self._feeder = await feeder_of(self._platform, server.url(self._lodging.name))
        return server.port

    async def _port(self) -> int:
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
        try:
            return await asyncio.shield(self._opening)
        except (PostgresMissing, RuntimeError) as error:
            self._log.note(TARGET, "connect", error=str(error))
            raise ConnectionError(str(error)) from error

    def _refusal(self) -> Refusal | None:
        """Whoever is in already stays in when all connections are taken."""
        database = self._platform.load().database
        refusal = STARTING if not database.up else NO_MORE if database.exhausted else None
        if refusal:
            self._log.note(TARGET, "connect", error=refusal.words)
        return refusal

    async def _before(self, question: bytes) -> bool:
        """The world as it is now; False when a fault cuts the line."""
        kind = "query" if question[:1] in {b"Q", b"P"} else "connect" if question[:1] == b"\x00" else "other"
        slow = self._faults.latency(TARGET, kind)
        if slow:
            await asyncio.sleep(slow)
        fault = self._faults.strike(TARGET, kind)
        failed = (fault is not None and fault.kind in CUTS) or not self._platform.load().database.up
        self._log.note(TARGET, kind, error="cut" if failed else None)
        if failed:
            return False
        assert self._feeder is not None
        await self._feeder.bring_up_to_date()
        return True

    async def _after(self) -> None:
        assert self._feeder is not None
        for pid in await self._feeder.tell_of_ended():
            self._log.note(TARGET, "pg_terminate_backend", detail={"pid": pid})
