"""An outside that takes everything at once and remembers when: for what the bot itself needs, in simulated time and in real."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from benchmarks.ground import EXAMPLE, PATIENCE
from bot.domain.clock import Clock
from bot.domain.delivery import Delivery
from bot.domain.effect import Attempt, Effect, FindChannel, OpenDirect, OpenRoom, Post, Receipt, room
from bot.domain.incident import Severity
from bot.domain.profile import SetProfile, Standing
from bot.organisation_file import load_organisation
from bot.store.database import open_database
from bot.store.leadership import leadership_of
from bot.store.migrate import migrate
from bot.store.tables import lane, outbox
from bot.store.unit_of_work import Store
from playbooks import Catalogue, load
from playbooks.declaration import Declaration
from playbooks.incidents import Incidents
from playbooks.receipts import Receipts
from playbooks.timetable import Timetable
from playbooks.vocabulary import vocabulary
from scheduler.due import Due
from scheduler.outcome import Settle
from scheduler.relay import Relay

BY = "U0CHO"
AGO = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A message, and when it was handed over."""

    slot: str
    place: str
    at: datetime


@dataclass(kw_only=True)
class Bystander:
    """What was posted, in order."""

    clock: Clock
    posted: list[Posted] = field(default_factory=list)

    async def take(self, effect: Effect, attempt: Attempt) -> Receipt:
        del attempt
        match effect:
            case OpenRoom():
                return Receipt(binds={f"room/{effect.incident}": {"channel": f"C{effect.incident}"}})
            case FindChannel():
                return Receipt(binds={f"channel/{effect.name}": {"channel": f"C{effect.name}"}})
            case OpenDirect():
                return Receipt(binds={f"dm/{effect.user}": {"channel": f"D{effect.user}"}})
            case Post():
                self.posted.append(Posted(slot=effect.slot, place=effect.place, at=self.clock.now()))
                ids = {"channel": effect.place, "ts": f"{len(self.posted)}.0"}
                return Receipt(binds={effect.slot: ids})
            case SetProfile():
                return Receipt(facts={"standing": Standing.FULL})
            case _:
                return Receipt()


@dataclass(frozen=True, kw_only=True)
class Engine:
    """The clock, the relay and the store of one process, without anything around them."""

    store: Store
    due: Due
    relay: Relay
    incidents: Incidents
    outside: Bystander

    async def open_incidents(self, count: int, severity: Severity) -> None:
        """So many were declared just now, and all that comes of declaring is done."""
        for number in range(1, count + 1):
            delivery = Delivery(source="bench", key=str(number))
            await self.incidents.declare(Declaration(title="API is down", severity=severity), by=BY, delivery=delivery)
        now = self.store.clock.now()
        done = update(outbox).values(state="done", awaits=None, attempts=1, begun_at=now - AGO, ended_at=now - AGO)
        async with self.store.begin() as unit:
            await unit.connection.execute(done)
            await unit.connection.execute(update(lane).values(next_at=None, in_flight=None))
            await unit.bindings.bind_all({room(number): {"channel": f"C{number}"} for number in range(1, count + 1)})

    @asynccontextmanager
    async def relaying(self) -> AsyncIterator[None]:
        """The relay leads all the time, as in a process of its own; it is one that knows what it began."""
        relaying = asyncio.create_task(self.relay.run())
        await self.settled()
        yield
        self.relay.stop()
        await relaying

    async def settled(self) -> None:
        """Nothing is due or in flight any more."""
        async with asyncio.timeout(PATIENCE):
            await self.relay.quiet()


@asynccontextmanager
async def engine(clock: Clock) -> AsyncIterator[Engine]:
    """On a new SQLite database; playbooks do not start by themselves."""
    with TemporaryDirectory(prefix="opsbot-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'opsbot.db'}"
        migrate(url)
        store = Store(open_database(url), clock)
        organisation, catalogue = load_organisation(EXAMPLE), load(vocabulary(), None)
        nothing = Timetable(organisation, Catalogue(playbooks={}, mistakes=()))
        outside = Bystander(clock=clock)
        receipts = Receipts(store=store, organisation=organisation, catalogue=catalogue)
        relay = Relay(
            store=store,
            leadership=leadership_of(store.database, lease_seconds=600),
            executors=dict.fromkeys(_kinds(Effect), outside.take),
            received=receipts.received,
            buried=receipts.buried,
            held=receipts.held,
            settle=Settle(seconds=1, urgent_seconds=1),
        )
        yield Engine(
            store=store,
            due=Due(store=store, organisation=organisation, timetable=nothing),
            relay=relay,
            incidents=Incidents(store=store, organisation=organisation, catalogue=catalogue),
            outside=outside,
        )
        await store.close()


def most_in_a_second(posted: Sequence[Posted], *, burst: int) -> int:
    """How many messages a place got at most in one second beyond those that may come at once."""
    by_place: dict[str, list[datetime]] = {}
    for each in posted:
        by_place.setdefault(each.place, []).append(each.at)
    return max((max(_crowd(moments)) - burst for moments in by_place.values()), default=0)


def _crowd(moments: Sequence[datetime]) -> Iterator[int]:
    """For each message, how many came within the second from it on."""
    last = 0
    for first, moment in enumerate(moments):
        while last < len(moments) and (moments[last] - moment).total_seconds() < 1:
            last += 1
        yield last - first


def _kinds(kind: type[Effect]) -> Iterator[type[Effect]]:
    """All kinds of effects there are."""
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)
