"""Processes that share the parent's imports, so that starting one takes milliseconds; to be killed and frozen."""

import asyncio
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path

PATIENCE = 30.0


class Forked:
    """A child that runs one coroutine. Its output goes to a file."""

    def __init__(self, main: Callable[[], Coroutine[None, None, None]], log: Path) -> None:
        self._status: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if not self.pid:
            os._exit(_run(main, log))

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, frozen or not, if it is still there."""
        if self._status is None:
            self.signal(signal.SIGKILL)
            self.wait()

    def wait(self) -> int:
        """How it ended: its exit code, or minus the signal that killed it."""
        deadline = time.monotonic() + PATIENCE
        while self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise TimeoutError(f"process {self.pid} does not end")
            else:
                time.sleep(0.005)
        return self._status


def _run(main: Callable[[], Coroutine[None, None, None]], log: Path) -> int:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    try:
        asyncio.run(main())
    except BaseException:  # noqa: BLE001  (the edge of a process)
        traceback.print_exc()
        sys.stderr.flush()
        return 1
    return 0
