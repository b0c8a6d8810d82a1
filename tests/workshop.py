"""A workshop beside the lookout: kinds of changes are planned, carried out and verified there, without a bot."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.change import Change
from bot.domain.effect import Attempt
from bot.domain.errors import Retry, Unsure
from bot.domain.incident import Incident
from bot.domain.plan import Plan
from bot.integrations.cloud_run import CloudRun
from bot.integrations.cloud_run_changes import CloudRunChanges
from playbooks.changes.kind import Asked, ChangeKind, Done, Parameters, Verified
from playbooks.hands import Hands, ServiceChanges
from sandbox.faults import Fault
from sandbox.postgres_server import PostgresServer
from tests.lookout import Lookout, lookout

MOST_ATTEMPTS = 400


@dataclass(kw_only=True)
class Workshop:
    """The ground, and hands on it. Time passes only while something is waited for, or where a test lets it pass."""

    over: Lookout
    hands: Hands
    by: str = "U0ANA"
    incident: Incident | None = None
    past: tuple[Change, ...] = ()
    undone: Change | None = None
    waited: list[str] = field(default_factory=list)

    @property
    def services(self) -> ServiceChanges:
        assert self.hands.services
        return self.hands.services

    def breaks(self, breakage: str, of: str = "", *, minutes: float = 10) -> None:
        """Somebody broke something some minutes ago."""
        self.over.breaks(breakage, of)
        self.over.pass_minutes(minutes)

    @property
    def broken(self) -> list[str]:
        return [each.kind for each in self.over.ground.platform.broken()]

    def serving(self, service: str) -> Mapping[str, int]:
        """Which revision gets how much, by the number in its name; what gets nothing is left out."""
        platform = self.over.ground.platform
        shares = platform.service(service).serving(self.over.now.timestamp())
        return {share.revision.name.removeprefix(f"{service}-"): share.percent for share in shares if share.percent}

    def loses(self, kind: str, method: str, *, times: int = 1) -> None:
        """So many calls of Google's go wrong: "drop_after" does it and nobody hears of it, "drop_before" does not."""
        fault = Fault(name=kind, kind=kind, target="google", method=method, times=times)
        self.over.ground.faults.add(fault)

    def has_pool_sizes(self, sizes: Mapping[str, int | None]) -> None:
        """The operator's file says so of how many connections an instance of a service opens."""
        organisation = self.over.world.organisation
        services = {
            key: replace(service, pool_size=sizes.get(key, service.pool_size))
            for key, service in organisation.services.items()
        }
        world = replace(self.over.world, organisation=replace(organisation, services=services))
        self.over = replace(self.over, world=world)
        self.hands = replace(self.hands, world=world)

    def asked(self) -> Asked:
        return Asked(
            by=self.by,
            now=self.over.now,
            organisation=self.over.world.organisation,
            incident=self.incident,
            past=self.past,
            undoes=self.undone,
        )

    def read(self, kind: ChangeKind, words: str) -> Parameters:
        """What somebody typed behind a command."""
        return kind.read(words.split(), self.asked())

    async def plan(self, kind: ChangeKind, words: str) -> Plan:
        """The plan for what somebody typed behind a command."""
        return await kind.plan(self.over.world, self.read(kind, words), self.asked())

    async def carry_out(
        self, kind: ChangeKind, plan: Plan, *, each: Callable[[], None] | None = None, look: bool = False
    ) -> Done:
        """Tries until it is done, as the relay would; `each` is called whenever something is waited for, and with `look`
        nobody knows what happened before."""
        attempt = Attempt(key="try", serial=1, first_at=self.over.now, look=look)
        self.waited.clear()
        for _ in range(MOST_ATTEMPTS):
            try:
                return await kind.carry_out(self.hands, plan, attempt)
            except Unsure as unsure:
                self.waited.append(str(unsure))
                attempt = replace(attempt, look=True)
                self.over.ground.clock.advance(1.0)
            except Retry as waiting:
                self.waited.append(str(waiting))
                attempt = replace(attempt, note=attempt.note if waiting.note is None else waiting.note)
                self.over.ground.clock.advance(max(waiting.after or 0.0, 1.0))
                if each:
                    each()
        raise AssertionError(f"it never ended: {self.waited[-3:]}")

    async def verify(self, kind: ChangeKind, plan: Plan) -> Verified:
        """Looks until somebody can tell, or the time for it is over."""
        began = self.over.now
        while True:
            found = await kind.verify(self.over.world, plan, began)
            if found.helped is not None or self.over.now - began >= kind.verify_within:
                return found
            self.over.pass_minutes(1)

    async def does(self, kind: ChangeKind, words: str) -> Verified:
        """Plans, carries out and verifies."""
        plan = await self.plan(kind, words)
        assert not plan.nothing_to_do, plan.nothing_to_do
        await self.carry_out(kind, plan)
        return await self.verify(kind, plan)

    def begun(self, plan: Plan, *, times: int) -> tuple[Change, ...]:
        """Changes by this plan that began just now."""
        return tuple(
            Change(
                number=number,
                kind=plan.kind,
                parameters={},
                requested_by=self.by,
                requested_at=self.over.now,
                place="room/1",
                plan=plan,
                begun_at=self.over.now,
            )
            for number in range(1, times + 1)
        )

    async def undoes(self, kinds: Mapping[str, ChangeKind], kind: ChangeKind, plan: Plan) -> Plan:
        """The plan of what takes a change back."""
        undo = kind.undo(plan)
        assert undo
        name, parameters = undo
        return await kinds[name].plan(self.over.world, parameters, self.asked())


@contextlib.asynccontextmanager
async def workshop(store_url: str, *, postgres: PostgresServer) -> AsyncIterator[Workshop]:
    """A workshop within a block; see `lookout` for `postgres`."""
    async with lookout(store_url, postgres=postgres) as over:
        services = over.world.services
        assert isinstance(services, CloudRun)
        changes = CloudRunChanges(services, timeout=10)
        yield Workshop(over=over, hands=Hands(world=over.world, services=changes))
