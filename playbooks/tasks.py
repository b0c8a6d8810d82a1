"""Tasks and follow-ups of incidents, as people deal with them, and as their owners are reminded of them."""

from datetime import date, datetime, time, timedelta

from bot.domain.delivery import Delivery
from bot.domain.effect import Priority, direct
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Code
from bot.domain.task import Task
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.messages.task import reminded, task_words
from playbooks.messages.wording import short
from playbooks.reading import may_know
from playbooks.task_words import TaskWords, measures_of

LONGEST = 500
"""Characters of a task."""


class TaskList:
    """The tasks of incidents; they can be dealt with after the incident is closed, too."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._organisation = organisation
        self._deciding = Deciding(store=store, organisation=organisation)

    def today(self, now: datetime) -> date:
        """The day it is where the organisation works."""
        return now.astimezone(self._organisation.timezone).date()

    async def add(
        self, number: int, words: TaskWords, *, by: str, delivery: Delivery, preventive: bool = False
    ) -> tuple[Incident, Task]:
        """A task more, or with `preventive` a follow-up."""
        if not words.text.strip():
            raise Refused("Say what is to be done.", field="text")
        async with self._deciding.about(number, delivery) as decision:
            return decision.incident, make(decision, words, by=by, preventive=preventive)

    async def finish(self, number: int, task: int, *, by: str, delivery: Delivery) -> tuple[Incident, Task]:
        """Somebody has done it."""
        async with self._deciding.about(number, delivery) as decision:
            done = decision.incident.tasks.finish(task, by=by, now=decision.now)
            decision.tell(Happening.TASK, f"Done: {done.text}", by=by)
            return decision.incident, done

    async def assign(self, number: int, task: int, owner: str, *, by: str, delivery: Delivery) -> tuple[Incident, Task]:
        """It becomes somebody's."""
        async with self._deciding.about(number, delivery) as decision:
            _refuse_stranger(decision.incident, owner)
            assigned = decision.incident.tasks.assign(task, owner)
            decision.tell(Happening.TASK, f"Assigned to @{owner}: {assigned.text}", by=by)
            return decision.incident, assigned

    async def put_off(
        self, number: int, task: int, due_on: date, *, by: str, delivery: Delivery
    ) -> tuple[Incident, Task]:
        """It is due on another day."""
        async with self._deciding.about(number, delivery) as decision:
            remind_at = reminder(due_on, self._organisation, decision.now)
            changed = decision.incident.tasks.put_off(task, due_on, remind_at)
            decision.tell(Happening.TASK, f"Due {due_on:%Y-%m-%d}: {changed.text}", by=by)
            return decision.incident, changed


def make(decision: Decision, words: TaskWords, *, by: str, preventive: bool) -> Task:
    """A task more, as part of a decision."""
    _refuse_stranger(decision.incident, words.owner)
    remind_at = reminder(words.due_on, decision.organisation, decision.now) if words.due_on else None
    task = decision.incident.tasks.add(
        short(words.text, LONGEST),
        by=by,
        now=decision.now,
        owner=words.owner,
        due_on=words.due_on,
        remind_at=remind_at,
        preventive=preventive,
    )
    decision.tell(Happening.TASK, task_words(task), by=by)
    return task


def follow_up(decision: Decision, measures: str, *, by: str) -> None:
    """Lines of agreed measures that name somebody or a day become follow-ups, once; a day that has passed is left out."""
    today = decision.now.astimezone(decision.organisation.timezone).date()
    for words in measures_of(measures, decision.organisation, today):
        if not decision.incident.tasks.knows(short(words.text, LONGEST)):
            passed = words.due_on is not None and words.due_on < today
            owner = words.owner if may_know(decision.incident, words.owner) else ""
            kept = TaskWords(text=words.text, owner=owner, due_on=None if passed else words.due_on)
            make(decision, kept, by=by, preventive=True)


def remind_owners(decision: Decision) -> None:
    """Every owner of what is due is asked for it by direct message; what nobody owns is asked of who leads."""
    incident = decision.incident
    for task in incident.tasks.due(decision.now):
        following = _next_day(decision)
        again = incident.tasks.remind(task.number, following)
        owner = task.owner if may_know(incident, task.owner) else ""
        asked = owner or incident.commander or incident.declared_by
        if asked:
            name = f"inform/{asked}/task-{task.number}-{again.due_on}-{again.reminders}"
            today = decision.now.astimezone(decision.organisation.timezone).date()
            message = reminded(incident, again, decision.organisation, today)
            decision.say(name, message, place=direct(asked), urgency=Priority.REMINDER)


def reminder(day: date, organisation: Organisation, now: datetime) -> datetime:
    """When an owner is reminded of what is due on a day: as business opens, else as it closes, else before midnight."""
    hours = organisation.business_hours
    chances = (datetime.combine(day, at, organisation.timezone) for at in (hours.opens, hours.closes, time(23, 59)))
    found = next((chance for chance in chances if chance > now), None)
    if found is None:
        raise Refused(f"{day:%Y-%m-%d} has passed; choose a day that lies ahead.", field="due")
    return found


def _refuse_stranger(incident: Incident, owner: str) -> None:
    """A task tells what the incident is about."""
    if owner and not may_know(incident, owner):
        invite = Code(text=f"/incident invite {incident.key} @person")
        raise Refused(
            f"{incident.key} is private and they do not know of it; let them in first: ", invite, ".", field="owner"
        )


def _next_day(decision: Decision) -> datetime:
    """As business opens on the next day with business hours."""
    hours = decision.organisation.business_hours
    today = decision.now.astimezone(decision.organisation.timezone).date()
    days = (today + timedelta(days=ahead) for ahead in range(1, 9))
    day = next(each for each in days if each.weekday() in hours.days)
    return datetime.combine(day, hours.opens, decision.organisation.timezone)
