"""The end of a process whose work is done: whatever still waits for an answer in a thread must not hold it up."""

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine


def run_to_the_end(running: Coroutine[None, None, None]) -> None:
    """Runs it, and ends the process with it; an error is raised instead.

    Looking up a name blocks a thread for as long as nobody answers, ten seconds and more, and Python waits for its
    threads. By then everything is committed and closed, and a container is killed when it takes too long to stop.
    """
    asyncio.run(_ended_with(running))


async def _ended_with(running: Coroutine[None, None, None]) -> None:
    await running
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
