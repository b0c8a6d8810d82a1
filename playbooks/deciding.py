"""Takes an incident up for a decision, and concludes the decision in the same unit of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.advance import advance
from playbooks.decision import Decision
from playbooks.due_now import next_late
from playbooks.home_news import glimpse, refresh
from playbooks.redraw import Picture, picture, redraw


class Deciding:
    """Opens one unit of work for each decision about an incident."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation

    @asynccontextmanager
    async def about(self, number: int, delivery: Delivery) -> AsyncIterator[Decision]:
        """A decision that somebody's delivery asks for; raises `AlreadyDone` when it was made before."""
        async with self._store.decide(delivery) as unit, self.within(unit, number) as decision:
            refuse_merged(decision.incident)
            yield decision

    @asynccontextmanager
    async def by_clock(self, number: int) -> AsyncIterator[Decision]:
        """A decision that is due."""
        async with self._store.begin() as unit, self.within(unit, number) as decision:
            yield decision

    @asynccontextmanager
    async def within(self, unit: UnitOfWork, number: int) -> AsyncIterator[Decision]:
        """A decision that is part of a unit of work under way; refused when there is no such incident."""
        incident = await unit.incidents.get_to_decide(number)
        run = await unit.runs.current(number)
        if incident is None or run is None:
            raise await no_incident(unit, number)
        decision = Decision(unit=unit, organisation=self._organisation, incident=incident, run=run)
        before, seen = picture(decision), glimpse(incident, run)
        yield decision
        await conclude(decision, before)
        if glimpse(incident, run) != seen:
            await refresh(unit)


def refuse_merged(incident: Incident) -> None:
    """What was merged answers where it went, and does nothing else any more."""
    if incident.merged_into is not None:
        raise Refused(f"{incident.key} was merged into INC-{incident.merged_into}; go on there.")


async def no_incident(unit: UnitOfWork, number: int) -> Refused:
    """Says that there is no such incident, and which there are."""
    last = await unit.incidents.last_number()
    if not last:
        return Refused(f"There is no INC-{number}: no incident was declared yet. Begin with ", DECLARE, ".")
    return Refused(f"There is no INC-{number}; the latest is INC-{last}. See them all: ", LIST, ".")


DECLARE = Code(text="/incident declare")
LIST = Code(text="/incident list")


async def conclude(decision: Decision, before: Picture) -> None:
    """Draw the consequences of what was decided, and keep everything: the one way a decision ends."""
    advance(decision)
    decision.incident.task_due = decision.incident.tasks.next_reminder
    decision.incident.late_at = next_late(decision.incident, decision.run, decision.now)
    redraw(decision, before)
    await _keep(decision)
    for effect, key in decision.effects:
        await decision.unit.outbox.put(effect, key=key)


async def _keep(decision: Decision) -> None:
    unit, incident, run = decision.unit, decision.incident, decision.run
    await (unit.incidents.save(incident) if incident.version else unit.incidents.add(incident))
    await (unit.runs.save(run) if run.version else unit.runs.add(run))
    await unit.timeline.add(decision.entries)
