"""Business time of the practice ground: it can jump, and the bot's process can follow it.

`SandboxClock` either ticks with the machine (the demo) or stands still and moves only when told (tests).
`FollowedClock` is the same time seen from the bot's own process.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import aiohttp

Wake = Callable[[], None]


class SandboxClock:
    """Business time that people and tests can move."""

    def __init__(self, *, start: datetime | None = None, ticking: bool = True) -> None:
        """Begins at `start`, else at the machine's time; without `ticking` it only moves when told."""
        machine = datetime.now(UTC)
        self.ticking = ticking
        self._still = start or machine
        self._shift = self._still - machine
        self._listeners: list[Wake] = []
        self._sleepers: set[asyncio.Event] = set()

    @property
    def offset(self) -> float:
        """By how many seconds business time is ahead of the machine's."""
        return (self.now() - datetime.now(UTC)).total_seconds()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift if self.ticking else self._still

    def on_jump(self, wake: Wake) -> None:
        self._listeners.append(wake)

    def advance(self, seconds: float) -> None:
        """Moves business time; everybody who sleeps until some moment looks again."""
        self._still += timedelta(seconds=seconds)
        self._shift += timedelta(seconds=seconds)
        self._tell()

    def reset(self) -> None:
        """Goes back to the machine's time."""
        self.advance(-self.offset)

    async def sleep_until(self, moment: datetime) -> None:
        """Returns once business time has reached `moment`."""
        while (left := (moment - self.now()).total_seconds()) > 0:
            await self._jump(within=left if self.ticking else None)

    async def sleep(self, seconds: float) -> None:
        await self.sleep_until(self.now() + timedelta(seconds=seconds))

    async def _jump(self, *, within: float | None) -> None:
        jumped = asyncio.Event()
        self._sleepers.add(jumped)
        try:
            async with asyncio.timeout(within):
                await jumped.wait()
        except TimeoutError:
            pass
        finally:
            self._sleepers.discard(jumped)

    def _tell(self) -> None:
        for sleeper in self._sleepers:
            sleeper.set()
        for wake in self._listeners:
            wake()


class FollowedClock:
    """The practice ground's ticking clock, followed from another process."""

    def __init__(self, url: str) -> None:
        """`url` is the practice ground's own address, such as http://127.0.0.1:4600."""
        self._stream = f"{url.rstrip('/')}/control/clock/stream"
        self._shift = timedelta()
        self._listeners: list[Wake] = []
        self._known = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def on_jump(self, wake: Wake) -> None:
        self._listeners.append(wake)

    async def start(self) -> None:
        """Returns once the time is known; from then on every jump is followed, and a lost line opened again."""
        self._following = asyncio.create_task(self._follow())
        await self._known.wait()

    async def stop(self) -> None:
        if self._following:
            self._following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._following

    async def _follow(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    await self._read(session)
                await asyncio.sleep(0.5)

    async def _read(self, session: aiohttp.ClientSession) -> None:
        async with session.get(self._stream) as response:
            async for line in response.content:
                if line.startswith(b"data:"):
                    self._shifted(float(json.loads(line[5:])["offset"]))

    def _shifted(self, seconds: float) -> None:
        before, self._shift = self._shift, timedelta(seconds=seconds)
        self._known.set()
        if before != self._shift:
            for wake in self._listeners:
                wake()
