"""Incidents with the real store, relay and clock, and an outside that is a few dictionaries."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from bot.domain.delivery import Delivery
from bot.domain.effect import (
    Attempt,
    Delete,
    Edit,
    Effect,
    FindChannel,
    OpenDirect,
    OpenRoom,
    Post,
    Receipt,
    SetTopic,
)
from bot.domain.errors import GiveUp, Retry
from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.incident import Incident, Severity
from bot.domain.looking import LookAt
from bot.domain.message import Message
from bot.domain.paging import FollowPage
from bot.domain.profile import SetProfile, Standing
from bot.domain.run import Run
from bot.domain.schedule import Schedules, read_schedule
from bot.organisation import Organisation
from bot.organisation_file import load_organisation
from bot.store.database import open_database
from bot.store.evidence import write_evidence
from bot.store.leadership import leadership_of
from bot.store.unit_of_work import Store
from playbooks import Catalogue, load
from playbooks.declaration import Declaration
from playbooks.evidence.looking import FOUND
from playbooks.incidents import Incidents
from playbooks.receipts import Receipts
from playbooks.rendering import Rendering
from playbooks.runner import Runner
from playbooks.timetable import Timetable
from playbooks.vocabulary import vocabulary
from sandbox.clock import SandboxClock
from scheduler.due import Due
from scheduler.outcome import Settle
from scheduler.relay import Relay

ROOT = Path(__file__).parent.parent
START = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
"""A Monday at 10:00 in New York, in business hours."""
ANA, BEN, CHO, DEE, ELI, FAY, GUS = (f"U0{name}" for name in ("ANA", "BEN", "CHO", "DEE", "ELI", "FAY", "GUS"))


class Outside:
    """Slack and PagerDuty as far as an effect can tell: what was posted where, who was invited, who was paged."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        self._numbers = count(1)
        self.messages: dict[str, Message] = {}
        """What stands in Slack, by slot."""
        self.posts: list[str] = []
        """The slots that were posted, in order."""
        self.done: list[Effect] = []
        self.topics: dict[int, str] = {}
        self.seen: dict[str, Evidence] = {}
        """What is found when something is looked at; without an entry that it is not configured."""
        self.news: dict[str, list[dict[str, str]]] = {}
        """What PagerDuty has to say about an alert, and has not said yet."""
        self.facts: dict[type[Effect], dict[str, str]] = {}
        """What the receipts of effects of a kind say."""
        self.broken: dict[type[Effect], Exception] = {}
        """Effects that fail for now, and how."""

    async def carry_out(self, effect: Effect, attempt: Attempt) -> Receipt:
        if error := self.broken.get(type(effect)):
            raise error
        receipt = await self._carry_out(effect, attempt)
        self.done.append(effect)
        return receipt

    async def _carry_out(self, effect: Effect, attempt: Attempt) -> Receipt:
        match effect:
            case OpenRoom():
                return Receipt(binds={f"room/{effect.incident}": {"channel": f"C{effect.incident}"}})
            case FindChannel():
                return Receipt(binds={f"channel/{effect.name}": {"channel": f"C{effect.name}"}})
            case OpenDirect():
                return Receipt(binds={f"dm/{effect.user}": {"channel": f"D{effect.user}"}})
            case Post():
                return await self._post(effect, attempt)
            case Edit():
                await self._edit(effect)
            case Delete():
                del self.messages[effect.slot]
            case SetTopic():
                self.topics[effect.incident] = await self._rendering.topic_of(effect.incident)
            case _:
                return self._told(effect, attempt)
        return Receipt()

    def _told(self, effect: Effect, attempt: Attempt) -> Receipt:
        """What the outside answers when it is asked."""
        match effect:
            case FollowPage():
                return self._follow(effect)
            case LookAt():
                return Receipt(facts={FOUND: write_evidence(self._found(effect, attempt))})
            case SetProfile():
                return Receipt(facts={"standing": Standing.FULL})
            case _:
                return Receipt(facts=self.facts.get(type(effect), {}))

    def _found(self, effect: LookAt, attempt: Attempt) -> Evidence:
        unseen = Finding(verdict=Verdict.NOT_CONFIGURED, says=f"{effect.name} is not configured.")
        seen = self.seen.get(effect.name) or Evidence(name=effect.name, findings=(unseen,), looked_at=attempt.first_at)
        return replace(seen, looked_at=attempt.first_at)

    async def _post(self, effect: Post, attempt: Attempt) -> Receipt:
        message = effect.message or await self._rendering.message_of(effect.slot)
        if message is None:
            return Receipt()
        assert effect.slot not in self.messages, f"{effect.slot} was posted twice"
        self.messages[effect.slot] = message
        self.posts.append(effect.slot)
        ids = {"channel": attempt.bound[effect.place]["channel"], "ts": f"{next(self._numbers)}.0"}
        return Receipt(binds={effect.slot: ids})

    async def _edit(self, effect: Edit) -> None:
        if effect.slot in self.messages and (message := await self._rendering.message_of(effect.slot)):
            self.messages[effect.slot] = message

    def _follow(self, effect: FollowPage) -> Receipt:
        told = self.news.get(effect.alert)
        if not told:
            raise Retry("no news", after=5)
        return Receipt(facts={"seen": str(len(told)), **told.pop(0)})


