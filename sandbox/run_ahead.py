"""Lets business time run ahead for hours or days, in steps short enough that nothing is missed on the way."""

import asyncio
import contextlib
from datetime import datetime, timedelta

from sandbox.clock import SandboxClock
from sandbox.log import Entry, Log

STEP = timedelta(minutes=15)
"""From quarter to quarter: what starts by the clock starts on one, and nobody would think that it was late."""
SOON = timedelta(minutes=2)
"""Where the bot had something to do, it may have put something off by a minute or so."""
QUIET = 1.0
"""Seconds of the machine's without a word from the bot, after which it has nothing to do."""
PAUSES = 3
"""Such seconds in a row after which a bot that had something to do has done it: it may be waiting for a slow answer."""
PATIENCE = 60.0
"""Seconds after which the clock goes on, however busy the bot is."""


class RunAhead:
    """Moves the clock on; after each step it waits until the bot has nothing more to say."""

    def __init__(self, clock: SandboxClock, log: Log, *, quiet: float = QUIET) -> None:
        self._clock = clock
        self._quiet = quiet
        self._word = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self.until: datetime | None = None
        """Where it stops; None while it does not run."""
        log.on_entry(self._heard)

    def run(self, seconds: float) -> None:
        """Run on for so long, from now on."""
        self.stop()
        self.until = self._clock.now() + timedelta(seconds=seconds)
        self._running = asyncio.create_task(self._run(self.until))

    def stop(self) -> None:
        """Stay at the time that it is; the clock ticks on."""
        if self._running:
            self._running.cancel()
        self._running = self.until = None
        self._clock.advance(0)

    async def _run(self, until: datetime) -> None:
        while (now := self._clock.now()) < until:
            self._clock.advance((min(_following(now), until) - now).total_seconds())
            if await self._settle() and self._clock.now() + SOON < until:
                self._clock.advance(SOON.total_seconds())
                await self._settle()
        self._running = self.until = None
        self._clock.advance(0)

    def _heard(self, _: Entry) -> None:
        self._word.set()

    async def _settle(self) -> bool:
        """Wait until the bot says nothing more; answers whether it said anything."""
        spoke, silent = False, 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while silent < (PAUSES if spoke else 1):
                    speaks = await self._speaks()
                    spoke, silent = spoke or speaks, 0 if speaks else silent + 1
        return spoke

    async def _speaks(self) -> bool:
        """Whether the bot says anything within a moment."""
        self._word.clear()
        try:
            async with asyncio.timeout(self._quiet):
                return await self._word.wait()
        except TimeoutError:
            return False


def _following(now: datetime) -> datetime:
    """The quarter of an hour that comes next."""
    passed = timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond) % STEP
    return now - passed + STEP
