"""Who owes what, and since when: late steps, tasks, reports, reviews, what has to follow a change, and the runbook's upkeep."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import follow_up
from bot.domain.change import Change
from bot.domain.diary import Edition, Owing, PendingChange
from bot.domain.incident import Incident
from bot.domain.message import Person
from bot.domain.owed import Owed
from bot.domain.playbook import Fact
from bot.domain.run import Run
from bot.organisation import Organisation
from bot.store.unit_of_work import UnitOfWork
from playbooks.authorization import Rules
from playbooks.change_door import groups_for
from playbooks.due_now import Late, late_steps
from playbooks.kept_diary import LATELY, pending_of
from playbooks.memory import RESTORE_TEST, restore_test_of
from playbooks.messages import owed as words
from playbooks.messages.step import owner_of
from playbooks.reading import may_know
from playbooks.report_due import writer_of
from playbooks.timetable import owned_by

SOON = timedelta(hours=24)
"""What goes back by itself within this time is told."""
LATE = timedelta(hours=4)
"""A step that is late for less is only told where it stands."""
ASKED = timedelta(hours=12)
"""What was asked for by itself so lately is not told again."""
STALE = timedelta(hours=24)
"""Whoever started a run that is open for longer is asked to go on, or to end it."""
UNUSED = timedelta(days=90)
REMEMBERED = timedelta(days=400)
HANDED_OVER = timedelta(days=2)
"""A handoff that nobody accepted for longer is over: the next has come, or everybody knows who is on call."""

Debt = tuple[str, Owed]
"""Somebody, by Slack user id, and what they owe."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All that is looked through, as of one moment."""

    organisation: Organisation
    now: datetime
    incidents: Sequence[tuple[Incident, Run | None]]
    with_tasks: Sequence[Incident]
    runs: Sequence[Run]
    changes: Sequence[Change]
    leads: tuple[str, ...]
    editions: Sequence[Edition]
    restored: Mapping[str, datetime]
    """When a backup of each database was last restored to try it."""

    def debts(self) -> Iterator[Debt]:
        """Everybody's, what is about incidents first."""
        for incident, run in self.incidents:
            yield from self._of_incident(incident, run)
        for incident in self.with_tasks:
            yield from self._tasks(incident)
        for change in self.changes:
            for pending in pending_of(change):
                yield from self._of_change(change, pending)
        for run in self.runs:
            yield from self._of_run(run)
        for edition in self.editions:
            yield from self._upkeep(edition)
            if edition.name == RESTORE_TEST:
                yield from self._untried(edition)

    def of(self, user: str) -> Sequence[Owed]:
        """What one person owes."""
        return [owed for whose, owed in self.debts() if whose == user]

    def _of_incident(self, incident: Incident, run: Run | None) -> Iterator[Debt]:
        writer = writer_of(incident)
        asked = incident.report_asked
        owing = not (incident.open or incident.reported_at or incident.closed_at)
        if asked and owing and writer and self.now - asked > ASKED:
            yield writer, Owed(says=words.report(incident, asked, self.organisation, self.now))
        for late in late_steps(run, self.now) if run and not incident.closed_at else ():
            if late.step.done_when is Fact.REPORTED or self.now - late.since < LATE:
                continue
            owner = self._owner(incident, run, late) if run else ""
            if owner and may_know(incident, owner):
                yield owner, Owed(says=words.step(incident.key, late, self.organisation, self.now), pressed=True)

    def _owner(self, incident: Incident | None, run: Run, late: Late) -> str:
        owner = owner_of(incident, late.step, run.progress(late.step.key))
        if isinstance(owner, Person):
            return owner.user
        handoff = run.handoff if late.step.done_when is Fact.ACCEPTED else None
        return handoff.incoming if handoff and self.now - handoff.since < HANDED_OVER else ""

    def _tasks(self, incident: Incident) -> Iterator[Debt]:
        """What is due for longer than its own reminder was."""
        today = self.now.astimezone(self.organisation.timezone).date()
        for task in incident.tasks.open:
            asked = task.owner if task.owner and may_know(incident, task.owner) else incident.commander
            if task.due_on and task.due_on < today and asked:
                yield asked, Owed(says=words.task(incident, task), pressed=True)

    def _of_change(self, change: Change, pending: PendingChange) -> Iterator[Debt]:
        said = Owed(says=words.change(pending, self.organisation, self.now))
        ago = self.now - (pending.due or self.now)
        match pending.owing:
            case Owing.HAND:
                yield change.requested_by, said
            case Owing.FOLLOW_UP if ago > follow_up.EVERY:
                yield change.requested_by, said
            case Owing.RETURN if ago >= -SOON:
                yield change.requested_by, said
            case Owing.REVIEW if ago > ASKED and not change.private:
                involved = {change.requested_by, *(each.by for each in change.agreements)}
                yield from ((user, said) for user in self.leads if user not in involved)
            case _:
                pass

    def _of_run(self, run: Run) -> Iterator[Debt]:
        """Late steps that were given to somebody; and a run that its starter left behind."""
        start = run.start
        if start is None or start.glance or start.beside:
            return
        late = [each for each in late_steps(run, self.now) if self.now - each.since >= LATE]
        given = [(self._owner(None, run, each), each) for each in late]
        for owner, each in given:
            if owner:
                yield owner, Owed(says=words.step(run.playbook.title, each, self.organisation, self.now), pressed=True)
        if start.by and self.now - run.started_at > STALE and not any(owner == start.by for owner, _ in given):
            yield start.by, Owed(says=words.left(run, self.organisation, self.now))

    def _upkeep(self, edition: Edition) -> Iterator[Debt]:
        """Told once: until it is looked over, or run again, the handoffs' look at the runbook keeps saying it."""
        today = self.now.astimezone(self.organisation.timezone).date()
        people = [each.slack for each in owned_by(edition.owner, self.organisation)]
        if edition.review_by and edition.review_by <= today:
            once = f"owed/review/{edition.name}/{edition.review_by}"
            yield from ((user, Owed(says=words.review(edition), once=f"{once}/{user}")) for user in people)
        used = edition.exercised_at or edition.known_since
        if self.now - used > UNUSED:
            once = f"owed/unused/{edition.name}/{used:%Y%m%d}"
            yield from ((user, Owed(says=words.unused(edition), once=f"{once}/{user}")) for user in people)

    def _untried(self, edition: Edition) -> Iterator[Debt]:
        """A database whose backups nobody has tried for too long, counted from when opsbot first knew of the test."""
        longest = self.organisation.thresholds["restore-test-age"].amber
        for database in self.organisation.databases.values():
            tried = self.restored.get(database.key)
            since = tried or edition.known_since
            if database.test_instance and longest and (self.now - since).total_seconds() > longest:
                said = Owed(says=words.untried(database, tried, self.organisation, self.now))
                yield from ((each.slack, said) for each in owned_by(edition.owner, self.organisation))


