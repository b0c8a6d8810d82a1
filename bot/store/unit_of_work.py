"""Units of work: one decision, one transaction. What it puts into the outbox is committed with it, or not at all."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import datetime

from sqlalchemy import Connection, exc
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.clock import Clock
from bot.domain.delivery import Delivery
from bot.domain.errors import OpsbotError
from bot.store.alerts import Alerts
from bot.store.audit import Audit
from bot.store.bindings import Bindings
from bot.store.changes import Changes
from bot.store.database import Database
from bot.store.evidence import KeptEvidence
from bot.store.freezes import Freezes
from bot.store.head import Taken, Taker
from bot.store.homes import Homes
from bot.store.inbox import take_in
from bot.store.incidents import Incidents
from bot.store.lease import Deposed, notify, still_leads
from bot.store.maintenances import Maintenances
from bot.store.marks import Marks
from bot.store.memberships import Memberships
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.points import Points, no_points
from bot.store.runs import Runs
from bot.store.slots import Slots
from bot.store.status_page import Postings
from bot.store.timeline import Timeline

CLAIM = "claim"
"""The step in which the leader takes what is due: nobody has to hear of it."""

_open: ContextVar["UnitOfWork | None"] = ContextVar("opsbot_unit_of_work", default=None)


class DatabaseDown(OpsbotError):
    """The database did not answer; unless it was at the very commit, nothing was changed. It is tried again later."""


class NestedUnitOfWork(RuntimeError):
    """A unit of work was opened inside another, and would wait for itself where there is one connection."""

    def __init__(self) -> None:
        super().__init__("A unit of work is open already. Hand it to the function that needs one.")


class UnitOfWork:
    """One transaction. Every repository of the store hangs here and speaks through its `connection`."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        """Business time, the same for everything this unit decides."""
        self.until_end = AsyncExitStack()
        """What stays open until everything is decided, and ends before anything is written."""
        self.bindings = Bindings(connection)
        self.outbox = Outbox(connection, now, self.bindings)
        self.marks = Marks(connection, now)
        self.incidents = Incidents(connection)
        self.runs = Runs(connection, holds=self.incidents.holds)
        self.timeline = Timeline(connection)
        self.postings = Postings(connection)
        self.alerts = Alerts(connection)
        self.homes = Homes(connection, now)
        self.evidence = KeptEvidence(connection, holds=self.incidents.holds)
        self.people = People(connection, now)
        self.changes = Changes(connection)
        self.audit = Audit(connection, now)
        self.freezes = Freezes(connection)
        self.memberships = Memberships(connection)
        self.slots = Slots(connection)
        self.maintenances = Maintenances(connection)

    async def write(self) -> None:
        """Write what was saved so far; the outbox comes last."""
        await self.incidents.write()
        await self.runs.write()
        await self.evidence.write()
        await self.timeline.write()


class Store:
    """Opens units of work; after each commit it tells whoever waits for news."""

    def __init__(self, database: Database, clock: Clock, *, points: Points = no_points) -> None:
        self.database = database
        self.clock = clock
        self.points = points
        self._wakes: list[Callable[[], None]] = []
        self._taker: Taker | None = None

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """One write transaction: commits at the end of the block, rolls back on any exception."""
        return self._write("unit")

    @asynccontextmanager
    async def decide(self, delivery: Delivery) -> AsyncIterator[UnitOfWork]:
        """Like `begin`, and remembers the delivery; raises `AlreadyDone` when it was decided on before."""
        async with self.begin() as unit:
            await take_in(unit.connection, delivery, unit.now)
            yield unit

    @asynccontextmanager
    async def look(self) -> AsyncIterator[UnitOfWork]:
        """Reads: on SQLite all as of one moment, on PostgreSQL as of the last commit each time. It cannot write."""
        async with self._transaction(reads_only=True) as unit:
            yield unit
            await unit.connection.rollback()

    @asynccontextmanager
    async def lead(self, taker: Taker, step: str) -> AsyncIterator[UnitOfWork]:
        """A transaction of the leader's: raises `Deposed` when somebody else leads by now, before anything is done."""
        async with self._write(step, leader=taker) as unit:
            if not await still_leads(unit.connection, taker.epoch):
                raise Deposed
            yield unit

    def on_commit(self, wake: Callable[[], None]) -> None:
        """Have `wake` called after each commit of a write transaction of this process."""
        self._wakes.append(wake)

    def tell(self) -> None:
        """Something was committed, here or by another process: wake whoever waits for news."""
        for wake in self._wakes:
            wake()

    def hand_to(self, taker: Taker | None) -> None:
        """From now on what can be carried out at once is handed to `taker` by the transaction that puts it."""
        self._taker = taker

    async def close(self) -> None:
        await self.database.close()

    @asynccontextmanager
    async def _write(self, step: str, *, leader: Taker | None = None) -> AsyncIterator[UnitOfWork]:
        expected: list[int] = []
        taker: Taker | None = None
        try:
            async with self._transaction(reads_only=False) as unit:
                async with unit.until_end:
                    yield unit
                taker = self._taker
                taken = await self._flush(unit, taker, certain=taker is leader)
                expected.extend(item.head.serial for item in taken)
                if taker:
                    taker.expect(expected)
                self.points(f"{step}: before commit")
                await unit.connection.commit()
                self.points(f"{step}: after commit")
        finally:
            # Whether it was committed or not, nobody waits between here and taking it.
            if taker:
                taker.forget(expected)
        if taker:
            taker.take(taken)
        elif self._taker:
            self._taker.look_again([unit.now])
        if step != CLAIM:
            self.tell()

    async def _flush(self, unit: UnitOfWork, taker: Taker | None, *, certain: bool) -> list[Taken]:
        """Write what the unit decided; what can be done at once is taken, if this process still leads."""
        await unit.write()
        if self.database.is_postgres and not taker:
            await notify(unit.connection, *unit.outbox.sharing_names())
        elif taker and unit.outbox.touched and not certain:
            leads = await still_leads(unit.connection, taker.epoch, *unit.outbox.sharing_names())
            taker = taker if leads else None
        return await unit.outbox.flush(taker)

    @asynccontextmanager
    async def _transaction(self, *, reads_only: bool) -> AsyncIterator[UnitOfWork]:
        if _open.get():
            raise NestedUnitOfWork
        with _translated():
            engine = self.database.readers if reads_only else self.database.engine
            async with engine.connect() as connection:
                await connection.run_sync(Connection.begin)
                unit = UnitOfWork(connection, self.clock.now())
                _open.set(unit)
                try:
                    yield unit
                finally:
                    _open.set(None)


@contextmanager
def _translated() -> Iterator[None]:
    """Say `DatabaseDown` for everything that another try may mend."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise DatabaseDown(f"The database does not answer: {error}") from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseDown(f"The database closed the connection: {error}") from error
        raise
