"""The relay: of all processes on one database, the leading one carries out the outbox."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.domain.effect import Effect
from bot.store.due import begun_since, blocked_methods, due_lanes, interrupted, next_due
from bot.store.leadership import Leadership
from bot.store.lease import Deposed
from bot.store.listening import listening
from bot.store.unit_of_work import CLAIM, DatabaseDown, Store
from scheduler.carrier import AT_ONCE, LEAVE, NOT_KNOWN, Carrier, Executor
from scheduler.outcome import Judge, Settle
from scheduler.pace import URGENT, Pace
from scheduler.record import Buried, Held, Received, Record, nobody_is_told
from scheduler.together import cancelled, first_of

log = structlog.get_logger(__name__)

LATELY = timedelta(minutes=1)
"""How far back the pace remembers; outside systems count by the minute."""
MOMENT = 0.015
"""Seconds in which calls that were made together end, more or less."""
LONG_MOMENT = 0.05
"""The same while something urgent is on its way: nothing else is being written when it ends."""
PAUSE = 1.0
"""Seconds between two tries to reach a database that is down."""


class Relay:
    """Takes what is due, has it carried out, and records how it ended. Sleeps when there is nothing to do."""

    _stop_by = float("inf")
    _relaying = False
    _database_down = False
    _sweep_at = 0.0
    _turned_at = 0.0

    def __init__(
        self,
        *,
        store: Store,
        leadership: Leadership,
        executors: Mapping[type[Effect], Executor],
        received: Received,
        buried: Buried,
        settle: Settle,
        held: Held = nobody_is_told,
        concurrency: int = 32,
        poll_seconds: float = 5,
        shutdown_seconds: float = 10,
        patience: float = 60,
    ) -> None:
        """`patience` is how many seconds one attempt may take at most; the others are settings of these names."""
        self._store = store
        self._leadership = leadership
        self._settle = settle
        self._poll_seconds = poll_seconds
        self._shutdown_seconds = shutdown_seconds
        self._woken = asyncio.Event()
        self._quiet = asyncio.Event()
        self._stopping = asyncio.Event()
        judge = Judge(settle)
        self._carrier = Carrier(
            executors=executors,
            clock=store.clock,
            pace=Pace(),
            judge=judge,
            concurrency=concurrency,
            patience=patience,
            points=store.points,
            woken=self.wake,
        )
        self._record = Record(
            store=store, carrier=self._carrier, judge=judge, received=received, buried=buried, held=held
        )
        store.on_commit(self.wake)
        store.clock.on_jump(self.wake)

    @property
    def leads(self) -> bool:
        """Whether this process is the one that relays and ticks."""
        return self._leadership.held

    def since_turn(self) -> timedelta:
        """How long ago it last looked at what is due, and took it or had nothing to take."""
        return timedelta(seconds=time.monotonic() - self._turned_at)

    def _hear(self) -> None:
        """Another process committed something."""
        self._carrier.look_at = AT_ONCE
        self._store.tell()

    def wake(self) -> None:
        """Look again at what is due."""
        self._woken.set()
        self._quiet.clear()

    async def run(self) -> None:
        """Lead whenever nobody else does, and relay, until `stop` or until cancelled."""
        try:
            while not self._stopping.is_set():
                epoch = await first_of(self._leadership.acquire(), self._stopping.wait())
                if not self._stopping.is_set():
                    await self._lead(int(epoch or 0))
                    await self._leadership.release()
        finally:
            await self._leadership.release()

    def stop(self) -> None:
        """Begin nothing new; `run` returns when what is in flight is done, or had its time and was interrupted."""
        self._stop_by = time.monotonic() + self._shutdown_seconds
        self._carrier.accepting = False
        self._stopping.set()
        self.wake()

    async def quiet(self) -> None:
        """Returns once nothing is due and nothing in flight, while `run` runs beside."""
        await self._quiet.wait()

    async def run_dry(self) -> bool:
        """Relay until nothing is due or in flight; False when another process leads and will see to it."""
        epoch = await self._leadership.acquire(wait=False)
        if epoch is None:
            return False
        self._quiet.clear()
        try:
            await first_of(self._lead(epoch), self.quiet())
        finally:
            await self._leadership.release()
        return True

    async def _lead(self, epoch: int) -> None:
        """Relay until this process must not lead any longer, or stops; nothing is in flight when this returns."""
        self._carrier.epoch = epoch
        self._relaying, self._sweep_at, self._turned_at = True, 0.0, time.monotonic()
        relaying = asyncio.create_task(self._relay())
        lost = asyncio.create_task(self._leadership.lost())
        async with listening(self._store.database, self._hear):
            try:
                await asyncio.wait({relaying, lost}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._store.hand_to(None)
                await self._carrier.interrupt()
                self._leadership.stand_down()
                await cancelled(lost)
                await self._settle_down(relaying)

    async def _settle_down(self, relaying: "asyncio.Task[None]") -> None:
        """Put what was interrupted on record, unless that is somebody else's by now."""
        self._relaying = False
        self.wake()
        if self._leadership.held:
            await asyncio.wait({relaying}, timeout=PAUSE)
        await cancelled(relaying)
        if self._leadership.held:
            with contextlib.suppress(DatabaseDown, Deposed):
                await self._record.write()
                await self._recover()
        self._carrier.drop()

    async def _relay(self) -> None:
        while self._relaying and not self._drained():
            try:
                await self._turn()
                self._turned_at = time.monotonic()
            except DatabaseDown as error:
                self._found_down(error)
                self._sweep_at = 0.0
                await asyncio.sleep(PAUSE)
            except Deposed:
                return

    def _found_down(self, error: DatabaseDown) -> None:
        say = log.debug if self._database_down else log.warning
        say("the database is down", error=str(error))
        self._database_down = True

    def _found_up(self) -> None:
        if self._database_down:
            log.info("the database answers again")
        self._database_down = False

    def _drained(self) -> bool:
        return self._stopping.is_set() and (not self._carrier.busy or time.monotonic() >= self._stop_by)

    async def _turn(self) -> None:
        """Record what ended, take what is due, and sleep if there was neither."""
        self._woken.clear()
        if time.monotonic() >= self._sweep_at:
            await self._recover()
            self._found_up()
            self._sweep_at = time.monotonic() + self._poll_seconds
            self._accept()
        await self._gather()
        await self._record.write_next()
        wait = await self._claim()
        if wait is not None and not self._woken.is_set():
            await self._sleep(wait)

    async def _gather(self) -> None:
        """Let what was just taken begin, and what ended wait for what ends a moment later: one commit does for all."""
        await asyncio.sleep(LEAVE if self._carrier.setting_out() else 0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONG_MOMENT if self._carrier.awaits_urgent else MOMENT):
                while self._carrier.is_at_leisure:
                    self._woken.clear()
                    await self._woken.wait()

    async def _recover(self) -> None:
        """Find what nobody answers for any more: it was interrupted, here or in the process that led before."""
        carrier = self._carrier
        async with self._store.lead(carrier, CLAIM) as unit:
            orphans = await interrupted(unit.connection, unit.now, settle=self._settle.after, known=carrier.known)
            for orphan in orphans:
                unit.outbox.end(orphan)
            if not carrier.accepting:
                begun = await begun_since(unit.connection, unit.now - LATELY)
                carrier.pace.remember(begun, await blocked_methods(unit.connection, unit.now))
            carrier.pace.forget_idle(unit.now)
        carrier.look_at = AT_ONCE
        if orphans:
            log.warning("interrupted effects will be looked for", serials=[orphan.serial for orphan in orphans])

    def _accept(self) -> None:
        if not self._stopping.is_set():
            self._carrier.accepting = True
            self._store.hand_to(self._carrier)

    async def _claim(self) -> float | None:
        """Take what is due; answers None when something was, else how many seconds there is nothing to do.

        What this process puts is taken as it is committed, so the database is asked only for what could not be.
        """
        carrier, now = self._carrier, self._store.clock.now()
        most = carrier.room(urgent=True)
        if most <= 0:
            return self._poll_seconds
        if carrier.look_at > now:
            return self._until(carrier.look_at, now)
        # Forgotten before asking: what is left over meanwhile says so by itself.
        crowded = carrier.room(urgent=False) <= 0
        carrier.look_at = now if crowded else NOT_KNOWN
        closed = list(carrier.pace.closed(now))
        shut = [(method, below) for method, below, _ in closed]
        lanes, later = await self._due(now, most=most, floor=int(URGENT) if crowded else 0, closed=shut)
        if lanes:
            carrier.look_at = now
            async with self._store.lead(carrier, CLAIM) as unit:
                unit.outbox.look_at(lanes)
            return None
        moments = [later, *(until for *_, until in closed)]
        carrier.look_again(moments)
        return self._until(min(filter(None, moments), default=NOT_KNOWN), now)

    def _until(self, moment: datetime, now: datetime) -> float:
        return min((moment - now).total_seconds(), self._poll_seconds)

    async def _due(
        self, now: datetime, *, most: int, floor: int, closed: list[tuple[str, int]]
    ) -> tuple[list[str], datetime | None]:
        async with self._store.look() as unit:
            lanes = await due_lanes(unit.connection, now, most=most, floor=floor, closed=closed)
            return lanes, None if lanes else await next_due(unit.connection, now)

    async def _sleep(self, seconds: float) -> None:
        """Until woken, until something is due, at the longest until the next poll: somebody may have been missed."""
        if not self._carrier.busy:
            self._quiet.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(seconds, 0), self._poll_seconds)):
                await self._woken.wait()
