"""The demo: the practice ground in this process and the bot in another, so that it can be killed and started again."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import yaml

from bot.app import CannotStart, serve_until_told
from bot.demo_folder import kept_alone
from bot.demo_terminal import terminal_in, told_at_terminal
from bot.organisation import Organisation
from bot.organisation_file import read_organisation
from bot.settings import Settings
from bot.terminal import NotDone, typed
from handlers import COMMANDS
from handlers.manifest import manifest
from playbooks.mistakes import unknown
from sandbox.bot_process import PROXIES
from sandbox.clock import FollowedClock
from sandbox.server import Sandbox
from sandbox.workspace_seed import people_from

PATIENCE = 20.0
"""Seconds in which the practice ground must have told the time, and the bot be heard."""
WELCOME = """
  opsbot is in a Slack of its own:  {url}
  What customers read:              {status}

  Try it: type  /incident declare critical API is down  in any channel.
  At a terminal, where you are Ana:  {terminal} incident help
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
        environment = {
            "OPSBOT_CONFIG": str(self._organisation(ground)),
            "OPSBOT_DATABASE_URL": f"sqlite:///{self._folder / 'opsbot.db'}",
            "OPSBOT_LISTEN": address,
        }
        quiet = {**ground.environment(), **environment, "OPSBOT_LOG_LEVEL": "error"}
        terminal = terminal_in(self._folder, ground.url, quiet, without=PROXIES)
        bot = ground.supervise(
            [sys.executable, "-m", "bot", "practise", ground.url],
            environment=environment,
            output=self._folder / "bot.log",
        )
        told = _told_to_stop()
        try:
            await bot.start()
            await self._heard(ground)
            status = f"http://{address}/status"
            tell(WELCOME.format(url=ground.url, status=status, folder=self._folder, terminal=_shown(terminal)))
            await told.wait()
        finally:
            await ground.stop()

    def _organisation(self, ground: Sandbox) -> Path:
        """The example's file, but services are asked how they are, and tested, where they answer here; who types is known."""
        written = self._example.read_text(encoding="utf-8")
        described = yaml.safe_load(written)
        for name, service in described["services"].items():
            if name in ground.platform.services and "health_url" in service:
                written = written.replace(service["health_url"], ground.neighbours.health_url(name))
        for target in described["changes"]["load_tests"]["targets"]:
            written = written.replace(target["staging"], ground.neighbours.staging_url(target["service"]))
        file = self._folder / "opsbot.yaml"
        file.write_text(told_at_terminal(written, read_organisation(written, file.name)), encoding="utf-8")
        return file

    async def _heard(self, ground: Sandbox) -> None:
        """Whoever is told the address may type at once."""
        try:
            async with asyncio.timeout(PATIENCE):
                await ground.sockets.hear(1)
        except TimeoutError:
            raise CannotStart(f"The bot does not start; {self._folder / 'bot.log'} says why.") from None


async def practise_in(
    ground: str, settings: Settings, organisation: Organisation, words: Sequence[str], tell: Callable[[str], None]
) -> None:
    """The bot by the practice ground's clock, or what is typed at a terminal by it: the same, with another clock."""
    clock = FollowedClock(ground)
    try:
        await _known(clock, ground)
        if not words:
            return await serve_until_told(settings, organisation, clock)
        if f"/{words[0]}" not in COMMANDS.names:
            raise CannotStart(unknown("command", [name.removeprefix("/") for name in COMMANDS.names], words[0]))
        await typed(settings, organisation, clock, words[0], words[1:], tell)
    except NotDone as not_done:
        raise CannotStart(str(not_done)) from not_done
    finally:
        await clock.stop()


async def _known(clock: FollowedClock, ground: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await clock.start()
    except TimeoutError:
        raise CannotStart(f"Nothing answers at {ground}; start the practice ground with `opsbot demo`.") from None


def _shown(program: Path) -> str:
    """As it is typed where the demo was started."""
    here = Path.cwd()
    return str(program.relative_to(here)) if program.is_relative_to(here) else str(program)


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
