"""A war room whose changes are real: planned, carried out and verified on the practice ground's platform, step by step."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.audit import Entry, first_broken
from bot.domain.change import Change
from bot.domain.change_policy import ChangePolicy
from bot.domain.effect import Effect
from bot.domain.evidence import CouldNotLook
from bot.domain.incident import Incident, Severity
from bot.integrations.cloud_run import CloudRun
from bot.integrations.cloud_run_changes import CloudRunChanges
from bot.organisation import Organisation
from bot.store.database import open_database
from bot.store.leadership import leadership_of
from bot.store.points import Points, no_points
from bot.store.unit_of_work import Store
from playbooks import load
from playbooks.approvals import Approvals, Token
from playbooks.beginning import Somewhere
from playbooks.change_requests import ChangeRequests
from playbooks.changing import Changing
from playbooks.freezing import Freezing
from playbooks.group_members import GroupMembers
from playbooks.hands import Hands
from playbooks.messages.change_controls import MARK
from playbooks.receipts import Receipts
from playbooks.vocabulary import vocabulary
from sandbox.postgres_server import PostgresServer
from scheduler.outcome import Settle
from scheduler.relay import Relay
from tests.lookout import Lookout, lookout
from tests.war_room import ANA, BEN, DEE, WarRoom, kinds_of

POLICY = ChangePolicy(ask=("ana", "ben"), agree=("ben", "dee", "S0LEADS"), leads=("eli",))
"""Ana and Ben ask; Ben, Dee and the group agree; Cho may do nothing."""
ANYWHERE = Somewhere(channel="C1")


@dataclass
class Groups:
    """Slack's user groups, as somebody changes them; a group that is gone cannot be looked at."""

    members_of: dict[str, frozenset[str]] = field(default_factory=lambda: {"S0LEADS": frozenset()})

    async def members(self, group: str) -> frozenset[str]:
        if group not in self.members_of:
            raise CouldNotLook(f"Slack does not say who is in {group}.")
        return self.members_of[group]


class ChangeRoom(WarRoom):
    """The bot as people use it for changes. Nothing is carried out before `settle`, so that much can happen in between."""

    def __init__(self, over: Lookout, store: Store, organisation: Organisation) -> None:
        catalogue = load(vocabulary(), None)
        super().__init__(store, over.ground.clock, organisation, catalogue)
        self.over = over
        self.platform = over.ground.platform
        self.groups = Groups()
        self.requests = ChangeRequests(store=store, organisation=organisation)
        self.approvals = Approvals(store=store, organisation=organisation)
        self.freezing = Freezing(store=store, organisation=organisation)
        services = over.world.services
        assert isinstance(services, CloudRun)
        world = replace(over.world, organisation=organisation)
        self.hands = Hands(world=world, services=CloudRunChanges(services, timeout=10))
        groups = GroupMembers(world=world, user_groups=self.groups)
        self.changing = Changing(store=store, organisation=organisation, hands=self.hands, groups=groups)
        receipts = Receipts(store=store, organisation=organisation, catalogue=catalogue)
        self.relay = Relay(
            store=store,
            leadership=leadership_of(store.database, lease_seconds=10),
            executors={**dict.fromkeys(kinds_of(Effect), self.outside.carry_out), **self.changing.executors()},
            received=receipts.received,
            buried=receipts.buried,
            held=receipts.held,
            settle=Settle(seconds=1, urgent_seconds=1),
        )

    async def outage(self) -> Incident:
        """A critical incident of the control plane, in the room C1."""
        incident = await self.declare(Severity.CRITICAL, by=ANA)
        async with self.incidents._deciding.about(incident.number, self.delivery()) as decision:
            decision.incident.services = ("control-plane",)
        return incident

    async def ask(
        self, words: str = "control-plane", kind: str = "rollback", *, by: str = ANA, where: Somewhere = ANYWHERE
    ) -> Change:
        """Somebody asks, and it is planned."""
        found = self.requests.kind(kind)
        parameters = found.read(words.split(), await self.requests.asked(where, by))
        change = await self.requests.ask(found, parameters, where, by=by, delivery=self.delivery())
        await self.settle()
        return await self.change(change.number)

    async def agree(self, change: Change, *, by: str = BEN, typed: str = "") -> Change:
        """Somebody presses; nothing is carried out yet."""
        return await self.approvals.agree(token_of(change), by=by, delivery=self.delivery(), typed=typed)

    async def change(self, number: int = 1) -> Change:
        async with self.store.look() as unit:
            found = await unit.changes.get(number)
        assert found
        return found

    async def ends(self, number: int = 1, *, minutes: int = 20) -> Change:
        """Time passes until it is over."""
        for _ in range(minutes * 4):
            await self.settle()
            change = await self.change(number)
            if change.stage.over:
                return change
            await self.pass_time(seconds=15)
        raise AssertionError(f"CHG-{number} never ended: {change.stage}")

    async def audit(self) -> list[Entry]:
        """Everything that was remembered; it is whole."""
        async with self.store.look() as unit:
            entries = [entry async for entry in unit.audit.entries()]
        assert first_broken(entries) is None
        return entries

    async def deeds(self) -> list[str]:
        return [entry.record.deed for entry in await self.audit()]

    def serving(self, service: str = "control-plane") -> Mapping[str, int]:
        shares = self.platform.service(service).serving(self.clock.now().timestamp())
        return {share.revision.name: share.percent for share in shares if share.percent}


def token_of(change: Change) -> Token:
    """What the button of a card carries."""
    assert change.plan
    return Token(change=change.number, round=change.round, mark=change.plan.digest[:MARK])


@contextlib.asynccontextmanager
async def change_room(
    url: str,
    *,
    postgres: PostgresServer,
    policy: ChangePolicy = POLICY,
    points: Points = no_points,
    observing: bool = False,
) -> AsyncIterator[ChangeRoom]:
    """A room beside a platform on which a bad revision serves."""
    async with lookout(url, postgres=postgres) as over:
        organisation = replace(over.world.organisation, changes=policy, observing=observing)
        store = Store(open_database(url), over.ground.clock, points=points)
        over.breaks("bad-deploy")
        over.pass_minutes(10)
        try:
            yield ChangeRoom(over, store, organisation)
        finally:
            await store.close()


__all__ = ["ANA", "BEN", "DEE", "ChangeRoom", "change_room", "token_of"]
