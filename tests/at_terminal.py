"""The command line as real processes, beside the practice ground and perhaps a bot; all by the machine's own clock."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from bot.terminal import login
from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.bot_process import PROXIES
from sandbox.server import Sandbox
from tests.organisation_text import described
from tests.typed_line import Line, typed

LONGEST = 60.0
"""Seconds after which a process must hang."""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What a command printed, and how it ended."""

    out: str
    err: str
    code: int


@dataclass(kw_only=True)
class Terminal:
    """A person at a terminal of the machine that the bot is on: Ben, by opsbot.yaml."""

    ground: Sandbox
    folder: Path
    database: str
    environment: dict[str, str] = field(default_factory=dict)

    async def opsbot(self, *words: str, **environment: str) -> Printed:
        """Runs the program in a process of its own, which need not import anything, and returns once it has ended."""
        out, err = (self.folder / f"{uuid4().hex}.{name}" for name in ("out", "err"))
        line = Line(words=words, environment={**self._environment(), **environment}, out=out, err=err)
        code = await typed(line, within=LONGEST)
        return Printed(out=out.read_text("utf-8"), err=err.read_text("utf-8"), code=code)

    async def opsbot_from_nothing(self, *words: str) -> Printed:
        """The same as on anybody's machine, with all that Python imports first."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            env=self._environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(LONGEST):
            out, err = await child.communicate()
        return Printed(out=out.decode(), err=err.decode(), code=child.returncode or 0)

    @contextlib.asynccontextmanager
    async def bot(self) -> AsyncIterator[None]:
        """A bot runs beside, and is heard, within the block."""
        bot = self.ground.supervise(
            [sys.executable, "-m", "bot", "serve"], environment=self._own(), output=self.folder / "bot.log"
        )
        await bot.start()
        try:
            async with asyncio.timeout(LONGEST):
                await self.ground.sockets.hear(1)
            yield
        finally:
            await bot.stop()

    def rooms(self) -> list[str]:
        """The names of the war rooms in Slack."""
        return [each.name for each in self.ground.workspace.channels if each.name.startswith("inc-")]

    def _own(self) -> dict[str, str]:
        config = self.folder / "opsbot.yaml"
        if not config.exists():
            written = described()
            config.write_text(written.replace("\ncli_users:\n", f"\ncli_users:\n  {login()}: ben\n"), encoding="utf-8")
        return {
            "OPSBOT_CONFIG": str(config),
            "OPSBOT_DATABASE_URL": self.database,
            "OPSBOT_LISTEN": "127.0.0.1:0",
            **self.environment,
        }

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
        return {**kept, **self.ground.environment(), **self._own()}


@contextlib.asynccontextmanager
async def terminal(folder: Path, database: str) -> AsyncIterator[Terminal]:
    """A terminal on a machine whose Slack and PagerDuty are the practice ground's."""
    ground = Sandbox(manifest=manifest(COMMANDS))
    await ground.start()
    try:
        yield Terminal(ground=ground, folder=folder, database=database)
    finally:
        await ground.stop()
