"""Tasks of an incident, and follow-ups: tasks that shall prevent it from happening again, kept after it is closed."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.domain.errors import Refused
from bot.domain.message import Code, Person

MOST = 200
"""Tasks of one incident; who has more needs another tool."""
MOST_REMINDERS = 1
"""How often an owner is reminded of one task by itself; from then on it stands on their daily list."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something to do, `number` of its incident. People are Slack user ids; `owner` is empty while it is nobody's."""

    number: int
    text: str
    by: str
    made_at: datetime
    owner: str = ""
    due_on: date | None = None
    remind_at: datetime | None = None
    """When its owner is next reminded of it."""
    reminders: int = 0
    preventive: bool = False
    done_at: datetime | None = None
    done_by: str = ""

    @property
    def open(self) -> bool:
        return self.done_at is None


@dataclass(kw_only=True)
class Tasks:
    """The tasks of one incident, in the order in which they were made."""

    all: list[Task] = field(default_factory=list)

    def __iter__(self) -> Iterator[Task]:
        return iter(self.all)

    @property
    def open(self) -> tuple[Task, ...]:
        return tuple(task for task in self.all if task.open)

    @property
    def follow_ups(self) -> tuple[Task, ...]:
        return tuple(task for task in self.all if task.preventive)

    @property
    def next_reminder(self) -> datetime | None:
        return min((task.remind_at for task in self.open if task.remind_at), default=None)

    def find(self, number: int) -> Task:
        """A task by its number; refused when there is none."""
        for task in self.all:
            if task.number == number:
                return task
        raise Refused(f"There is no task {number} here. See them: ", Code(text="/incident tasks"), ".")

    def knows(self, text: str) -> bool:
        """Whether there is one of these very words."""
        return any(task.text.casefold() == text.casefold() for task in self.all)

    def add(
        self,
        text: str,
        *,
        by: str,
        now: datetime,
        owner: str = "",
        due_on: date | None = None,
        remind_at: datetime | None = None,
        preventive: bool = False,
    ) -> Task:
        """One task more."""
        if len(self.all) >= MOST:
            raise Refused(f"An incident has at most {MOST} tasks; keep the rest where you keep other work.")
        task = Task(
            number=len(self.all) + 1,
            text=text,
            by=by,
            made_at=now,
            owner=owner,
            due_on=due_on,
            remind_at=remind_at,
            preventive=preventive,
        )
        self.all.append(task)
        return task

    def finish(self, number: int, *, by: str, now: datetime) -> Task:
        """It is done."""
        return self._put(replace(self._still_open(number), done_at=now, done_by=by, remind_at=None))

    def assign(self, number: int, owner: str) -> Task:
        """It becomes somebody's."""
        task = self._still_open(number)
        if task.owner == owner:
            raise Refused(Person(user=owner), f" has task {number} already.")
        return self._put(replace(task, owner=owner))

    def put_off(self, number: int, due_on: date, remind_at: datetime) -> Task:
        """It is due on a day, whenever it was before."""
        return self._put(replace(self._still_open(number), due_on=due_on, remind_at=remind_at, reminders=0))

    def due(self, now: datetime) -> tuple[Task, ...]:
        """Those whose owners are to be reminded now."""
        return tuple(task for task in self.open if task.remind_at and task.remind_at <= now)

    def remind(self, number: int, following: datetime) -> Task:
        """The owner was reminded, and is again at `following`, if not too often already."""
        task = self.find(number)
        count = task.reminders + 1
        return self._put(replace(task, reminders=count, remind_at=following if count < MOST_REMINDERS else None))

    def _still_open(self, number: int) -> Task:
        task = self.find(number)
        if not task.open:
            raise Refused("Nothing to do: ", Person(user=task.done_by), f" has done task {number} already.")
        return task

    def _put(self, changed: Task) -> Task:
        self.all[changed.number - 1] = changed
        return changed
