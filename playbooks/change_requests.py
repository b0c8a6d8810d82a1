"""How a change to production begins: somebody asks for one, or asks that one be planned anew or taken back."""

from datetime import timedelta

from bot.domain.change import Change
from bot.domain.changing import PlanChange
from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.beginning import Somewhere, place_of
from playbooks.change_decision import THREAD, ChangeDecision, slot_of
from playbooks.change_door import Door, may_not_ask
from playbooks.changes import CHANGES
from playbooks.changes.kind import Asked, ChangeKind, Parameters
from playbooks.mistakes import unknown
from playbooks.reading import incident_in

MONTH = timedelta(days=30)
"""So far back what was changed is known to those who plan."""


class ChangeRequests:
    """Changes, as people ask for them."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._door = Door(store=store, organisation=organisation)

    def kind(self, name: str) -> ChangeKind:
        """A kind of change by its name; refused with the nearest."""
        if name not in CHANGES:
            raise Refused(unknown("change", CHANGES, name))
        return CHANGES[name]

    async def let_ask(self, kind: ChangeKind, by: str) -> None:
        """Turns away whoever may not ask for a kind of change, before a form is opened for them."""
        await self._door.let_ask(kind, by)

    async def asked(self, where: Somewhere, by: str) -> Asked:
        """The situation in which somebody asks."""
        async with self._store.look() as unit:
            return await asked_in(unit, self._organisation, await incident_in(unit, where.channel), by)

    async def ask(
        self, kind: ChangeKind, parameters: Parameters, where: Somewhere, *, by: str, delivery: Delivery
    ) -> Change:
        """Asks for a change where somebody is; it is planned, and the plan comes as a card there."""
        await self._door.let_ask(kind, by, parameters)
        async with self._store.decide(delivery) as unit:
            incident = await incident_in(unit, where.channel)
            change = Change(
                kind=kind.name,
                parameters=parameters,
                requested_by=by,
                requested_at=unit.now,
                place=await place_of(unit, where, incident, by),
                incident=incident.number if incident else None,
                urgent=(await asked_in(unit, self._organisation, incident, by)).urgent,
                private=incident is not None and incident.private,
                threaded=bool(where.thread),
            )
            return await self._begin(unit, change, where)

    async def again(self, number: int, *, by: str, delivery: Delivery) -> Change:
        """The same once more, planned for the world as it is now; whoever presses asks for it."""
        async with self._door.remembering(number, by), self._store.decide(delivery) as unit:
            old = await self._door.find(unit, number, by)
            if not old.stage.over:
                raise Refused(f"{old.key} is {old.stage}; look at its card.")
            return await self._follow(unit, old, old.kind, old.parameters, by=by)

    async def undo(self, number: int, *, by: str, delivery: Delivery) -> Change:
        """Asks for the change that takes another one back; it is planned and agreed to like any other."""
        async with self._door.remembering(number, by), self._store.decide(delivery) as unit:
            old = await self._door.find(unit, number, by)
            way_back = CHANGES[old.kind].undo(old.plan) if old.plan and old.kind in CHANGES else None
            if way_back is None or not old.stage.over or old.begun_at is None:
                raise Refused(f"{old.key} cannot be taken back by opsbot.")
            return await self._follow(unit, old, *way_back, by=by, undoes=old.number)

    async def _follow(
        self, unit: UnitOfWork, old: Change, kind: str, parameters: Parameters, *, by: str, undoes: int | None = None
    ) -> Change:
        """A change that comes after another one, and stands where that does."""
        incident = await unit.incidents.get(old.incident) if old.incident else None
        change = Change(
            kind=kind,
            parameters=parameters,
            requested_by=by,
            requested_at=unit.now,
            place=old.place,
            incident=old.incident,
            urgent=(await asked_in(unit, self._organisation, incident, by)).urgent,
            private=old.private,
            threaded=old.threaded,
            undoes=undoes,
        )
        thread = await unit.bindings.find(slot_of(old, THREAD)) if old.threaded else None
        where = Somewhere(channel=thread["channel"], thread=thread["ts"]) if thread else Somewhere()
        return await self._begin(unit, change, where)

    async def _begin(self, unit: UnitOfWork, change: Change, where: Somewhere) -> Change:
        """Whoever asks may; it is looked what it would do, and the card says so meanwhile.

        Where nobody has looked lately who is in the groups, the planning looks first, and nothing is shown before.
        """
        rules = await self._door.rules(unit, change.kind)
        ruling = rules.asking(change.requested_by, change.kind)
        if not (ruling.may or ruling.unseen):
            raise may_not_ask(self.kind(change.kind), rules, ruling)
        decision = ChangeDecision(unit, self._organisation, change)
        await unit.changes.add(change)
        if where.thread:
            await unit.bindings.bind(slot_of(change, THREAD), {"channel": where.channel, "ts": where.thread})
        if ruling.may:
            decision.show_card()
        decision.put(PlanChange(change=change.number))
        await decision.remember("asked for", by=change.requested_by)
        await decision.conclude()
        return change


async def asked_in(
    unit: UnitOfWork, organisation: Organisation, incident: Incident | None, by: str, undoes: int | None = None
) -> Asked:
    """The situation in which somebody asks for a change."""
    return Asked(
        by=by,
        now=unit.now,
        organisation=organisation,
        incident=incident,
        past=tuple(await unit.changes.begun_since(unit.now - MONTH)),
        undoes=await unit.changes.get(undoes) if undoes else None,
    )
