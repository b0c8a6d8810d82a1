"""Starts the platform's PostgreSQL beside everything else, and lets clients in when it is there."""

import asyncio
from collections.abc import Callable

from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.platform_database.door import HOST, Door
from sandbox.platform_database.feeder import Feeder, feeder_of
from sandbox.platform_database.schema import DATABASE, ROLE
from sandbox.postgres_server import PostgresMissing, PostgresServer
from sandbox.world.platform import Platform

TARGET = "platform_database"
CUTS = frozenset({"http_500", "http_503", "ratelimited", "drop_before", "drop_after", "garbage_json"})


class PlatformDatabase:
    """A server of this process's own, gone when it stops. Where no PostgreSQL is installed, nobody is let in."""

    def __init__(self, platform: Platform, *, faults: Faults, log: Log, server: Callable[[], PostgresServer]) -> None:
        """`server` starts a PostgreSQL, or raises `PostgresMissing`."""
        self._create = server
        self._platform = platform
        self._faults = faults
        self._log = log
        self._door = Door(self._port, before=self._before, after=self._after)
        self._server: PostgresServer | None = None
        self._feeder: Feeder | None = None
        self._starting: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where opsbot connects to, once it is started."""
        return f"postgresql://{ROLE}@{HOST}:{self._door.port}/{DATABASE}"

    async def start(self) -> None:
        """Returns at once; whoever connects waits until PostgreSQL is there, which takes about a second."""
        await self._door.start()
        self._starting = asyncio.create_task(self._start())

    async def stop(self) -> None:
        """Ends the server and throws its data away."""
        if self._starting is None:
            return
        await self._door.stop()
        # A server that is about to be there would outlive us, were it not waited for.
        await asyncio.wait({self._starting})
        if self._feeder:
            await self._feeder.close()
        if self._server:
            await asyncio.to_thread(self._server.discard)

    async def _start(self) -> None:
        self._server = await asyncio.to_thread(self._create)
        url = await asyncio.to_thread(self._server.create_database, name=DATABASE)
        self._feeder = await feeder_of(self._platform, url)

    async def _port(self) -> int:
        assert self._starting is not None
        try:
            await asyncio.shield(self._starting)
        except (PostgresMissing, RuntimeError) as error:
            self._log.note(TARGET, "connect", error=str(error))
            raise ConnectionError(str(error)) from error
        assert self._server is not None
        return self._server.port

    async def _before(self, question: bytes) -> bool:
        """The world as it is now; False when a fault cuts the line."""
        kind = "query" if question[:1] in {b"Q", b"P"} else "connect" if question[:1] == b"\x00" else "other"
        slow = self._faults.latency(TARGET, kind)
        if slow:
            await asyncio.sleep(slow)
        fault = self._faults.strike(TARGET, kind)
        failed = fault is not None and fault.kind in CUTS
        self._log.note(TARGET, kind, error=fault.kind if fault and failed else None)
        if failed:
            return False
        assert self._feeder is not None
        await self._feeder.bring_up_to_date()
        return True

    async def _after(self) -> None:
        assert self._feeder is not None
        for pid in await self._feeder.tell_of_ended():
            self._log.note(TARGET, "pg_terminate_backend", detail={"pid": pid})
