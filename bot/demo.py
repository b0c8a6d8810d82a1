"""The demo: the practice ground in this process and the bot in another, so that it can be killed and started again."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import yaml

from bot.app import CannotStart, serve_until_told
from bot.demo_folder import kept_alone
from bot.organisation import Organisation
from bot.settings import Settings
from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.clock import FollowedClock
from sandbox.server import Sandbox
from sandbox.workspace_seed import people_from

PATIENCE = 20.0
"""Seconds in which the practice ground must have told the time, and the bot be heard."""
WELCOME = """
  opsbot is in a Slack of its own:  {url}
  What customers read:              {status}

  Try it: type  /incident declare critical API is down  in any channel.
  Stop with Ctrl-C; what happened is kept in {folder}, and the bot's log with it.
"""


class Demo:
    """A practice ground that keeps what happened in a folder."""

    def __init__(self, *, folder: Path, fresh: bool) -> None:
        """With `fresh`, what happened before is forgotten."""
        self._folder = folder
        self._fresh = fresh
        self._example = Path(str(files("bot"))).parent / "opsbot.example.yaml"
        self._people = people_from(yaml.safe_load(self._example.read_text(encoding="utf-8"))["people"])

    async def run(self, port: int, tell: Callable[[str], None]) -> None:
        """Runs until it is interrupted. Raises `CannotStart`."""
        with kept_alone(self._folder, fresh=self._fresh):
            await self._run(port, tell)

    async def _run(self, port: int, tell: Callable[[str], None]) -> None:
        ground = Sandbox(
            manifest=manifest(COMMANDS),
            people=self._people,
            folder=self._folder / "sandbox",
            port=port,
            cloud=True,
            alarms=True,
        )
        try:
            await ground.start()
        except OSError as error:
            advice = "choose another port: make demo ARGS='--port 4700'."
            raise CannotStart(f"Cannot listen on port {port} ({error.strerror}); {advice}") from error
        address = _free_address()
        ground.webhooks.send_to(f"http://{address}")
        bot = ground.supervise(
            [sys.executable, "-m", "bot", "practise", ground.url],
            environment={
                "OPSBOT_CONFIG": str(self._organisation(ground)),
                "OPSBOT_DATABASE_URL": f"sqlite:///{self._folder / 'opsbot.db'}",
                "OPSBOT_LISTEN": address,
            },
            output=self._folder / "bot.log",
        )
        told = _told_to_stop()
        try:
            await bot.start()
            await self._heard(ground)
            tell(WELCOME.format(url=ground.url, status=f"http://{address}/status", folder=self._folder))
            await told.wait()
        finally:
            await ground.stop()

    def _organisation(self, ground: Sandbox) -> Path:
        """The example's file, whose services are asked how they are, and tested, where they answer here."""
        written = self._example.read_text(encoding="utf-8")
        described = yaml.safe_load(written)
        for name, service in described["services"].items():
            if name in ground.platform.services and "health_url" in service:
                written = written.replace(service["health_url"], ground.neighbours.health_url(name))
        for target in described["changes"]["load_tests"]["targets"]:
            written = written.replace(target["staging"], ground.neighbours.staging_url(target["service"]))
        file = self._folder / "opsbot.yaml"
        file.write_text(written, encoding="utf-8")
        return file

    async def _heard(self, ground: Sandbox) -> None:
        """Whoever is told the address may type at once."""
        try:
            async with asyncio.timeout(PATIENCE):
                await ground.sockets.hear(1)
        except TimeoutError:
            raise CannotStart(f"The bot does not start; {self._folder / 'bot.log'} says why.") from None


async def practise_in(ground: str, settings: Settings, organisation: Organisation) -> None:
    """The bot by the practice ground's clock: the same bot, with another clock."""
    clock = FollowedClock(ground)
    try:
        await _known(clock, ground)
        await serve_until_told(settings, organisation, clock)
    finally:
        await clock.stop()


async def _known(clock: FollowedClock, ground: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await clock.start()
    except TimeoutError:
        raise CannotStart(f"Nothing answers at {ground}; start the practice ground with `opsbot demo`.") from None


def _free_address() -> str:
    """Where the bot listens in this demo, whenever it is started again: the practice ground sends it webhooks."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
    return f"{host}:{port}"


def _told_to_stop() -> asyncio.Event:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, told.set)
    return told
