"""Incidents that are declared and worked on while the bot's processes die again and again.

People do what people do: who is told that it failed, or sees nothing happen, looks, and tries again. The practice
ground's clock runs fast, so that pauses between two tries do not take as long as they say.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from bot.domain.incident import Duty, Incident
from bot.organisation_file import load_organisation
from handlers import COMMANDS
from handlers.manifest import manifest
from sandbox.clock import SandboxClock
from sandbox.server import Sandbox
from sandbox.slack.acting import Outcome
from tests.chaos.life import Death, Led, Life, ordinary
from tests.chaos.mortal import KILLED, Mortal
from tests.chaos.outside import Outside
from tests.chaos.records import Records, records
from tests.chaos.toll import Toll
from tests.organisation_text import EXAMPLE, described
from tests.people_at_work import PeopleAtWork

TITLE = "API is down"
PATIENCE = 60.0
"""Seconds of the machine's after which what was not seen is lost for good; it takes 2 on a quiet machine."""
GLANCE = 0.03
HURRY = 1.0
"""Seconds by which the clock is moved in each `BEAT` of the machine's seconds."""
BEAT = 0.2
QUICK = {
    "OPSBOT_LISTEN": "127.0.0.1:0",
    "OPSBOT_SETTLE_SECONDS": "0.5",
    "OPSBOT_URGENT_SETTLE_SECONDS": "0.5",
    "OPSBOT_PAGE_POLL_SECONDS": "1",
    "OPSBOT_LEASE_SECONDS": "1",
    "OPSBOT_POLL_SECONDS": "1",
}
"""Settle times and leases are settings, so that a death costs little."""


