"""A town to try the bot in: the practice ground and the bot in this process, and what people do and see there.

The bot is the production bot; only addresses and the clock differ. The clock stands still and is moved by the test;
nothing waits for time to pass, because `settle` returns once nobody has anything left to do.
"""

import asyncio
import contextlib
import functools
import importlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from bot.app import Bot, running
from bot.organisation import Organisation
from bot.organisation_file import read_organisation
from bot.settings import Settings, load_settings
from bot.store.due import next_due
from bot.store.points import Points, no_points
from bot.store.unit_of_work import DatabaseDown
from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.payload import JsonObject
from sandbox.postgres_server import PostgresServer
from sandbox.server import Sandbox
from tests.organisation_text import EXAMPLE, QUIET, described
from tests.people_at_work import PeopleAtWork

MONDAY = datetime(2026, 3, 9, 14, tzinfo=UTC)
"""10:00 in New York, in business hours."""
SOON = timedelta(seconds=1.5)
"""What the relay has put off by less than this is waited for: the pace of a channel, a first try again."""
NOBODY = "http://127.0.0.1:9/health"
"""Where nobody answers, known at once and without asking anybody outside this machine."""
LONGEST = 90.0
"""Seconds of the machine's after which something must be stuck."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What kind of town it is. `folder` holds its database, unless `database` says where that is."""

    folder: Path
    database: str = ""
    transport: Literal["socket", "http"] = "socket"
    start: datetime = MONDAY
    environment: Mapping[str, str] = field(default_factory=dict)
    points: Points = no_points
    cloud: PostgresServer | None = None
    """Where the database of the platform lives that the bot can look at; without one there is no platform."""
    schedules: str = QUIET
    """What the organisation's file says about when playbooks start by themselves."""


