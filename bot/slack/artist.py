"""Has charts drawn in a process of their own, so that neither Slack nor the relay waits while one is drawn.

Matplotlib keeps Python's lock for up to 0.1 s at a time: a thread that draws holds up the event loop, a process does not.
It starts with the first chart, ends with the bot, and ends too when the bot is killed.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from zoneinfo import ZoneInfo

from bot.domain.chart import Chart
from bot.domain.errors import Retry
from bot.slack.chart import draw


class Artist:
    """Draws, one picture at a time."""

    def __init__(self, timezone: ZoneInfo) -> None:
        self._timezone = timezone
        self._starting = asyncio.Lock()
        self._pool: ProcessPoolExecutor | None = None

    async def draw(self, charts: Sequence[Chart]) -> bytes:
        """One picture of one chart, or of several as small multiples: a PNG of at most 1200 × 700 pixels."""
        try:
            async with self._starting:
                if self._pool is None:
                    self._pool = await asyncio.to_thread(_pool)
            return await asyncio.get_running_loop().run_in_executor(self._pool, draw, tuple(charts), self._timezone)
        except BrokenProcessPool as error:
            self._pool = None
            raise Retry("The process that draws charts has ended; another one is started.") from error

    async def close(self) -> None:
        """Takes no more charts; returns once the process has ended."""
        if self._pool:
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
            self._pool = None


def _pool() -> ProcessPoolExecutor:
    """A process that is ready. A server forks it: a fork of this process would take the event loop's sockets along."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bot.slack.chart", "matplotlib.backends.backend_agg", "matplotlib.dates"])
    pool = ProcessPoolExecutor(1, context, initializer=_alone)
    pool.submit(os.getpid).result()
    return pool


def _alone() -> None:
    """In the process that draws: it leaves Ctrl-C to the bot, and does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """The pool's own pipe never closes: the process that reads it holds the other end, too."""
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(0)
