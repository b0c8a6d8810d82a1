"""The clock: looks at what is due at the moment it is due, and does the housekeeping once a day."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.domain.clock import Clock
from bot.store.unit_of_work import DatabaseDown, Store
from scheduler.due import Due

SOON = timedelta(milliseconds=20)
"""How long it takes at least from one look to the next."""
AFTER_A_COMMIT = timedelta(milliseconds=250)
"""How long several commits in a row wait to be looked at together; nothing that is put off is due as soon as that."""
PAUSE = timedelta(seconds=1)
"""How long a database that is down is left alone."""
HOUSE_PAUSE = timedelta(minutes=1)
"""How long the housekeeping waits for a database that is down."""
WATCHED = timedelta(minutes=1)
"""How often the clock looks whether it did what it should have done."""
NET = timedelta(seconds=30)
"""Every so often is looked even when nobody woke us: a commit of another process may have gone unheard."""


class Ticking:
    """APScheduler turns the ticks; what is due stands in the database, so that missing a tick loses nothing.

    `leads` says whether this process is the one that acts; the others stand by. Due times are business time, which may
    jump; the scheduler's are the machine's.
    """

    def __init__(
        self,
        *,
        due: Due,
        store: Store,
        clock: Clock,
        leads: Callable[[], bool],
        prune: Callable[[], Awaitable[None]],
        watch: Callable[[], Awaitable[None]],
        net: timedelta = NET,
        house_pause: timedelta = HOUSE_PAUSE,
    ) -> None:
        self.due = due
        self._clock = clock
        self._leads = leads
        self._prune = prune
        self._look_out = watch
        self._net = net
        self._house_pause = house_pause
        self._at_work = asyncio.Lock()
        self._again = False
        self._looking_at: datetime | None = None
        self._ticked_at = time.monotonic()
        defaults = {"coalesce": True, "max_instances": 2, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        store.on_commit(self._committed)
        clock.on_jump(self.wake)

    def start(self) -> None:
        """Begin to tick, at once and then whenever something is due."""
        self._scheduler.add_job(self._tick, IntervalTrigger(seconds=self._net.total_seconds(), timezone=UTC), id="net")
        self._scheduler.add_job(self._keep_house, CronTrigger(hour=3, minute=30, timezone=UTC), id="housekeeping")
        self._scheduler.add_job(self._watch, IntervalTrigger(seconds=WATCHED.total_seconds(), timezone=UTC), id="watch")
        self._scheduler.start()
        self.wake()

    async def stop(self) -> None:
        """No tick begins any more; returns when the one under way has ended."""
        self._scheduler.pause()
        async with self._at_work:
            self._scheduler.shutdown(wait=False)

    async def next_due(self) -> datetime | None:
        """When there is next something to do; whatever a tick under way does has been done and told by then."""
        async with self._at_work:
            pass  # held no longer: who is woken while it is held would wait for a tick that does not come
        return await self.due.next_due()

    def since_tick(self) -> timedelta:
        """How long ago it last did all that was due, or stood by."""
        return timedelta(seconds=time.monotonic() - self._ticked_at)

    def wake(self) -> None:
        """Look again now: the time jumped."""
        self._wake(SOON)

    def _committed(self) -> None:
        self._wake(AFTER_A_COMMIT)

    def _wake(self, after: timedelta) -> None:
        if self._at_work.locked():
            self._again = True
        elif self._scheduler.running:
            self._look_at(datetime.now(UTC) + after)

    async def _tick(self) -> None:
        self._looking_at = None
        if not self._leads():
            self._ticked_at = time.monotonic()
            return
        if self._at_work.locked():
            return
        async with self._at_work:
            self._again = False
            try:
                following = await self.due.tick()
                self._ticked_at = time.monotonic()
            except DatabaseDown:  # the relay says so
                self._look_at(datetime.now(UTC) + PAUSE)
                return
        if self._again:
            self._wake(AFTER_A_COMMIT)
        elif following:
            self._look_at(datetime.now(UTC) + max(following - self._clock.now(), SOON))

    async def _watch(self) -> None:
        """Looks whether all that should have started by now has: what is due has its turn first."""
        if not self._leads():
            return
        async with self._at_work:
            with contextlib.suppress(DatabaseDown):  # the relay says so
                await self.due.tick()
                await self._look_out()

    async def _keep_house(self) -> None:
        if not self._leads():
            return
        async with self._at_work:
            try:
                await self._prune()
            except DatabaseDown:  # the relay says so
                later = DateTrigger(datetime.now(UTC) + self._house_pause, timezone=UTC)
                self._scheduler.add_job(self._keep_house, later, id="housekeeping again", replace_existing=True)

    def _look_at(self, moment: datetime) -> None:
        """Look at a moment, unless it is looked sooner anyway: then it will be seen what is due when."""
        if self._looking_at is None or moment < self._looking_at:
            self._looking_at = moment
            self._scheduler.add_job(self._tick, DateTrigger(moment, timezone=UTC), id="tick", replace_existing=True)