class Town(PeopleAtWork):
    """People, their Slack and their PagerDuty, and the bot among them. People are called ana, ben, cho, dee …"""

    def __init__(self, ground: Sandbox, plan: Plan) -> None:
        super().__init__(ground)
        self.plan = plan
        self._bot: Bot | None = None
        self._told = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    @property
    def bot(self) -> Bot:
        assert self._bot, "the bot does not run"
        return self._bot

    @property
    def now(self) -> datetime:
        return self.ground.clock.now()

    def settings(self, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings under which the bot works here, perhaps some of them different."""
        return load_settings(
            {
                **self.ground.environment(),
                "OPSBOT_CONFIG": str(self._organisation()),
                "OPSBOT_DATABASE_URL": self.plan.database or f"sqlite:///{self.plan.folder / 'opsbot.db'}",
                "OPSBOT_LISTEN": "127.0.0.1:0",
                "OPSBOT_SETTLE_SECONDS": "1",
                "OPSBOT_URGENT_SETTLE_SECONDS": "1",
                "OPSBOT_LEASE_SECONDS": "10",
                **self.plan.environment,
                **(environment or {}),
            }
        )

    def _organisation(self) -> Path:
        """The example's file, but whoever is asked how they are, or tested, is here: on the platform, else nowhere."""
        written, known = described(self.plan.schedules), _example()
        for name in self.ground.platform.services:
            if (service := known.service(name)) and service.health_url:
                here = self.ground.neighbours.health_url(name) if self.plan.cloud else NOBODY
                written = written.replace(service.health_url, here)
        for target in known.changes.load_tests.targets if self.plan.cloud else ():
            written = written.replace(target.staging or "", self.ground.neighbours.staging_url(target.service))
        self.plan.folder.mkdir(exist_ok=True)
        file = self.plan.folder / "town.yaml"
        file.write_text(written, encoding="utf-8")
        return file

    async def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Starts the bot, perhaps with other settings than before, and returns once Slack reaches it."""
        settings = self.settings(environment)
        organisation = _described(settings.config.read_text(encoding="utf-8"))
        started = asyncio.Event()
        self._told = asyncio.Event()

        async def live() -> None:
            async with running(settings, organisation, self.ground.clock, points=self.plan.points) as self._bot:
                started.set()
                await self._told.wait()

        self._life = asyncio.create_task(live())
        await asyncio.wait({self._life, asyncio.create_task(started.wait())}, return_when=asyncio.FIRST_COMPLETED)
        if self._life.done():
            await self._life
        if self.plan.transport == "http":
            assert await self.ground.requests.verify(f"{self.bot.address}/slack/events")
        self.ground.webhooks.send_to(self.bot.address)
        await self.until_heard()

    async def stop(self) -> None:
        """Stops the bot in order."""
        self._told.set()
        if self._life:
            await self._life
        self._bot = self._life = None

    async def until_heard(self) -> None:
        """Returns once Slack reaches the bot, over all its sockets."""
        wanted = 0 if self.plan.transport == "http" else 2
        await _until(lambda: self.bot.hears() and self.ground.sockets.connected >= wanted)

    async def until_heard_anew(self) -> None:
        """Returns once every socket that was open was replaced."""
        wanted = self._sockets_opened() + 2
        await _until(lambda: self._sockets_opened() >= wanted)
        await self.until_heard()

    def _sockets_opened(self) -> int:
        return sum(entry.name == "socket opened" for entry in self.ground.log.entries())

    async def settle(self) -> None:
        """Returns when nothing is on its way any more, in either direction, and nothing is due."""
        async with asyncio.timeout(LONGEST):
            calm = 0
            while calm < 3:
                await self.ground.idle()
                await self.bot.relay.quiet()
                calm = 0 if await self._expects_more() else calm + 1
                # What was committed is seen here a moment before whoever committed it has told the relay.
                await asyncio.sleep(0.004)

    async def until_settled_again(self) -> None:
        """Returns once the database answers again, and nothing is due."""
        async with asyncio.timeout(LONGEST):
            while True:
                with contextlib.suppress(DatabaseDown):
                    await self.bot.next_due()
                    return await self.settle()
                await asyncio.sleep(0.1)

    async def pass_time(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Time passes at once, and what is due is done."""
        self.ground.clock.advance(minutes * 60 + seconds)
        await self.settle()

    async def _expects_more(self) -> bool:
        """Whether something is due now or in a moment; the moment is let pass."""
        due = await self.bot.next_due()
        if due and due <= self.now:
            await asyncio.sleep(0.005)
            return True
        async with self.bot.store.look() as unit:
            effect_at = await next_due(unit.connection, unit.now)
        if effect_at and effect_at <= self.now + SOON:
            self.ground.clock.advance((effect_at - self.now).total_seconds())
            return True
        return False

    def breaks(self, kind: str, method: str = "*", *, times: int | None = 1, target: str = "slack") -> None:
        """Something outside goes wrong from now on, so many times."""
        self.ground.faults.add(Fault(name=f"{kind} {method}", kind=kind, target=target, method=method, times=times))

    def heals(self) -> None:
        """Nothing goes wrong any more."""
        self.ground.faults.clear()


@contextlib.asynccontextmanager
async def opened(plan: Plan) -> AsyncIterator[Town]:
    """A town with the bot running in it; where there is a platform, it has run for long enough to have loaded what is heavy."""
    if plan.cloud:
        for library in ("google.cloud.run_v2", "google.cloud.logging_v2", "google.cloud.monitoring_v3"):
            importlib.import_module(library)
    clock = SandboxClock(start=plan.start, ticking=False)
    ground = Sandbox(
        manifest=_manifest(plan),
        clock=clock,
        transport=plan.transport,
        ack_within=10,
        cloud=bool(plan.cloud),
        postgres=plan.cloud,
    )
    await ground.start()
    town = Town(ground, plan)
    try:
        await town.start()
        if plan.cloud and "OPSBOT_PLATFORM_DATABASE_URL" not in plan.environment:
            await ground.data.database.visited(guests=1 if plan.environment.get("OPSBOT_MODE") == "observe" else 2)
        yield town
    finally:
        await town.stop()
        await ground.stop()


def _example() -> Organisation:
    """The organisation of the example's file."""
    return _described(EXAMPLE.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=8)
def _described(written: str) -> Organisation:
    """The organisation that a file describes, read once."""
    return read_organisation(written, "town.yaml")


def _manifest(plan: Plan) -> JsonObject:
    """With the address of requests, for HTTP; Slack is told the real one when the bot listens."""
    return manifest(
        COMMANDS, request_url="https://opsbot.example.com/slack/events" if plan.transport == "http" else None
    )


async def _until(so: Callable[[], bool]) -> None:
    """Returns once something is so that nobody tells."""
    async with asyncio.timeout(LONGEST):
        while not so():  # noqa: ASYNC110  (that is what nobody tells)
            await asyncio.sleep(0.005)
