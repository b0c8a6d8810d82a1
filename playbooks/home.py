"""App Home: what it shows somebody."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.delivery import Delivery
from bot.domain.home import LookOnCall, PublishHome
from bot.domain.incident import Incident
from bot.domain.message import Message, Person
from bot.domain.profile import SetProfile, Standing
from bot.domain.run import Run
from bot.domain.task import Task
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.authorization import Rules
from playbooks.change_door import groups_for
from playbooks.messages.door import not_full_member, refusal
from playbooks.messages.home import HomeNow, HomeStep, home_message, still_asking
from playbooks.messages.step import owner_of
from playbooks.owed import ledger_at_home
from playbooks.reading import may_know

FRESH = timedelta(minutes=5)
"""Who was looked up this lately is not again, nor who is on call."""


class Homes:
    """The Homes of all people."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation

    async def opened(self, user: str, *, delivery: Delivery) -> None:
        """Somebody opened theirs: it is shown as things stand, and again once it is known who they and the on-call are."""
        policy = self._organisation.paging.escalation_policy
        async with self._store.decide(delivery) as unit:
            await unit.homes.open(user)
            await unit.outbox.put(PublishHome(user=user))
            seen = await unit.people.find(user)
            if seen is None or unit.now - seen.at > FRESH:
                await unit.outbox.put(SetProfile(user=user))
            known = await unit.homes.on_call()
            if policy and (known is None or known.why or unit.now - known.at > FRESH):
                await unit.outbox.put(LookOnCall(policy=policy))

    async def home_of(self, user: str) -> Message:
        """What somebody's Home says now; to who is no full member of the workspace, only that."""
        async with self._store.look() as unit:
            seen = await unit.people.find(user)
            if seen is None and not self._organisation.person_by_slack(user):
                return still_asking()
            if seen and seen.standing is not Standing.FULL:
                return refusal(not_full_member(seen.standing))
            known = [each for each in await unit.incidents.unclosed() if may_know(each, user)]
            with_tasks = [each for each in await unit.incidents.with_tasks() if may_know(each, user)]
            steps = [each for incident in known for each in await _steps(unit, incident, user)]
            alone = [each for run in await unit.runs.unended() for each in _of_run(run, known, user)]
            ledger = await ledger_at_home(unit, self._organisation, known)
            now = HomeNow(
                steps=(*steps, *alone),
                tasks=tuple(_tasks(with_tasks, user)),
                incidents=tuple(incident for incident in known if incident.open),
                on_call=await unit.homes.on_call(),
                changes=tuple([each for each in await unit.changes.open() if await self._waits(unit, each, user)]),
                owed=tuple(owed for owed in ledger.of(user) if not owed.pressed),
            )
        return home_message(now, self._organisation)

    async def _waits(self, unit: UnitOfWork, change: Change, user: str) -> bool:
        """Whether a change waits for somebody: they may agree, did not ask for it themselves, and have not agreed yet."""
        if change.stage is not Stage.WAITING or not change.missing or change.plan is None:
            return False
        if user in {change.requested_by, *(each.by for each in change.agreements)}:
            return False
        incident = await unit.incidents.get(change.incident) if change.incident else None
        members = await unit.memberships.of(groups_for(self._organisation, change.kind))
        rules = Rules(organisation=self._organisation, now=unit.now, members=members)
        targets = self._organisation.changes.who_may_agree(change.kind, change.plan.risk)
        return (incident is None or may_know(incident, user)) and rules.ruling(user, targets).may


async def _steps(unit: UnitOfWork, incident: Incident, user: str) -> list[HomeStep]:
    """The open steps of one incident that are somebody's: given to them, or of a role of theirs."""
    run = await unit.runs.current(incident.number)
    if run is None:
        return []
    mine = Person(user=user)
    return [
        (incident, run, step)
        for step in run.open_steps()
        if not step.auto and owner_of(incident, step, run.progress(step.key)) == mine
    ]


def _of_run(run: Run, known: Sequence[Incident], user: str) -> Iterator[HomeStep]:
    """The open steps of a standalone run that are somebody's: given to them; and the next one, of whoever started it."""
    start = run.start
    if start is None or start.glance:
        return
    incident = next((each for each in known if each.number == start.beside), None)
    if start.beside and incident is None:
        return
    next_one = True
    for step in run.open_steps():
        owner = owner_of(incident, step, run.progress(step.key))
        if owner == Person(user=user) or (owner is None and start.by == user and next_one):
            yield incident, run, step
        next_one = next_one and owner is not None


def _tasks(incidents: list[Incident], user: str) -> Iterator[tuple[Incident, Task]]:
    yield from ((incident, task) for incident in incidents for task in incident.tasks.open if task.owner == user)
