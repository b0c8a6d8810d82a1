"""The forms that make a task, and say until when one is due."""

from datetime import date

from bot.domain.errors import Refused
from bot.domain.form import Answers, Explanation, Form, Option, PeopleField, TextField, TicksField
from bot.domain.incident import Incident
from bot.domain.task import Task
from playbooks.dates import read_day
from playbooks.messages.wording import short
from playbooks.task_words import TaskWords

PREVENTIVE = "preventive"
HOW = "Friday, tomorrow, 13 Mar or 2026-03-13."


def task_form(incident: Incident, *, preventive: bool = False) -> Form:
    """Asks what, who and until when."""
    option = Option(value=PREVENTIVE, label="A follow-up: it keeps this from happening again")
    fields = (
        TextField(name="text", label="What is to be done?", placeholder="Check the backups.", longest=500),
        PeopleField(name="owner", label="Who does it?", optional=True),
        _due_field(optional=True),
        TicksField(
            name="kind", label="Is it for later?", options=(option,), initial=(PREVENTIVE,) if preventive else ()
        ),
    )
    title = f"Task of {incident.key}"
    return Form(name="task", title=title, submit="Add", fields=fields, subject=str(incident.number))


def due_form(incident: Incident, task: Task) -> Form:
    """Asks until when."""
    fields = (Explanation(lines=((short(task.text, 200),),)), _due_field(optional=False))
    title = f"{incident.key}, task {task.number}"
    return Form(name="task-due", title=title, submit="Save", fields=fields, subject=f"{incident.number}/{task.number}")


def task_in(answers: Answers, today: date) -> tuple[TaskWords, bool]:
    """What was filled in, and whether it is a follow-up."""
    due = answers.text("due")
    owner = next(iter(answers.several("owner")), "")
    words = TaskWords(text=answers.text("text"), owner=owner, due_on=due_in(due, today) if due else None)
    return words, PREVENTIVE in answers.several("kind")


def due_in(words: str, today: date) -> date:
    """A day that lies ahead; refused with how it is written."""
    day = read_day(words, today)
    if day is None:
        raise Refused(f"“{short(words, 40)}” is no day. Write it like {HOW}", field="due")
    if day < today:
        raise Refused(f"{day:%Y-%m-%d} has passed; choose a day that lies ahead.", field="due")
    return day


def _due_field(*, optional: bool) -> TextField:
    return TextField(
        name="due",
        label="Until when?",
        hint="Its owner is reminded on that day.",
        placeholder=HOW.removesuffix("."),
        optional=optional,
        longest=40,
    )
