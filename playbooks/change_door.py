"""The door to changes: who somebody is here, whether they may, and the audit of those who were turned away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.domain.audit import Record
from bot.domain.change import Change
from bot.domain.changing import LookAtMembers
from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.organisation import Organisation
from bot.store.changes import Busy
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.authorization import Rules, Ruling, groups_of
from playbooks.change_decision import ChangeDecision, audit, deciding_change, no_change
from playbooks.changes.kind import ChangeKind, Parameters
from playbooks.reading import may_know


@dataclass(frozen=True, kw_only=True)
class Door:
    """Lets people through to one change, or turns them away in words and remembers it."""

    store: Store
    organisation: Organisation

    @asynccontextmanager
    async def deciding(self, number: int, by: str, delivery: Delivery) -> AsyncIterator[ChangeDecision]:
        """A decision about a change that somebody's delivery asks for."""
        async with self.remembering(number, by), self.store.decide(delivery) as unit:
            await self.find(unit, number, by)
            async with deciding_change(unit, self.organisation, number) as decision:
                yield decision

    @asynccontextmanager
    async def remembering(self, number: int, by: str) -> AsyncIterator[None]:
        """Whoever is refused is put into the audit: of what they wanted nothing else is kept."""
        try:
            yield
        except Busy as error:
            await self._remember(number, by, str(error))
            raise Refused(f"{error}; look at the other card.") from error
        except Refused as refused:
            await self._remember(number, by, str(refused))
            raise

    async def let_ask(self, kind: ChangeKind, by: str, parameters: Parameters | None = None) -> None:
        """Turns away whoever certainly may not ask for a kind of change, before anything is asked of them or looked at.

        While nobody knows who is in the groups they are let on, and turned away before anything is planned.
        """
        async with self.store.look() as unit:
            rules = await self.rules(unit, kind.name)
        ruling = rules.asking(by, kind.name)
        if ruling.may or ruling.unseen:
            return
        refused = may_not_ask(kind, rules, ruling)
        wanted = {f"of {name}": text for name, text in kind.sayable(parameters or {}).items()}
        detail = {"kind": kind.name, "why": str(refused), **wanted}
        async with self.store.begin() as unit:
            await unit.audit.append(Record(deed="refused", by=by, about=kind.command, detail=detail))
        raise refused

    async def find(self, unit: UnitOfWork, number: int, by: str) -> Change:
        """A change that somebody may know of."""
        change = await unit.changes.get(number)
        if change is None:
            raise no_change(number)
        incident = await unit.incidents.get(change.incident) if change.incident else None
        if incident and not may_know(incident, by):
            raise no_change(number)
        return change

    async def let_in(
        self, change: Change, by: str, do: str, targets: tuple[str, ...], *, but: tuple[str, ...] = ()
    ) -> None:
        """Turns away whoever may not do something about a change, and remembers it."""
        async with self.remembering(change.number, by), self.store.look() as unit:
            await self.ruling(unit, change, by, do, targets, but=but)

    async def ruling(
        self, unit: UnitOfWork, change: Change, by: str, do: str, targets: tuple[str, ...], *, but: tuple[str, ...] = ()
    ) -> tuple[Ruling, Rules]:
        """By what somebody may do something about a change; refused with who could, `but` some, when they may not."""
        rules = await self.rules(unit, change.kind)
        ruling = rules.ruling(by, targets)
        if not ruling.may:
            raise may_not(do, change.key, rules, ruling, targets, but=(by, *but))
        return ruling, rules

    async def rules(self, unit: UnitOfWork, kind: str) -> Rules:
        """The operator's rules, with the members of all groups that matter for a kind of change, as last seen."""
        groups = groups_for(self.organisation, kind)
        return Rules(organisation=self.organisation, now=unit.now, members=await unit.memberships.of(groups))

    async def _remember(self, number: int, by: str, why: str) -> None:
        """And whoever presses again finds that the groups have been looked at."""
        async with self.store.begin() as unit:
            if change := await unit.changes.get(number):
                await audit(unit, change, "refused", by=by, detail={"why": why})
                await look_at(unit, groups_for(self.organisation, change.kind))


def groups_for(organisation: Organisation, kind: str) -> tuple[str, ...]:
    """The groups outside whose members may ask for, agree to, or review a kind of change."""
    policy = organisation.changes
    entitled = policy.kinds.get(kind)
    named = (*policy.ask, *policy.agree, *policy.destructive_agree, *policy.leads)
    return groups_of(organisation, (*named, *(entitled.ask + entitled.agree if entitled else ())))


async def look_at(unit: UnitOfWork, groups: tuple[str, ...]) -> None:
    """Have it looked at once who is in these groups."""
    if groups:
        await unit.outbox.put(LookAtMembers(groups=groups))


def may_not_ask(kind: ChangeKind, rules: Rules, ruling: Ruling) -> Refused:
    """Why somebody may not ask for a kind of change, and who could."""
    return may_not("ask for", f"“{kind.title}”", rules, ruling, rules.organisation.changes.who_may_ask(kind.name))


def may_not(
    do: str, what: str, rules: Rules, ruling: Ruling, targets: tuple[str, ...], *, but: tuple[str, ...] = ()
) -> Refused:
    """Why somebody may not, and who could."""
    if ruling.unseen:
        groups = ", ".join(ruling.unseen)
        return Refused(
            f"Nobody can tell now whether you may {do} {what}, because opsbot could not see who is in {groups}. "
            "Press again in a moment, or ask: ",
            *rules.who_could(targets, but=but),
            ".",
        )
    return Refused(f"You may not {do} {what}. Who may: ", *rules.who_could(targets, but=but), ".")