class Ordeal(PeopleAtWork):
    """The practice ground, and the bot's processes on one database."""

    def __init__(self, ground: Sandbox, url: str, folder: Path) -> None:
        super().__init__(ground)
        config = folder / "opsbot.yaml"
        config.write_text(described(), encoding="utf-8")
        self.environment = {
            **ground.environment(),
            "OPSBOT_DATABASE_URL": url,
            "OPSBOT_CONFIG": str(config),
            **QUICK,
        }
        self.titles: list[str] = []
        self.outside = Outside(ground, self.titles)
        self.log = folder / "bot.log"
        self._url = url
        self._mortals: list[Mortal] = []
        self._toll = Toll()

    async def introduce(self) -> None:
        """The bot knows everybody already, so that what is decided first is the incident."""
        async with self.records() as kept:
            await kept.introduce()

    async def suffer(self, deaths: Iterable[Death]) -> Toll:
        """Declares, and works through phase 1, while the bot dies these deaths one after the other."""
        async with self.keeping(deaths):
            await self.work(TITLE)
            await self.calm()
        return await self.account()

    async def work(self, title: str) -> None:
        """What people do about one incident."""
        self.titles.append(title)
        async with asyncio.timeout(PATIENCE):
            await self.declare(title)
            room = self.outside.rooms(title)[0].name
            await self.see(lambda: "Ana" in self.topic(room) or any("Take command" in t for t in self.texts(room)))
            await self._insist(
                lambda: self.pressing("Take command", by="ana", where=room),
                lambda incident: Duty.COMMANDER in incident.duties,
                title,
            )
            await self.see(lambda: bool(self.outside.pages(title)))
        for page in self.outside.pages(title):
            self.ground.pagerduty.acknowledge(page.id, "PANA001")

    async def declare(self, title: str) -> None:
        words = f"/incident declare critical {title}"
        await self._insist(lambda: self.ground.acting.command("ben", "general", words), lambda _: True, title)
        await self.see(lambda: bool(self.outside.rooms(title)))

    async def _insist(
        self, act: Callable[[], Awaitable[Outcome]], decided: Callable[[Incident], bool], title: str
    ) -> None:
        """Acts; and when people are told that it failed, looks what became of it, and perhaps acts again."""
        while True:
            await self.see(lambda: self.ground.sockets.connected > 0)
            outcome = await act()
            if outcome.ok:
                return
            await self.see(lambda: self.ground.sockets.connected > 0)
            async with self.records() as kept:
                if any(decided(each) for each in await kept.incidents(title)):
                    return

    async def see(self, there: Callable[[], bool]) -> None:
        """Returns once something can be seen."""
        while not there():  # noqa: ASYNC110  (other processes ring no bell here)
            await asyncio.sleep(GLANCE)

    async def settle(self) -> None:
        """People here do not wait for each other."""

    async def calm(self) -> None:
        """Returns once Slack and PagerDuty look as they should, and nothing is under way; or in vain."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE / 2):
                await self.see(lambda: not self.outside.wrongs())
                await self._nothing_under_way(but="nothing")

    async def drained(self) -> None:
        """Returns once all that was decided is done; a page is followed until somebody acknowledges."""
        await self._nothing_under_way(but="FollowPage")

    async def account(self) -> Toll:
        """What became of it all, once every process has ended."""
        async with self.records() as kept:
            self._toll.wrongs += [*self.outside.wrongs(), *await kept.wrongs(self.titles)]
            self._toll.steps += await kept.steps_done()
            self._toll.effects += await kept.effects_done()
        return self._toll

    def records(self) -> contextlib.AbstractAsyncContextManager[Records]:
        return records(self._url, self.ground, load_organisation(EXAMPLE))

    def mortal(self, death: Death | None = None, *, led: Led = ordinary, **environment: str) -> Mortal:
        """A process of the bot's, not yet started."""
        surroundings = self.environment | environment
        life = Life(environment=surroundings, ground=self.ground.url, output=self.log, death=death, led=led)
        self._mortals.append(Mortal(life))
        return self._mortals[-1]

    async def leave(self) -> None:
        """Nobody is left behind, however it went."""
        for mortal in self._mortals:
            await mortal.put_down()

    @contextlib.asynccontextmanager
    async def keeping(self, deaths: Iterable[Death] = ()) -> AsyncIterator[None]:
        """In the block there is a bot, whatever deaths it dies; at the end it is stopped in order."""
        living: list[Mortal] = []
        keeper = asyncio.create_task(self._keep(living, [*deaths]))
        async with self.hurrying():
            try:
                yield
                # One that has only just been born would not understand what it is asked.
                async with asyncio.timeout(PATIENCE):
                    await self.see(lambda: self.ground.sockets.connected == 2)
            finally:
                keeper.cancel()
                await asyncio.wait({keeper})
            await self.end(living[-1])

    async def end(self, mortal: Mortal) -> None:
        """Stops a process in order."""
        mortal.ask_to_stop()
        code = await mortal.ended()
        if code:
            self._toll.wrongs.append(f"wrong: a process that was asked to stop ended with {code}")

    def buried(self, code: int, *, expected: int = KILLED) -> None:
        """A process has ended, and should have ended so."""
        self._toll.kills += 1
        if code != expected:
            self._toll.wrongs.append(f"wrong: a process ended with {code} and not with {expected}")

    async def _nothing_under_way(self, *, but: str) -> None:
        async with self.records() as kept:
            while [left for left in await kept.under_way() if but not in left]:  # noqa: ASYNC110  (likewise)
                await asyncio.sleep(GLANCE)

    @contextlib.asynccontextmanager
    async def hurrying(self) -> AsyncIterator[None]:
        """The clock runs fast."""
        task = asyncio.create_task(self._hurry())
        try:
            yield
        finally:
            task.cancel()

    async def _keep(self, living: list[Mortal], deaths: list[Death]) -> None:
        for death in [*deaths, None]:
            living.append(self.mortal(death))
            await living[-1].start()
            self.buried(await living[-1].ended())

    async def _hurry(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            self.ground.clock.advance(HURRY)


@contextlib.asynccontextmanager
async def ordeal(
    url: str, folder: Path, *, environment: Mapping[str, str] | None = None, ack_within: float = 1.0
) -> AsyncIterator[Ordeal]:
    """An ordeal on a migrated database, with a practice ground of its own."""
    ground = Sandbox(manifest=manifest(COMMANDS), clock=SandboxClock(), ack_within=ack_within)
    await ground.start()
    try:
        found = Ordeal(ground, url, folder)
        found.environment |= environment or {}
        await found.introduce()
        try:
            yield found
        finally:
            await found.leave()
    finally:
        await ground.stop()
