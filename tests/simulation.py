"""Days on the jumping clock, with processes that are lost and outages that are long; afterwards all is accounted for."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.domain.handoff import LookWhoHandsOver
from bot.domain.maintenance import Maintenance
from bot.domain.run import Run
from bot.domain.schedule import Slot
from bot.organisation import Organisation
from bot.public_holidays import Holidays
from bot.store.database import open_database
from bot.store.due import due_lanes, next_due
from bot.store.maintenances import maintenance as maintenance_table
from bot.store.slots import slot as slot_table
from bot.store.unit_of_work import Store
from playbooks.rendering import Rendering
from sandbox.clock import SandboxClock
from tests.almanac import Entry
from tests.replica import Replica, Street
from tests.war_room import example

LED_WITHIN = 60.0
A_SECOND = timedelta(seconds=1)
"""After so long it is looked again at what limits held up."""
BOUNDARIES = 25
"""A process that is to be lost passes so many at most before."""
TOGETHER = 0.1
"""How often a process that stands by ticks as well, as one would that has not noticed yet that it leads no longer."""
HANDS_OVER = {"outgoing": "PANA001", "outgoing_name": "Ana", "incoming": "PBEN001", "incoming_name": "Ben"}


@dataclass(frozen=True, kw_only=True)
class Outage:
    """No process runs from `begin` until `end`."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Course:
    """What is simulated. `losses` is how often the leader dies in the middle of what it does, for each thing due."""

    begin: datetime
    end: datetime
    entries: Sequence[Entry]
    days_off: frozenset[date] = frozenset()
    outages: tuple[Outage, ...] = ()
    replicas: int = 1
    losses: float = 0
    seed: int = 0


@dataclass(kw_only=True)
class Simulation:
    """Some processes on one database, and the time, which goes from one thing due to the next."""

    course: Course
    clock: SandboxClock
    street: Street
    eye: Store
    make: Callable[[], Replica]
    dice: random.Random
    living: list[Replica] = field(default_factory=list)
    lost: int = 0

    async def run(self) -> None:
        for outage in self.course.outages:
            await self.until(outage.begin)
            await self.stop()
            self.clock.advance((outage.end - self.clock.now()).total_seconds())
            await self.begin()
        await self.until(self.course.end)

    async def begin(self) -> None:
        """All processes start, and do what is due."""
        for _ in range(self.course.replicas):
            await self._add()
        await self._turn()

    async def stop(self) -> None:
        """None runs any more."""
        while self.living:
            await self.living.pop().bury()

    async def until(self, end: datetime) -> None:
        while (moment := await self._next()) and moment <= end:
            self.clock.advance(max((moment - self.clock.now()).total_seconds(), 0.0))
            await self._turn()
        self.clock.advance((end - self.clock.now()).total_seconds())

    async def slots(self) -> list[tuple[Slot, int | None]]:
        """Everything that was claimed, in order."""
        async with self.eye.look() as unit:
            rows = await unit.connection.execute(slot_table.select().order_by("at", "playbook"))
            return [(Slot(playbook=row.playbook, local=row.local, at=row.at), row.run) for row in rows]

    async def runs(self) -> dict[int, Run]:
        """All runs of playbooks that the clock began, by their number; looks of a maintenance are its own."""
        async with self.eye.look() as unit:
            found = await unit.runs.begun_since(self.course.begin)
        sheets = {run.id: run.start.sheet for run in found if run.start and run.start.sheet}
        return {
            run.id: run for run in found if run.id in sheets and not sheets[run.id].thread.startswith("maintenance/")
        }

    async def maintenances(self) -> list[Maintenance]:
        async with self.eye.look() as unit:
            numbers = await unit.connection.scalars(
                maintenance_table.select().with_only_columns(maintenance_table.c.number).order_by("starts_at")
            )
            return [each for number in numbers if (each := await unit.maintenances.get(number))]

    async def _add(self) -> None:
        made = self.make()
        self.living.append(made)
        await made.start()

    async def _next(self) -> datetime | None:
        due = await self.living[0].due.next_due()
        async with self.eye.look() as unit:
            held_up = await due_lanes(unit.connection, unit.now, most=1, floor=0, closed=())
            moments = due, await next_due(unit.connection, unit.now), unit.now + A_SECOND if held_up else None
        return min(filter(None, moments), default=None)

    async def _turn(self) -> None:
        """Whoever leads does what is due; when it dies over it, the next one does what it left."""
        leader = await self._leader()
        if self.dice.random() < self.course.losses:
            leader.dies_in(self.dice.randint(1, BOUNDARIES))
        others = [each for each in self.living if each is not leader]
        late = self.dice.sample(others, 1) if others and self.dice.random() < TOGETHER else []
        await asyncio.gather(*(each.tick() for each in (leader, *late)))
        await leader.quiet()
        if leader.dead:
            self.lost += 1
            self.living.remove(leader)
            await leader.bury()
            await self._add()
            await self._turn()

    async def _leader(self) -> Replica:
        """Who leads, once somebody does."""
        async with asyncio.timeout(LED_WITHIN):
            while not (leading := [each for each in self.living if each.leads]):  # noqa: ASYNC110  (a lease tells nobody)
                await asyncio.sleep(0.01)
        return leading[0]


@asynccontextmanager
async def simulation(url: str, course: Course, organisation: Organisation) -> AsyncIterator[Simulation]:
    """The bot of the example's runbook on a migrated database, at the beginning of a course."""
    clock = SandboxClock(start=course.begin, ticking=False)
    catalogue = example()[1]
    ours = replace(organisation, holidays=Holidays(dates=course.days_off))
    eye = Store(open_database(url), clock)
    street = Street(Rendering(store=eye, organisation=ours), clock)
    street.facts[LookWhoHandsOver] = HANDS_OVER
    made = Simulation(
        course=course,
        clock=clock,
        street=street,
        eye=eye,
        make=lambda: Replica(url, clock, ours, catalogue, street),
        dice=random.Random(course.seed),
    )
    try:
        await made.begin()
        yield made
    finally:
        await made.stop()
        await eye.close()


def pairs(course: Course) -> Iterator[tuple[Entry, datetime]]:
    """Everything that should have started, by hand."""
    for entry in course.entries:
        for at in entry.moments(course.begin, course.end, course.days_off):
            yield entry, at
