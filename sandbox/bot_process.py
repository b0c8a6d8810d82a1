"""The bot as a process of its own, so that it can be killed and started again in front of somebody."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from sandbox.payload import JsonObject

PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})
"""The bot's libraries would send even calls to this machine through a proxy."""


class BotProcess:
    """Supervises one child process; `environment` is laid over this process's own."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        output: Path | None = None,
        patience: float = 10.0,
    ) -> None:
        """What the child prints goes to the end of `output`, else where this process prints.

        When it was asked to stop it gets `patience` seconds before it is killed.
        """
        self._command = list(command)
        self._environment = environment
        self._output = output
        self._patience = patience
        self._child: asyncio.subprocess.Process | None = None
        self._waiting: asyncio.Task[None] | None = None
        self._starts = 0
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.returncode is None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self.is_running else None

    def on_change(self, listener: Callable[[], None]) -> None:
        """Has `listener` called whenever the child started or ended."""
        self._listeners.append(listener)

    def shown(self) -> JsonObject:
        """The state as the control panel shows it."""
        status = "running" if self.is_running else "stopped"
        return {"status": status, "pid": self.pid, "restarts": max(0, self._starts - 1)}

    async def start(self) -> None:
        """Starts the child, unless it runs."""
        if self.is_running:
            return
        with self._opened() as output:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                env=self._whole_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # An interrupt at the terminal is for this process, which then stops its child in order.
                start_new_session=True,
            )
        self._starts += 1
        self._waiting = asyncio.create_task(self._watch(self._child))
        self._tell()

    async def kill(self) -> None:
        """Ends the child at once, with no chance to tidy up."""
        await self._end(signal.SIGKILL)

    async def restart(self) -> None:
        """Kills the child and starts it again."""
        await self.kill()
        await self.start()

    async def stop(self) -> None:
        """Asks the child to stop, and kills it when it does not."""
        try:
            async with asyncio.timeout(self._patience):
                await self._end(signal.SIGTERM)
        except TimeoutError:
            await self.kill()

    async def _end(self, how: signal.Signals) -> None:
        if self._child is not None and self.is_running:
            with contextlib.suppress(ProcessLookupError):
                self._child.send_signal(how)
        if self._waiting:
            await asyncio.shield(self._waiting)

    async def _watch(self, child: asyncio.subprocess.Process) -> None:
        await child.wait()
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _whole_environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
        return own | dict(self._environment)

    def _opened(self) -> contextlib.AbstractContextManager[IO[bytes] | None]:
        return contextlib.nullcontext() if self._output is None else self._output.open("ab")
