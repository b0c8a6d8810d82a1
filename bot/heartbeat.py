"""The heartbeat: somebody outside is pinged as long as the bot gets on, and raises the alarm when that stays away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from pydantic import SecretStr

from bot.domain.errors import Retry
from bot.integrations.heartbeat import HeartbeatPing
from bot.progress import Progress

log = structlog.get_logger(__name__)

EVERY = 60.0
"""Seconds between two pings."""


class Heartbeat:
    """Pings while there is no trouble and this process is the one that acts; `ping` raises `Retry` when it is not heard."""

    def __init__(
        self,
        *,
        ping: Callable[[], Awaitable[None]],
        troubles: Callable[[], Awaitable[list[str]]],
        leads: Callable[[], bool],
        every: float = EVERY,
    ) -> None:
        self._ping = ping
        self._troubles = troubles
        self._leads = leads
        self._every = every

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.beat()
            await asyncio.sleep(self._every)

    async def beat(self) -> bool:
        """One ping, if there is reason for one; whether it was heard."""
        if not self._leads():
            return False
        if troubles := await self._troubles():
            log.warning("no heartbeat", troubles=troubles)
            return False
        try:
            await self._ping()
        except Retry as error:
            log.warning("the heartbeat is not heard", error=str(error))
            return False
        return True


@contextlib.asynccontextmanager
async def beating(url: SecretStr | None, progress: Progress, *, within: float) -> AsyncIterator[None]:
    """The heartbeat goes on within the block; without an address there is none. `within` is the time of one ping, in seconds."""
    if url is None:
        yield
        return
    ping = HeartbeatPing(url=url.get_secret_value(), timeout=within)
    heart = Heartbeat(ping=ping.ping, troubles=progress.troubles, leads=progress.leads)
    beats = asyncio.create_task(heart.run())
    try:
        yield
    finally:
        beats.cancel()
        await asyncio.gather(beats, return_exceptions=True)
        await ping.close()