class WarRoom:
    """The bot as people and the clock use it."""

    def __init__(self, store: Store, clock: SandboxClock, organisation: Organisation, catalogue: Catalogue) -> None:
        self.store = store
        self.clock = clock
        self.organisation = organisation
        self.incidents = Incidents(store=store, organisation=organisation, catalogue=catalogue)
        self.runner = Runner(store=store, organisation=organisation)
        self._catalogue = catalogue
        nothing = Timetable(organisation, Catalogue(playbooks={}, mistakes=()))
        self.due = Due(store=store, organisation=organisation, timetable=nothing)
        self.rendering = Rendering(store=store, organisation=organisation)
        self.outside = Outside(self.rendering)
        self._deliveries = count(1)
        receipts = Receipts(store=store, organisation=organisation, catalogue=catalogue)
        self.relay = Relay(
            store=store,
            leadership=leadership_of(store.database, lease_seconds=10),
            executors=dict.fromkeys(kinds_of(Effect), self.outside.carry_out),
            received=receipts.received,
            buried=receipts.buried,
            held=receipts.held,
            settle=Settle(seconds=1, urgent_seconds=1),
        )

    async def expect_only(self, playbook: str, *, at: str = "") -> None:
        """From now on this alone starts by the clock: when it usually does, or at another time ("friday 18:30")."""
        organisation = self.organisation
        if at:
            organisation = replace(organisation, schedules=Schedules(chosen={playbook: read_schedule(at)}))
        only = Catalogue(playbooks={playbook: self._catalogue.find(playbook)}, mistakes=())
        self.due = Due(store=self.store, organisation=organisation, timetable=Timetable(organisation, only))
        await self.due.expect()

    def delivery(self) -> Delivery:
        return Delivery(source="test", key=str(next(self._deliveries)))

    async def declare(
        self, severity: Severity = Severity.CRITICAL, *, by: str = BEN, private: bool = False
    ) -> Incident:
        declaration = Declaration(title="API is down", severity=severity, private=private, channel="C1")
        incident = await self.incidents.declare(declaration, by=by, delivery=self.delivery())
        await self.settle()
        return incident

    async def settle(self, seconds: int = 0) -> None:
        """Everything that can be done outside is done; time passes only as far as Slack's pace asks for."""
        await self.relay.run_dry()
        for _ in range(seconds):
            self.clock.advance(1)
            await self.relay.run_dry()

    async def pass_time(self, **time: float) -> None:
        """Time passes, and the clock does whatever comes due on the way, at the moment it is due."""
        end = self.clock.now() + timedelta(**time)
        while (due := await self.due.next_due()) and due <= end:
            self.clock.advance(max(0.0, (due - self.clock.now()).total_seconds()))
            await self.tick()
        self.clock.advance((end - self.clock.now()).total_seconds())
        await self.tick()

    async def tick(self) -> None:
        await self.due.tick()
        await self.relay.run_dry()

    async def incident(self, number: int = 1) -> Incident:
        return await self.incidents.find(number)

    async def run(self, number: int = 1) -> Run:
        return (await self.incidents.status(number)).run

    async def due_messages(self, number: int = 1) -> list[str]:
        """The "due now" messages that stand in the room."""
        return [slot for slot in self.outside.messages if slot.startswith(f"incident/{number}/due/")]

    def say(self, alert: str, **facts: str) -> None:
        """PagerDuty has news of a page."""
        self.outside.news.setdefault(alert, []).append(facts)

    def break_down(self, kind: type[Effect], reason: str) -> None:
        """From now on effects of a kind cannot be carried out."""
        self.outside.broken[kind] = GiveUp(reason)

    def repair(self, kind: type[Effect]) -> None:
        del self.outside.broken[kind]


def kinds_of(kind: type[Effect]) -> Iterator[type[Effect]]:
    """All kinds of effects there are."""
    for below in kind.__subclasses__():
        yield below
        yield from kinds_of(below)


@cache
def example() -> tuple[Organisation, Catalogue]:
    return load_organisation(ROOT / "opsbot.example.yaml"), load(vocabulary(), None)


@asynccontextmanager
async def war_room(url: str, *, start: datetime = START) -> AsyncIterator[WarRoom]:
    """A bot on a migrated database, with the example's organisation, and a clock that stands still."""
    clock = SandboxClock(start=start, ticking=False)
    organisation, catalogue = example()
    store = Store(open_database(url), clock)
    try:
        yield WarRoom(store, clock, organisation, catalogue)
    finally:
        await store.close()
