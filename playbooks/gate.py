"""The last look before a change begins: everything that people agreed under must still be so.

Pure policy, which fails closed. It is asked with what is live at that moment, and what it objects to ends the change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.change import AGREED_FOR, Agreement, Change
from bot.domain.change_stage import Stage
from bot.domain.freeze import Freeze
from bot.domain.incident import Incident
from bot.domain.plan import Plan, Risk
from playbooks.authorization import Rules
from playbooks.changes.kind import URGENT, ChangeKind


@dataclass(frozen=True, kw_only=True)
class Situation:
    """How things stand at the moment a change would begin; `incident` is the one that it is for, if any."""

    rules: Rules
    freezes: Sequence[Freeze]
    incident: Incident | None


def objection(change: Change, kind: ChangeKind, situation: Situation) -> str:
    """Why a change that was agreed to may not begin, as a sentence; empty when it may."""
    return next(_objections(change, kind, situation), "")


def frozen(change_target: str, kind: ChangeKind, freezes: Sequence[Freeze]) -> Freeze | None:
    """The freeze that forbids a change of a target, if any."""
    return None if kind.freeze_exempt else next((each for each in freezes if each.holds_for(change_target)), None)


def _objections(change: Change, kind: ChangeKind, situation: Situation) -> Iterator[str]:
    rules, plan = situation.rules, change.plan
    if plan is None or change.stage is not Stage.AGREED or change.agreed_at is None:
        yield "Nobody has agreed to it."
        return
    if rules.now > change.agreed_at + AGREED_FOR:
        yield "It did not begin within five minutes of the agreement; ask for it again."
    if rules.organisation.observing:
        yield "opsbot only observes now (OPSBOT_MODE)."
    if frozen(plan.target, kind, situation.freezes):
        yield "Changes were frozen meanwhile; /ops freeze status says why."
    if plan.risk is Risk.DESTRUCTIVE and not rules.organisation.changes.destructive:
        yield "opsbot may not do what is destructive (changes: destructive, in opsbot.yaml)."
    if _rests_on_incident(change, plan) and not _urgent(situation.incident):
        yield "The incident it was for is not an open critical or high one any more; ask for it again."
    yield from _unauthorised(change, plan, rules)


def _rests_on_incident(change: Change, plan: Plan) -> bool:
    return bool(change.broke_glass) or (plan.risk is Risk.SAFE and change.urgent)


def _urgent(incident: Incident | None) -> bool:
    return incident is not None and incident.open and incident.severity in URGENT


def _unauthorised(change: Change, plan: Plan, rules: Rules) -> Iterator[str]:
    policy = rules.organisation.changes
    may_ask, may_agree = policy.who_may_ask(change.kind), policy.who_may_agree(change.kind, plan.risk)
    if not rules.asking(change.requested_by, change.kind).may:
        yield "Whoever asked for it may not (any more, or nobody can tell now)."
    targets = may_ask if change.broke_glass else may_agree
    good = [each for each in change.agreements if each.digest == plan.digest and rules.ruling(each.by, targets).may]
    if len(good) < len(change.agreements):
        yield "Somebody who agreed may not (any more, or nobody can tell now)."
    if not _enough(change, plan, good):
        yield "Not enough people who may have agreed to this very plan."


def _enough(change: Change, plan: Plan, good: Sequence[Agreement]) -> bool:
    """Whether those who agreed are as many, and as different from who asked, as the plan needs."""
    if change.broke_glass:
        return bool(good) and plan.risk is not Risk.DESTRUCTIVE
    others = {each.by for each in good if each.by != change.requested_by}
    return bool(good) and len(others) >= change.needed
