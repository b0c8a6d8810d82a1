"""Carries changes out: plans them, looks once more whether they may begin, brings them about, looks whether they helped.

What a kind of change does itself is in `playbooks.changes`; here is what holds for all of them. The row of a change
says that it has begun before anything outside is touched, so that after a crash it is looked at, and never begun twice.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.changing import CarryOut, LookAtMembers, PlanChange, ShowProof, TakeBack, VerifyChange
from bot.domain.clock import Clock
from bot.domain.effect import Attempt, Effect, Receipt
from bot.domain.errors import GiveUp, Refused, Retry, Superseded, Unsure, Waiting
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.membership import Membership
from bot.domain.plan import Plan
from bot.organisation import Organisation
from bot.store.changes import write_plan
from bot.store.evidence import write_evidence
from bot.store.memberships import write_memberships
from bot.store.unit_of_work import Store
from playbooks.authorization import Rules
from playbooks.change_decision import deciding_change
from playbooks.change_door import groups_for
from playbooks.change_facts import (
    DONE,
    FAILED,
    MEMBERS,
    PLAN,
    PROOF,
    REFUSED,
    SEEN,
    SUPERSEDED,
    VERIFIED,
    write_instead,
    write_then,
    write_verified,
)
from playbooks.change_requests import asked_in
from playbooks.change_return import take_back
from playbooks.changes import CHANGES
from playbooks.changes.kind import ChangeKind, Done, Progress, Verified
from playbooks.gate import Situation, objection
from playbooks.group_members import GroupMembers
from playbooks.hands import Hands
from playbooks.stopping import why_to_stop

log = structlog.get_logger(__name__)

Executor = Callable[[Any, Attempt], Awaitable[Receipt]]
AGAIN = 5.0
"""Seconds after which the world is looked at again that did not answer."""
VERIFY_EVERY = 20.0
NOTHING = Receipt()


@dataclass(frozen=True, kw_only=True)
class _Begun:
    """A change that has begun, with what it is."""

    change: Change
    kind: ChangeKind
    plan: Plan


class Changing:
    """The executors of `bot.domain.changing`."""

    def __init__(self, *, store: Store, organisation: Organisation, hands: Hands, groups: GroupMembers) -> None:
        self._store = store
        self._organisation = organisation
        self._hands = hands
        self._groups = groups

    def executors(self) -> Mapping[type[Effect], Executor]:
        """What is carried out here."""
        return {
            PlanChange: self.plan,
            ShowProof: self.show_proof,
            CarryOut: self.carry_out,
            VerifyChange: self.verify,
            TakeBack: self.take_back,
            LookAtMembers: self.look_at_members,
        }

    @property
    def _clock(self) -> Clock:
        return self._store.clock

    async def plan(self, effect: PlanChange, _attempt: Attempt) -> Receipt:
        """Looks what a change would do, for somebody who may ask for it. Facts: `plan`, or `refused` with why there is
        none, and `instead` where another one has to come first; and `members` of groups."""
        async with self._store.look() as unit:
            change = await unit.changes.get(effect.change)
            if change is None or change.stage is not Stage.PLANNING:
                return NOTHING
            incident = await unit.incidents.get(change.incident) if change.incident else None
            asked = await asked_in(unit, self._organisation, incident, change.requested_by, change.undoes)
        members = await self._groups.look(groups_for(self._organisation, change.kind))
        facts = {MEMBERS: write_memberships(members)}
        if not self._may_ask(change, members):
            return Receipt(facts=facts)
        try:
            plan = await CHANGES[change.kind].plan(self._hands.world, change.parameters, asked)
        except Refused as refused:
            return Receipt(facts={**facts, REFUSED: str(refused), **write_instead(refused)})
        except (CouldNotLook, NotConfigured) as error:
            return Receipt(facts={**facts, REFUSED: str(error)})
        return Receipt(facts={**facts, PLAN: write_plan(plan)})

    def _may_ask(self, change: Change, members: Sequence[Membership]) -> bool:
        rules = Rules(organisation=self._organisation, now=self._clock.now(), members={m.group: m for m in members})
        return rules.asking(change.requested_by, change.kind).may

    async def show_proof(self, effect: ShowProof, attempt: Attempt) -> Receipt:
        """Shows whoever asked what others would get. Facts: `proof`, how it was shown or why not."""
        async with self._store.look() as unit:
            change = await unit.changes.get(effect.change)
        show = CHANGES[change.kind].proof if change else None
        if change is None or change.plan is None or show is None or change.stage.over:
            return NOTHING
        if attempt.look:
            return Receipt(facts={PROOF: "Nobody knows whether a test reached whoever asked."})
        try:
            return Receipt(facts={PROOF: await show(self._hands, change.plan, change.requested_by)})
        except (GiveUp, NotConfigured, Refused) as error:
            return Receipt(facts={PROOF: f"No test was sent: {str(error).rstrip('.')}."})

    async def carry_out(self, effect: CarryOut, attempt: Attempt) -> Receipt:
        """Brings about what was agreed to. Facts: `done`, `failed` or `superseded` with a sentence; none when it may not."""
        begun = await self._begin(effect.change)
        if begun is None:
            return NOTHING
        try:
            await self._stop_early(begun)
            done = await begun.kind.carry_out(self._hands, begun.plan, attempt)
        except Superseded as error:
            return Receipt(facts={SUPERSEDED: f"{error}; nothing was done. A new plan is needed."})
        except (GiveUp, NotConfigured, Refused) as error:
            return Receipt(facts={FAILED: str(error)})
        except (Retry, Unsure, CouldNotLook) as error:
            if isinstance(error, Progress):
                await self._get_on(effect.change, str(error))
            if late := self._late(begun, error):
                return Receipt(facts={FAILED: late})
            raise _again(error) from error
        return Receipt(facts=_facts(done))

    async def verify(self, effect: VerifyChange, _attempt: Attempt) -> Receipt:
        """Looks whether it helped, until that can be told or it took too long. Facts: `verified`."""
        async with self._store.look() as unit:
            change = await unit.changes.get(effect.change)
        if (
            change is None
            or change.stage is not Stage.VERIFYING
            or change.plan is None
            or change.carried_out_at is None
        ):
            return NOTHING
        kind = CHANGES[change.kind]
        found = await self._verified(kind, change.plan, change.carried_out_at)
        if found.helped is None and self._clock.now() < change.carried_out_at + kind.verify_within:
            raise Waiting("Nobody can tell yet whether it helped.", after=VERIFY_EVERY)
        return Receipt(facts={VERIFIED: write_verified(found)})

    async def take_back(self, effect: TakeBack, attempt: Attempt) -> Receipt:
        """Takes back what was changed for a while only. Facts: `returned`."""
        try:
            return await take_back(self._store, self._organisation, self._hands, effect, attempt)
        except CouldNotLook as error:
            raise _again(error) from error

    async def look_at_members(self, effect: LookAtMembers, _attempt: Attempt) -> Receipt:
        """Who is in the groups that may ask and agree. Facts: `members`."""
        return Receipt(facts={MEMBERS: write_memberships(await self._groups.look(effect.groups))})

    async def _begin(self, number: int) -> _Begun | None:
        """The change, as begun: here for the first time, after a last look whether it may; None when it may not."""
        async with self._store.look() as unit:
            change = await unit.changes.get(number)
        if change is None or change.plan is None:
            return None
        kind = CHANGES[change.kind]
        if change.stage is Stage.CARRYING_OUT:
            return _Begun(change=change, kind=kind, plan=change.plan)
        if change.stage is not Stage.AGREED:
            return None
        members = await self._groups.look(groups_for(self._organisation, change.kind))
        async with self._store.begin() as unit, deciding_change(unit, self._organisation, number) as decision:
            change = decision.change
            situation = Situation(
                rules=Rules(
                    organisation=self._organisation,
                    now=unit.now,
                    members={each.group: each for each in members},
                ),
                freezes=await unit.freezes.all(),
                incident=await unit.incidents.get(change.incident) if change.incident else None,
            )
            if why := objection(change, kind, situation):
                await decision.remember("not begun", detail={"why": why})
                await decision.tell(f"not begun: {why}")
                change.forbid(why, decision.now)
                return None
            change.begin(decision.now)
            await decision.remember("begun")
        assert change.plan
        return _Begun(change=change, kind=kind, plan=change.plan)

    async def _stop_early(self, begun: _Begun) -> None:
        """Has it ended where it has to end now."""
        if begun.kind.stop is None:
            return
        async with self._store.look() as unit:
            why = await why_to_stop(unit, begun.change, begun.kind, self._organisation)
        if why:
            await begun.kind.stop(self._hands, begun.plan, why)

    async def _get_on(self, number: int, says: str) -> None:
        """The card shows how far it is."""
        async with self._store.begin() as unit, deciding_change(unit, self._organisation, number) as decision:
            decision.change.get_on(says)

    def _late(self, begun: _Begun, error: Exception) -> str:
        """Why it has failed, when it has taken longer than it may."""
        since = begun.change.begun_at or self._clock.now()
        if self._clock.now() < since + begun.kind.carry_out_within:
            return ""
        minutes = round(begun.kind.carry_out_within.total_seconds() / 60)
        return f"It was not so within {minutes} min. {error}"

    async def _verified(self, kind: ChangeKind, plan: Plan, since: datetime) -> Verified:
        try:
            return await kind.verify(self._hands.world, plan, since)
        except (CouldNotLook, NotConfigured, Refused) as error:
            return Verified(helped=None, found=(str(error),))


def _facts(done: Done) -> dict[str, str]:
    seen = {SEEN: write_evidence(done.seen)} if done.seen else {}
    return {**done.brought, DONE: done.says, **seen, **write_then(done.then)}


def _again(error: Exception) -> Exception:
    """The same, for the relay: that one could not look is no news, and it is looked again."""
    return Retry(str(error), after=AGAIN) if isinstance(error, CouldNotLook) else error
