"""The door to changes: who somebody is here, whether they may, and the audit of those who were turned away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.domain.change import Change
from bot.domain.changing import LookAtMembers
from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.organisation import Organisation
from bot.store.changes import Busy
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.authorization import Rules, Ruling, groups_of
from playbooks.change_decision import ChangeDecision, audit, deciding_change, no_change
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

    async def find(self, unit: UnitOfWork, number: int, by: str) -> Change:
        """A change that somebody may know of."""
        change = await unit.changes.get(number)
        if change is None:
            raise no_change(number)
        incident = await unit.incidents.get(change.incident) if change.incident else None
        if incident and not may_know(incident, by):
            raise no_change(number)
        return change

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
