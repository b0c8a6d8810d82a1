"""One process of opsbot on a database that it may share: its clock, its relay, and a death at any boundary."""

import asyncio
import contextlib
from asyncio import FIRST_COMPLETED, CancelledError, create_task
from collections import Counter
from datetime import datetime

from bot.domain.effect import Attempt, Effect, Post, Receipt
from bot.organisation import Organisation
from bot.store.database import open_database
from bot.store.leadership import Leadership, leadership_of
from bot.store.unit_of_work import Store
from playbooks import Catalogue
from playbooks.receipts import Receipts
from playbooks.rendering import Rendering
from playbooks.timetable import Timetable
from sandbox.clock import SandboxClock
from scheduler.due import Due
from scheduler.outcome import Settle
from scheduler.relay import Relay
from scheduler.watch import Watch
from tests.relaying import never
from tests.war_room import Outside, kinds_of

LEASE = 3.0


class Street(Outside):
    """The outside of all of them, which remembers when each message came, and recognises one that it has already."""

    def __init__(self, rendering: Rendering, clock: SandboxClock) -> None:
        super().__init__(rendering)
        self._clock = clock
        self._receipts: dict[str, Receipt] = {}
        self.at: dict[str, datetime] = {}
        """When each message was posted, by slot."""
        self.where: dict[str, str] = {}
        self.doubled: Counter[str] = Counter()
        """Messages that were posted again without a look whether they stand."""

    async def _post(self, effect: Post, attempt: Attempt) -> Receipt:
        if effect.slot in self._receipts:
            if not attempt.look:
                self.doubled[effect.slot] += 1
            return self._receipts[effect.slot]
        receipt = await super()._post(effect, attempt)
        if effect.slot in self.messages:
            self._receipts[effect.slot] = receipt
            self.at[effect.slot], self.where[effect.slot] = self._clock.now(), effect.place
        return receipt


class Tenure:
    """A leadership that ends with its process: it records nothing any more, and its lease has run out."""

    def __init__(self, lease: Leadership) -> None:
        self._lease = lease
        self.over = False

    @property
    def held(self) -> bool:
        return self._lease.held and not self.over

    async def acquire(self, *, wait: bool = True) -> int | None:
        return await self._lease.acquire(wait=wait)

    async def lost(self) -> None:
        await self._lease.lost()

    def stand_down(self) -> None:
        self._lease.stand_down()

    async def release(self) -> None:
        await self._lease.release()


class Replica:
    """Lives from `start` until it dies or is stopped, and is buried then."""

    def __init__(
        self, url: str, clock: SandboxClock, organisation: Organisation, catalogue: Catalogue, street: Street
    ) -> None:
        self._left = 0
        self._life: asyncio.Task[None] | None = None
        self._ticking: asyncio.Task[None] | None = None
        self.store = Store(open_database(url), clock, points=self._pass)
        timetable = Timetable(organisation, catalogue)
        self.due = Due(store=self.store, organisation=organisation, timetable=timetable)
        self._watch = Watch(store=self.store, organisation=organisation, timetable=timetable)
        self._tenure = Tenure(leadership_of(self.store.database, lease_seconds=LEASE, deadman=never))
        receipts = Receipts(store=self.store, organisation=organisation, catalogue=catalogue)
        self._relay = Relay(
            store=self.store,
            leadership=self._tenure,
            executors=dict.fromkeys(kinds_of(Effect), street.carry_out),
            received=receipts.received,
            buried=receipts.buried,
            held=receipts.held,
            settle=Settle(seconds=1, urgent_seconds=1),
        )

    @property
    def dead(self) -> bool:
        return self._tenure.over

    @property
    def leads(self) -> bool:
        return self._relay.leads

    async def start(self) -> None:
        """As the process does: know when playbooks start next, then relay whenever nobody else does."""
        await self.due.expect()
        self._life = create_task(self._relay.run())

    def dies_in(self, boundaries: int) -> None:
        """It dies at one of the next boundaries between two steps."""
        self._left = self._left or boundaries

    async def tick(self) -> None:
        """Do all that is due by now, and look whether all has started that should have."""
        self._ticking = create_task(self._tick())
        await asyncio.wait({self._ticking})
        if not self._ticking.cancelled():
            self._ticking.result()

    async def quiet(self) -> None:
        """Returns once it has nothing to carry out, or does not lead any more."""
        assert self._life
        quiet = create_task(self._relay.quiet())
        while self.leads and not quiet.done() and not self._life.done():
            await asyncio.wait({quiet, self._life}, timeout=1, return_when=FIRST_COMPLETED)
        quiet.cancel()

    def die(self) -> None:
        """Nothing that it was about to do is done."""
        self._tenure.over = True
        for task in (self._life, self._ticking):
            if task:
                task.cancel()

    async def bury(self) -> None:
        self.die()
        if self._life:
            with contextlib.suppress(CancelledError):
                await self._life
        await self.store.close()

    async def _tick(self) -> None:
        await self.due.tick()
        await self._watch.look()

    def _pass(self, point: str) -> None:
        del point
        if self._left and not self.dead:
            self._left -= 1
            if not self._left:
                self.die()
                raise CancelledError
