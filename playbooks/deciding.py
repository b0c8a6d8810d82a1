"""Takes an incident or a run up for a decision, and concludes the decision in the same unit of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from bot.domain.delivery import Delivery
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.domain.run import Run, RunKey
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.advance import advance
from playbooks.decision import Decision, RunDecision
from playbooks.due_now import next_late
from playbooks.home_news import glimpse, refresh
from playbooks.redraw import Picture, picture, redraw
from playbooks.sight import seen_for
from playbooks.standalone import Standalone


class Deciding:
    """Opens one unit of work for each decision about an incident, or about a run of it or a standalone one."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._under_way: WeakKeyDictionary[UnitOfWork, dict[int, Decision]] = WeakKeyDictionary()

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
        """A decision that is part of a unit of work under way; refused when there is no such incident.

        One that is under way in it already is gone on with, and concluded by whoever began it.
        """
        under_way = self._under_way.setdefault(unit, {})
        if number in under_way:
            yield under_way[number]
            return
        incident = await unit.incidents.get_to_decide(number)
        run = await unit.runs.current(number)
        if incident is None or run is None:
            raise no_incident(number)
        seen = await unit.evidence.of(incident=number, run=0)
        decision = Decision(unit=unit, organisation=self._organisation, incident=incident, run=run, seen=seen)
        beside = {each: await self._standalone(unit, each, decision) for each in sorted(incident.beside)}
        decision.beside = beside
        before, glimpsed = picture(decision), glimpse(incident, run)
        under_way[number] = decision
        yield decision
        del under_way[number]
        for each in beside.values():
            await conclude_standalone(each)
        await conclude(decision, before)
        if glimpse(incident, run) != glimpsed or any(each.news for each in beside.values()):
            await refresh(unit)

    async def throughout(self, unit: UnitOfWork, number: int) -> None:
        """Whatever is decided about an incident in a unit of work is one decision, concluded as the unit ends."""
        if number not in self._under_way.get(unit, {}):
            await unit.until_end.enter_async_context(self.within(unit, number))

    @asynccontextmanager
    async def about_run(self, key: RunKey, delivery: Delivery) -> AsyncIterator[RunDecision]:
        """A decision about the steps of a run that somebody's delivery asks for."""
        if key.incident:
            async with self.about(key.incident, delivery) as decision:
                yield decision
        else:
            async with self._store.decide(delivery) as unit, self.within_run(unit, key) as standalone:
                yield standalone

    @asynccontextmanager
    async def run_by_clock(self, key: RunKey) -> AsyncIterator[RunDecision]:
        """A decision about a run that is due."""
        async with self._store.begin() as unit, self.within_run(unit, key) as decision:
            yield decision

    @asynccontextmanager
    async def within_run(self, unit: UnitOfWork, key: RunKey) -> AsyncIterator[RunDecision]:
        """The same as part of a unit of work under way; of a run beside an incident both are held."""
        if key.incident:
            async with self.within(unit, key.incident) as decision:
                yield decision
            return
        run = await unit.runs.get(key.run)
        if run is None or run.start is None:
            raise no_run(key.run)
        if run.start.beside and not run.ended_at:
            async with self.within(unit, run.start.beside) as decision:
                if run.id in decision.beside:
                    yield decision.beside[run.id]
                    return
            # It ended while we waited for the incident.
        standalone = await self._standalone(unit, key.run)
        yield standalone
        await conclude_standalone(standalone)
        if standalone.news:
            await refresh(unit)

    async def begin(self, unit: UnitOfWork, run: Run) -> None:
        """Begins a standalone run: its first phase opens, and the incident it is about hears of it."""
        assert run.start
        if run.start.beside:
            async with self.within(unit, run.start.beside) as about:
                about.incident.beside.add(run.id)
                about.incident.take_up(run.playbook.name)
                about.tell(Happening.STEP, f"Started {run.playbook.title}.", by=run.start.by)
                seen = about.seen if seen_for(run).incident else {}
                alone = Standalone(unit=unit, organisation=self._organisation, run=run, seen=seen, about=about)
                await conclude_standalone(alone)
        else:
            await conclude_standalone(Standalone(unit=unit, organisation=self._organisation, run=run, seen={}))
        await refresh(unit)

    async def _standalone(self, unit: UnitOfWork, number: int, about: Decision | None = None) -> Standalone:
        run = await unit.runs.get_to_decide(number)
        if run is None:
            raise no_run(number)
        shared = about if seen_for(run).incident else None
        seen = shared.seen if shared else await unit.evidence.of(incident=0, run=number)
        return Standalone(unit=unit, organisation=self._organisation, run=run, seen=seen, about=about)


def refuse_merged(incident: Incident) -> None:
    """What was merged answers where it went, and does nothing else any more."""
    if incident.merged_into is not None:
        raise Refused(f"{incident.key} was merged into INC-{incident.merged_into}; go on there.")


def no_incident(number: int) -> Refused:
    """Says that there is no such incident; the same of one that the asker may not know of, whatever others there are."""
    return Refused(f"There is no INC-{number}. ", LIST, " shows which are open, ", DECLARE, " begins one.")


def no_run(number: int) -> Refused:
    """Says that there is no such run."""
    return Refused(f"There is no run {number}. Start a playbook with ", Code(text="/runbook"), ".")


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


async def conclude_standalone(decision: Standalone) -> None:
    """The same for a standalone run."""
    decision.conclude()
    await (decision.unit.runs.save(decision.run) if decision.run.version else decision.unit.runs.add(decision.run))
    for effect, key in decision.effects:
        await decision.unit.outbox.put(effect, key=key)


async def _keep(decision: Decision) -> None:
    unit, incident, run = decision.unit, decision.incident, decision.run
    await (unit.incidents.save(incident) if incident.version else unit.incidents.add(incident))
    await (unit.runs.save(run) if run.version else unit.runs.add(run))
    await unit.timeline.add(decision.entries)
