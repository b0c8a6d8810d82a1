"""Leadership: of all processes on one database, one relays and ticks.

On SQLite a lock on a file beside the database decides: the kernel gives it back when its holder dies, and a frozen
holder keeps it. On PostgreSQL the leader holds a lease by the database's own time, and renews it well before it runs
out. A leader that can not renew steps down in time; one that is frozen is killed by a timer of the kernel before it
can do anything more, because neither Slack nor PagerDuty would notice that its orders come too late.
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import OpsbotError
from bot.store.database import Database
from bot.store.lease import hand_back, renew, take_over

log = structlog.get_logger(__name__)

RENEWALS = 3
"""How often a lease is renewed in its time."""
HURRY = 20
"""How often it is tried in its time, once renewing failed."""
STEP_DOWN = 0.7
"""The part of its lease after which a leader that could not renew it lets go of everything."""
LAST = 0.9
"""The part of its lease after which a leader that did not even manage that is killed."""

PAUSE = 0.1
"""Seconds between two tries to lock the file."""
BRIEFLY = 10
"""How often that is tried: a command at a terminal that carried something out has the lock for a moment."""

SOONEST = 0.001
"""Zero seconds would call the timer off."""

DOWN = (exc.DBAPIError, exc.TimeoutError, TimeoutError)
"""How a database that does not answer shows."""

Deadman = Callable[[float], None]
"""Kills this process in so many seconds, unless called again before; zero calls it off."""


class DatabaseInUse(OpsbotError):
    """Another process has the database; stop it first, or give this one a database of its own."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"The database is in use by process {holder}. Stop it first, or set OPSBOT_DATABASE_URL.")


class Leadership(Protocol):
    """The right to relay and tick."""

    @property
    def held(self) -> bool: ...

    async def acquire(self, *, wait: bool = True) -> int | None:
        """Lead, as soon as nobody else does; answers the epoch. Without `wait`, None when somebody does."""
        ...

    async def lost(self) -> None:
        """Returns when this process must not lead any longer."""
        ...

    def stand_down(self) -> None:
        """Nothing is being carried out any more, so that nobody has to be killed for it."""
        ...

    async def release(self) -> None:
        """Lead no longer; the next may take over at once."""
        ...


def kill_after(seconds: float) -> None:
    """A `Deadman` of the kernel's: SIGALRM ends the process, also one that was frozen when it wakes up."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def leadership_of(database: Database, *, lease_seconds: float, deadman: Deadman = kill_after) -> Leadership:
    """The leadership of a database's processes."""
    if database.path:
        return FileLock(database.path)
    return Lease(database.for_one(), lease_seconds, deadman)


class FileLock:
    """The lock on `<database>.lock`, with the number of the process that holds it inside."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}.lock")
        self._file: int | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    async def acquire(self, *, wait: bool = True) -> int | None:
        """Raises `DatabaseInUse` instead of waiting long: a second process on one file is a mistake."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        tries = BRIEFLY if wait else 1
        while not _locked(file):
            tries -= 1
            if tries <= 0:
                holder = os.pread(file, 32, 0).decode().strip() or "unknown"
                os.close(file)
                if wait:
                    raise DatabaseInUse(holder)
                return None
            await asyncio.sleep(PAUSE)
        os.truncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file
        return 0

    async def lost(self) -> None:
        await asyncio.Event().wait()

    def stand_down(self) -> None:
        """A lock on a file does not run out."""

    async def release(self) -> None:
        """The file stays: to remove it would let two processes lock two files of one name."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Lease:
    """The leased row."""

    def __init__(self, database: Database, seconds: float, deadman: Deadman) -> None:
        self._database = database
        self._seconds = seconds
        self._deadman = deadman
        self._holder = f"{socket.gethostname()}/{os.getpid()}"
        self._epoch: int | None = None
        self._lost = asyncio.Event()
        self._renewing: asyncio.Task[None] | None = None
        self._letting_go: asyncio.TimerHandle | None = None

    @property
    def held(self) -> bool:
        return self._epoch is not None and not self._lost.is_set()

    async def acquire(self, *, wait: bool = True) -> int | None:
        while True:
            asked = time.monotonic()
            epoch = await self._try()
            if epoch is not None:
                self._begin(epoch, asked)
                return epoch
            if not wait:
                return None
            await asyncio.sleep(self._seconds / RENEWALS / 2)

    async def lost(self) -> None:
        await self._lost.wait()

    def stand_down(self) -> None:
        if self._renewing:
            self._renewing.cancel()
        if self._letting_go:
            self._letting_go.cancel()
        self._deadman(0)

    async def release(self) -> None:
        self.stand_down()
        epoch, self._epoch = self._epoch, None
        if self._renewing:
            with contextlib.suppress(asyncio.CancelledError):
                await self._renewing
        if epoch is not None:
            with contextlib.suppress(*DOWN):
                async with self._transaction() as connection:
                    await hand_back(connection, epoch)
        await self._database.close()

    async def _try(self) -> int | None:
        """The database may be down, or the leader before may be frozen in the middle of a transaction."""
        try:
            async with self._transaction() as connection:
                return await take_over(connection, self._holder, self._seconds)
        except DOWN as error:
            log.warning("cannot ask who leads", error=str(error))
            return None

    def _begin(self, epoch: int, asked: float) -> None:
        self._epoch = epoch
        self._lost = asyncio.Event()
        self._watch(asked)
        self._renewing = asyncio.create_task(self._keep(epoch))
        log.info("leading", epoch=epoch)

    async def _keep(self, epoch: int) -> None:
        """Renew well before the lease runs out, and when that fails, try again soon."""
        leads: bool | None = True
        while leads is not False and not self._lost.is_set():
            await asyncio.sleep(self._seconds / (RENEWALS if leads else HURRY))
            asked = time.monotonic()
            leads = await self._renewed(epoch)
            if leads:
                self._watch(asked)
        self._let_go()

    async def _renewed(self, epoch: int) -> bool | None:
        """None when the database did not answer."""
        try:
            async with self._transaction() as connection:
                return await renew(connection, epoch, self._seconds)
        except DOWN as error:
            log.warning("cannot renew the lease", error=str(error))
            return None

    def _watch(self, renewed: float) -> None:
        """Let go in time by ourselves, or else be killed: also while the database keeps us waiting."""
        if self._letting_go:
            self._letting_go.cancel()
        left = renewed - time.monotonic()
        self._letting_go = asyncio.get_running_loop().call_later(left + self._seconds * STEP_DOWN, self._let_go)
        self._deadman(max(left + self._seconds * LAST, SOONEST))

    def _let_go(self) -> None:
        log.warning("leading no longer", epoch=self._epoch)
        self._lost.set()

    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with asyncio.timeout(self._seconds / RENEWALS), self._database.engine.begin() as connection:
            yield connection
