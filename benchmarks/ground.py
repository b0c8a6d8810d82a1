"""A practice ground in this process and the bot in another, as in the demo."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.bot_process import BotProcess
from sandbox.faults import Fault
from sandbox.server import Sandbox

EXAMPLE = Path(__file__).parents[1] / "opsbot.example.yaml"
NOTHING_ELSE: Mapping[str, str] = MappingProxyType({})
SOCKETS = 2
PATIENCE = 60.0
"""Seconds after which measuring makes no sense any more."""
BYTECODE = Path(tempfile.gettempdir()) / f"opsbot-bench-bytecode-{os.getuid()}"
"""Where the bot's bytecode is kept, as an image keeps it, whatever the environment says about writing it."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Slack and PagerDuty, and the bot's process."""

    sandbox: Sandbox
    bot: BotProcess

    async def start_bot(self) -> float:
        """Seconds from starting the process until its sockets are open."""
        began = time.monotonic()
        await self.bot.start()
        async with asyncio.timeout(PATIENCE):
            await self.sandbox.sockets.reach(SOCKETS)
        return time.monotonic() - began

    async def stop_bot(self) -> None:
        await self.bot.stop()
        await self.sandbox.sockets.reach(0)

    def slow_down(self, milliseconds: float) -> None:
        """Every call of Slack takes so much longer from now on."""
        self.sandbox.faults.add(Fault(name="latency", kind="latency", latency_ms=milliseconds))

    @property
    def process(self) -> int:
        """The number of the bot's process."""
        assert self.bot.pid, "the bot does not run"
        return self.bot.pid


@contextlib.asynccontextmanager
async def ground(
    *, database: str = "", rate_limits: bool = False, environment: Mapping[str, str] = NOTHING_ELSE
) -> AsyncIterator[Ground]:
    """A ground with the bot not started yet; without `database` it gets a new one in SQLite."""
    folder = Path(tempfile.mkdtemp(prefix="opsbot-bench-"))
    sandbox = Sandbox(manifest=manifest(COMMANDS), rate_limits=rate_limits)
    await sandbox.start()
    bot = sandbox.supervise(
        [sys.executable, "-m", "bot", "serve"],
        environment={
            "OPSBOT_CONFIG": str(EXAMPLE),
            "OPSBOT_DATABASE_URL": database or f"sqlite:///{folder / 'opsbot.db'}",
            "OPSBOT_LISTEN": "127.0.0.1:0",
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(BYTECODE),
            **environment,
        },
        output=folder / "bot.log",
    )
    try:
        yield Ground(sandbox=sandbox, bot=bot)
    finally:
        await sandbox.stop()
        shutil.rmtree(folder, ignore_errors=True)
