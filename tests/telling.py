"""A small workshop for changes that reach people: mail, PagerDuty and Zoom on loopback, and nothing of the platform."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from aiohttp import web

from bot.domain.change import Change
from bot.domain.effect import Attempt
from bot.domain.errors import Retry, Unsure
from bot.domain.incident import Incident
from bot.domain.plan import Plan
from bot.integrations.mail import MailServer as MailClient
from bot.integrations.maintenance import MaintenanceWindows
from bot.integrations.pager import Pager
from bot.integrations.waking import Waking
from bot.integrations.zoom import Zoom as ZoomClient
from bot.organisation import Organisation
from playbooks.changes.kind import Asked, ChangeKind, Done, Parameters, Verified
from playbooks.hands import Hands
from playbooks.world import World
from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.mail_server import MailServer
from sandbox.pagerduty.seed import API_TOKEN, SENDER
from sandbox.slack.archive import Archive
from sandbox.zoom import ACCOUNT, CLIENT, ROOT, SECRET, Zoom
from tests.empty_world import empty_world
from tests.pagerduty_server import PagerDutyServer, pagerduty_server

MOST_ATTEMPTS = 100

Came = TypeVar("Came")


@dataclass(kw_only=True)
class Telling:
    """Hands that reach people. Time passes only while something is waited for, or where a test lets it pass."""

    world: World
    hands: Hands
    mail: MailServer
    pagerduty: PagerDutyServer
    zoom: Zoom
    zoom_url: str
    by: str = "U0ANA"
    incident: Incident | None = None
    past: tuple[Change, ...] = ()
    waited: list[str] = field(default_factory=list)

    @property
    def clock(self) -> SandboxClock:
        return self.pagerduty.clock

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def is_organised(self, organisation: Organisation) -> None:
        """The operator's file says so."""
        self.world = replace(self.world, organisation=organisation)
        self.hands = replace(self.hands, world=self.world)

    def breaks(self, kind: str, target: str, method: str, *, times: int = 1) -> None:
        """So many calls go wrong: "drop_after" does it and nobody hears of it, "drop_before" does not."""
        self.pagerduty.faults.add(Fault(name=kind, kind=kind, target=target, method=method, times=times))

    def passes(self, length: timedelta) -> None:
        self.clock.advance(length.total_seconds())

    def asked(self) -> Asked:
        organisation = self.world.organisation
        return Asked(by=self.by, now=self.now, organisation=organisation, incident=self.incident, past=self.past)

    def read(self, kind: ChangeKind, words: str) -> Parameters:
        """What somebody typed behind a command."""
        return kind.read(words.split(), self.asked())

    async def plan(self, kind: ChangeKind, words: str) -> Plan:
        return await kind.plan(self.world, self.read(kind, words), self.asked())

    async def carry_out(self, kind: ChangeKind, plan: Plan, *, look: bool = False) -> Done:
        """Tries until it is done, as the relay would; with `look` nobody knows what happened before."""
        return await self.until_done(lambda attempt: kind.carry_out(self.hands, plan, attempt), look=look)

    async def verify(self, kind: ChangeKind, plan: Plan) -> Verified:
        """Looks until somebody can tell, or the time for it is over."""
        began = self.now
        while True:
            found = await kind.verify(self.world, plan, began)
            if found.helped is not None or self.now - began >= kind.verify_within:
                return found
            self.passes(timedelta(seconds=30))

    async def undo(self, kind: ChangeKind, plan: Plan) -> Plan:
        """The plan of what takes a change back; here that is of the same kind."""
        undo = kind.undo(plan)
        assert undo
        assert undo[0] == kind.name
        return await kind.plan(self.world, undo[1], self.asked())

    async def until_done(
        self, attempted: Callable[[Attempt], Awaitable[Came]], *, key: str = "try", look: bool = False
    ) -> Came:
        """Tries as the relay would: with the note that the last attempt left, and time passing in between."""
        attempt = Attempt(key=key, serial=1, first_at=self.now, look=look)
        self.waited.clear()
        for _ in range(MOST_ATTEMPTS):
            try:
                return await attempted(attempt)
            except Unsure as unsure:
                self.waited.append(str(unsure))
                attempt = replace(attempt, look=True)
                self.passes(timedelta(seconds=15))
            except Retry as waiting:
                self.waited.append(str(waiting))
                attempt = replace(attempt, note=attempt.note if waiting.note is None else waiting.note)
                self.passes(timedelta(seconds=max(waiting.after or 0.0, 1.0)))
        raise AssertionError(f"it never ended: {self.waited[-3:]}")


@contextlib.asynccontextmanager
async def zoom_face(pagerduty: PagerDutyServer) -> AsyncIterator[tuple[Zoom, str]]:
    """Zoom within a block, and where it answers."""
    clock = pagerduty.clock
    zoom = Zoom(archive=Archive(), faults=pagerduty.faults, log=pagerduty.log, now=clock.now)
    application = web.Application()
    application.add_routes(zoom.routes())
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield zoom, f"http://127.0.0.1:{runner.addresses[0][1]}{ROOT}/v2"
    await runner.cleanup()


def zoom_client(url: str, clock: SandboxClock, *, secret: str = SECRET, hosts: Sequence[str] = ()) -> ZoomClient:
    """The bot's own client of it."""
    return ZoomClient(account=ACCOUNT, client=CLIENT, secret=secret, url=url, hosts=hosts, timeout=5, clock=clock)


@contextlib.asynccontextmanager
async def telling() -> AsyncIterator[Telling]:
    """The workshop within a block."""
    async with pagerduty_server() as pagerduty, zoom_face(pagerduty) as (zoom, zoom_url):
        clock = pagerduty.clock
        mail = MailServer(clock=clock, archive=Archive(), faults=pagerduty.faults, log=pagerduty.log)
        await mail.start()
        windows = MaintenanceWindows(token=API_TOKEN, sender=SENDER, url=pagerduty.api_url, timeout=5, clock=clock)
        pager = Pager(token=API_TOKEN, url=pagerduty.api_url, timeout=5, clock=clock)
        account = pagerduty.client()
        meetings = zoom_client(zoom_url, clock)
        world = replace(empty_world(clock.now()), clock=clock, windows=windows, pager=pager, meetings=meetings)
        client = MailClient(url=mail.url, timeout=5)
        try:
            hands = Hands(
                world=world, mail=client, windows=windows, pages=Waking(account, world.organisation), meetings=meetings
            )
            yield Telling(world=world, hands=hands, mail=mail, pagerduty=pagerduty, zoom=zoom, zoom_url=zoom_url)
        finally:
            await meetings.close()
            await account.close()
            await pager.close()
            await windows.close()
            await mail.stop()
