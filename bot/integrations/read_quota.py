"""A quota of reads in a stretch of time: whoever comes when it is used up waits for the next."""

import asyncio
from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta

from bot.domain.clock import Clock


class ReadQuota:
    """So many reads within any stretch of so long. It is business time that counts, as for all pacing."""

    def __init__(self, clock: Clock, *, most: int, within: timedelta) -> None:
        self._clock = clock
        self._most = most
        self._within = within
        self._made: deque[datetime] = deque()
        self._jumped = asyncio.Event()
        clock.on_jump(self._jumped.set)

    async def turn(self) -> None:
        """Returns when a read may be made, and counts it."""
        while (wait := self._wait()) > timedelta():
            self._jumped.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait.total_seconds()):
                    await self._jumped.wait()
        self._made.append(self._clock.now())

    def _wait(self) -> timedelta:
        now = self._clock.now()
        while self._made and now - self._made[0] >= self._within:
            self._made.popleft()
        return self._made[0] + self._within - now if len(self._made) >= self._most else timedelta()
