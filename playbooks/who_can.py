"""Explains who may change what, and what stands in the way now: the same rules that decide, told in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.change import Change
from bot.domain.errors import Refused
from bot.domain.freeze import Freeze
from bot.domain.plan import Risk
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.authorization import Rules
from playbooks.change_door import groups_for
from playbooks.changes import CHANGES
from playbooks.changes.kind import ChangeKind
from playbooks.gate import frozen
from playbooks.mistakes import unknown


@dataclass(frozen=True, kw_only=True)
class Explained:
    """Who may do a kind of change, and what stands in the way of it now."""

    kind: ChangeKind
    rules: Rules
    asker: str
    may_ask: bool
    may_agree: bool
    freeze: Freeze | None
    busy: Change | None
    target: str = ""

    def targets(self, risk: Risk) -> tuple[str, ...]:
        """Who may agree to a change of that risk."""
        return self.rules.organisation.changes.who_may_agree(self.kind.name, risk)

    @property
    def askers(self) -> tuple[str, ...]:
        return self.rules.organisation.changes.who_may_ask(self.kind.name)


class WhoCan:
    """Answers who can."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation

    async def explain(self, words: Sequence[str], *, by: str) -> Explained:
        """`rollback control-plane`: who may, whether whoever asks may, and what stands in the way."""
        name, *rest = words
        if name not in CHANGES:
            raise Refused(unknown("change", CHANGES, name))
        kind, target = CHANGES[name], self._target(rest)
        async with self._store.look() as unit:
            members = await unit.memberships.of(groups_for(self._organisation, name))
            rules = Rules(organisation=self._organisation, now=unit.now, members=members)
            policy = self._organisation.changes
            freezes = [each for each in await unit.freezes.all() if target or not each.service]
            return Explained(
                kind=kind,
                rules=rules,
                asker=by,
                may_ask=rules.asking(by, name).may,
                may_agree=rules.ruling(by, policy.who_may_agree(name, Risk.DISRUPTIVE)).may,
                freeze=frozen(target, kind, freezes),
                busy=await unit.changes.busy(target) if target else None,
                target=target,
            )

    def _target(self, words: Sequence[str]) -> str:
        if not words:
            return ""
        known = {**self._organisation.services, **self._organisation.databases}
        if words[0] not in known:
            raise Refused(unknown("service or database", known, words[0]))
        return f"service/{words[0]}" if words[0] in self._organisation.services else f"database/{words[0]}"