async def ledger_of(unit: UnitOfWork, organisation: Organisation, editions: Sequence[Edition]) -> Ledger:
    """Everything of which somebody may owe something."""
    incidents = [(each, await unit.runs.current(each.number)) for each in await unit.incidents.unclosed()]
    return await _ledger(unit, organisation, incidents, editions, await _restored(unit))


async def ledger_at_home(unit: UnitOfWork, organisation: Organisation, incidents: Sequence[Incident]) -> Ledger:
    """The same for a Home: without steps of incidents, which are shown there anyway, and without the runbook's upkeep."""
    return await _ledger(unit, organisation, [(each, None) for each in incidents], (), {})


async def _ledger(
    unit: UnitOfWork,
    organisation: Organisation,
    incidents: Sequence[tuple[Incident, Run | None]],
    editions: Sequence[Edition],
    restored: Mapping[str, datetime],
) -> Ledger:
    begun = {each.number: each for each in await unit.changes.begun_since(unit.now - LATELY)}
    changes = {**begun, **{each.number: each for each in await unit.changes.open()}}
    groups = {group for each in changes.values() if each.awaits_review for group in groups_for(organisation, each.kind)}
    members = await unit.memberships.of(tuple(sorted(groups)))
    rules = Rules(organisation=organisation, now=unit.now, members=members)
    return Ledger(
        organisation=organisation,
        now=unit.now,
        incidents=incidents,
        with_tasks=await unit.incidents.with_tasks(),
        runs=await unit.runs.unended(),
        changes=[changes[number] for number in sorted(changes)],
        leads=rules.people(organisation.changes.leads),
        editions=editions,
        restored=restored,
    )


async def _restored(unit: UnitOfWork) -> Mapping[str, datetime]:
    changes = await unit.changes.of_kind(RESTORE_TEST, since=unit.now - REMEMBERED)
    return {test.database: test.at for each in changes if (test := restore_test_of(each)) and test.well}
