"""A child process that leads a life of the bot's, as whoever started it sees it."""

import asyncio
import os
import signal
from multiprocessing.context import ForkServerProcess

from tests.chaos.life import Life, live
from tests.zygote import zygote

KILLED = -signal.SIGKILL
TIMED_OUT = -signal.SIGALRM
"""How a process ends that was frozen for longer than it may lead."""


class Mortal:
    """One process. It is forked from one that has everything imported, so that a life costs little."""

    def __init__(self, life: Life) -> None:
        self._process: ForkServerProcess = zygote().Process(target=live, args=(life,), daemon=True)
        self._ended: asyncio.Future[int] | None = None

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.exitcode is None

    async def start(self) -> None:
        await asyncio.to_thread(self._process.start)
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        loop.add_reader(self._process.sentinel, self._end)

    async def ended(self) -> int:
        """Its exit code, or the negative number of the signal that ended it, once it has ended."""
        assert self._ended
        return await asyncio.shield(self._ended)

    def kill(self) -> None:
        self._tell(signal.SIGKILL)

    def ask_to_stop(self) -> None:
        self._tell(signal.SIGTERM)

    def freeze(self) -> None:
        self._tell(signal.SIGSTOP)

    def thaw(self) -> None:
        self._tell(signal.SIGCONT)

    async def put_down(self) -> None:
        """Kills it, frozen or not, if it still lives."""
        if self._ended and not self._ended.done():
            self.kill()
            await self._ended

    def _tell(self, what: signal.Signals) -> None:
        if self.alive:
            os.kill(self.pid, what)

    def _end(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._process.sentinel)
        code = self._process.exitcode
        assert self._ended
        assert code is not None
        self._ended.set_result(code)
