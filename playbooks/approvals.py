"""What people decide about a change that was planned: agree, go ahead alone, call it off, review it.

Everything is read anew at the press: a button carries no more than which plan of which change it was drawn for.
"""

from dataclasses import dataclass

from bot.domain.change import WITHIN, Change
from bot.domain.change_stage import Stage
from bot.domain.changing import CarryOut
from bot.domain.delivery import Delivery
from bot.domain.effect import direct
from bot.domain.errors import Refused
from bot.domain.message import Code, Moment, Person
from bot.domain.plan import Plan, Risk
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.authorization import Rules, Ruling
from playbooks.change_decision import ChangeDecision
from playbooks.change_door import Door
from playbooks.changes import CHANGES
from playbooks.changes.kind import ChangeKind
from playbooks.gate import frozen
from playbooks.messages.change import ASKED
from playbooks.messages.change_controls import MARK


@dataclass(frozen=True, kw_only=True)
class Token:
    """Which plan a button was drawn for: the change, how often it had been planned, and the plan's first digits."""

    change: int
    round: int
    mark: str


class Approvals:
    """Changes, as people agree to them."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._door = Door(store=store, organisation=organisation)

    async def agree(self, token: Token, *, by: str, delivery: Delivery, typed: str = "") -> Change:
        """Somebody agrees; with enough of them it begins."""
        async with self._door.deciding(token.change, by, delivery) as decision:
            change, plan = decision.change, _the_very_plan(decision.change, token)
            targets = self._organisation.changes.who_may_agree(change.kind, plan.risk)
            ruling, _ = await self._let_through(by, "agree to", decision, targets, but=_others(change))
            await self._refuse_unfit(decision, plan)
            enough = change.agree(by=by, role=ruling.role, digest=plan.digest, now=decision.now, typed=typed)
            await decision.remember("agreed", by=by, detail={"role": ruling.role, "typed": typed})
            await decision.tell("agreed", by=by)
            if enough:
                _carry_out(decision, plan)
        return change

    async def must_type(self, token: Token, *, by: str) -> Change | None:
        """The change, when whoever agrees to it has to type the name of its target first; refused when they may not."""
        async with self._store.look() as unit:
            change = await self._door.find(unit, token.change, by)
        plan = _the_very_plan(change, token)
        if plan.risk is not Risk.DESTRUCTIVE:
            return None
        targets = self._organisation.changes.who_may_agree(change.kind, plan.risk)
        await self._door.let_in(change, by, "agree to", targets, but=_others(change))
        return change

    async def let_alone(self, token: Token, *, by: str) -> None:
        """Refuses whoever may not go ahead with it alone, before they are asked why."""
        async with self._store.look() as unit:
            change = await self._door.find(unit, token.change, by)
        _the_very_plan(change, token)
        await self._door.let_in(change, by, "go ahead with", self._organisation.changes.who_may_ask(change.kind))

    async def go_alone(self, token: Token, reason: str, *, by: str, delivery: Delivery) -> Change:
        """Somebody goes ahead without a second person, says why, and the leads are told."""
        async with self._door.deciding(token.change, by, delivery) as decision:
            change, plan = decision.change, _the_very_plan(decision.change, token)
            targets = self._organisation.changes.who_may_ask(change.kind)
            ruling, rules = await self._let_through(by, "go ahead with", decision, targets)
            await self._refuse_unfit(decision, plan, alone=True)
            change.break_glass(by=by, role=ruling.role, digest=plan.digest, reason=reason, now=decision.now)
            await decision.remember("went ahead alone", by=by, detail={"reason": change.broke_glass})
            await decision.tell(f"goes ahead alone: {change.broke_glass}", by=by)
            _carry_out(decision, plan)
            for user in rules.people(self._organisation.changes.leads):
                decision.show(f"{ASKED}/{user}", direct(user))
        return change

    async def cancel(self, number: int, *, by: str, delivery: Delivery) -> Change:
        """Calls it off before it has begun: whoever asked, or may ask or agree. Stopping needs nobody else."""
        async with self._door.deciding(number, by, delivery) as decision:
            change, policy = decision.change, self._organisation.changes
            risk = change.plan.risk if change.plan else Risk.DISRUPTIVE
            targets = (*policy.who_may_ask(change.kind), *policy.who_may_agree(change.kind, risk))
            if by != change.requested_by:
                await self._let_through(by, "call off", decision, targets)
            change.reject(by=by, now=decision.now)
            await decision.remember("called off", by=by)
            await decision.tell("called off", by=by)
        return change

    async def done_by_hand(self, number: int, *, by: str, delivery: Delivery) -> Change:
        """Somebody ran the command that was shown."""
        async with self._door.deciding(number, by, delivery) as decision:
            targets = self._organisation.changes.who_may_ask(decision.change.kind)
            await self._let_through(by, "do", decision, targets)
            decision.change.done_by_hand(decision.now)
            await decision.remember("done by hand", by=by)
            await decision.tell("done by hand", by=by)
        return decision.change

    async def stop(self, number: int, *, by: str, delivery: Delivery) -> Change:
        """Ends what is under way before its end. Anybody may who may know of it: stopping is easier than starting."""
        async with self._door.deciding(number, by, delivery) as decision:
            change = decision.change
            if change.stage is not Stage.CARRYING_OUT or CHANGES[change.kind].stop is None:
                raise Refused(f"{change.key} is {change.stage}; there is nothing to stop.")
            change.stop(by=by)
            await decision.remember("stopped", by=by)
            await decision.tell("stopped", by=by)
        return change

    async def keep_longer(self, number: int, *, by: str, delivery: Delivery) -> Change:
        """Somebody puts off that it goes back by itself."""
        async with self._door.deciding(number, by, delivery) as decision:
            targets = self._organisation.changes.who_may_ask(decision.change.kind)
            await self._let_through(by, "keep", decision, targets)
            until = decision.change.keep_longer()
            await decision.remember("kept longer", by=by, detail={"until": until.isoformat()})
            await decision.tell("kept 2 h longer", by=by)
        return decision.change

    async def review(self, number: int, *, by: str, delivery: Delivery) -> Change:
        """Somebody else looked at what was done alone."""
        async with self._door.deciding(number, by, delivery) as decision:
            policy = self._organisation.changes
            targets = (*policy.leads, *policy.who_may_agree(decision.change.kind, Risk.DISRUPTIVE))
            await self._let_through(by, "review", decision, targets, but=(decision.change.requested_by,))
            decision.change.review(by=by)
            await decision.remember("reviewed", by=by)
            await decision.tell("reviewed what was done alone", by=by)
        return decision.change

    async def _let_through(
        self, by: str, do: str, decision: ChangeDecision, targets: tuple[str, ...], *, but: tuple[str, ...] = ()
    ) -> tuple[Ruling, Rules]:
        """By what somebody may; refused with who could when they may not."""
        return await self._door.ruling(decision.unit, decision.change, by, do, targets, but=but)

    async def _refuse_unfit(self, decision: ChangeDecision, plan: Plan, *, alone: bool = False) -> None:
        """What holds for everybody: a freeze, and another change of the same target that is under way."""
        kind = CHANGES[decision.change.kind]
        if freeze := frozen(plan.target, kind, await decision.unit.freezes.all()):
            what = freeze.service or "everything"
            why = f": {freeze.reason}" if freeze.reason else ""
            raise Refused(f"Changes of {what} are frozen by ", Person(user=freeze.by), f"{why}. ", THAW)
        if not alone:
            await _refuse_too_soon(decision, kind, plan)
        other = await decision.unit.changes.busy(plan.target)
        if other and other.number != decision.change.number:
            raise Refused(f"{other.key} is changing the same already; look how that ends first.")


async def _refuse_too_soon(decision: ChangeDecision, kind: ChangeKind, plan: Plan) -> None:
    """What has just been changed is left alone for a while, unless this takes it back or somebody goes ahead alone."""
    if not kind.cool_down:
        return
    for last in await decision.unit.changes.begun_since(decision.now - kind.cool_down - WITHIN):
        same = (last.kind, last.target) == (kind.name, plan.target) and last.number != decision.change.undoes
        until = last.begun_at + kind.cool_down if last.begun_at else decision.now
        if same and last.number != decision.change.number and last.stage in COOLING and until > decision.now:
            raise Refused(f"{last.key} did the same just now; see whether it helps. Again from ", Moment(at=until), ".")


COOLING = frozenset({Stage.VERIFYING, Stage.DONE, Stage.UNCONFIRMED})
THAW = Code(text="/ops freeze off")


def _others(change: Change) -> tuple[str, ...]:
    """Who may not agree though they might to another's change: whoever asked, where a second person is needed."""
    return (change.requested_by,) if change.needed else ()


def _the_very_plan(change: Change, token: Token) -> Plan:
    """The plan that the button was drawn for; refused when there is a newer one."""
    plan = change.plan
    if plan is None or token.round != change.round or token.mark != plan.digest[:MARK]:
        raise Refused("That plan is out of date; look at the newest one.")
    return plan


def _carry_out(decision: ChangeDecision, plan: Plan) -> None:
    change = decision.change
    effect = CarryOut(change=change.number, target=plan.target)
    decision.put(effect, key=f"change/{change.number}/carry-out/{change.round}")
