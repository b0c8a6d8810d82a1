"""The list that somebody is sent once a day of what they owe; each line says what to do next."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.diary import Edition, Owing, PendingChange
from bot.domain.incident import Incident
from bot.domain.message import Bold, Line, Message, Part, Small, Text, sentence
from bot.domain.owed import Owed
from bot.domain.platform import Database
from bot.domain.run import Run
from bot.domain.task import Task
from bot.organisation import Organisation
from playbooks.due_now import Late
from playbooks.evidence.figure import when
from playbooks.messages.wording import short, title_of

MOST = 20
LONGEST = 200


def owed_message(owed: Sequence[Owed]) -> Message:
    """All of it; of a very long list the beginning."""
    return _list(owed, "Once a day, as long as something waits. Your Home has what can be pressed.")


def owed_asked(owed: Sequence[Owed]) -> Message:
    """The same for whoever asks."""
    return _list(owed, "Your Home has what can be pressed.")


def nothing_owed() -> Message:
    return sentence("Nothing waits for you.")


def owed_lines(owed: Sequence[Owed], *, most: int) -> tuple[Line, ...]:
    """A line of each, and how many more there are."""
    lines: tuple[Line, ...] = tuple((f"• {short(each.says, LONGEST)}",) for each in owed[:most])
    return (*lines, (f"And {len(owed) - most} more.",)) if len(owed) > most else lines


def _list(owed: Sequence[Owed], small: str) -> Message:
    count = len(owed)
    head = f"{count} thing{'s' if count != 1 else ''} wait{'s' if count == 1 else ''} for you"
    parts: tuple[Part, ...] = (
        Text(lines=((Bold(text=head),), *owed_lines(owed, most=MOST))),
        Small(line=(small,)),
    )
    return Message(summary=f"{head}: {short(owed[0].says, 120)}", parts=parts)


def report(incident: Incident, since: datetime, organisation: Organisation, now: datetime) -> str:
    at = when(since, now, organisation.timezone)
    return f"The report of {_name(incident)} is due since {at}: /incident report {incident.key}"


def step(where: str, late: Late, organisation: Organisation, now: datetime) -> str:
    return (
        f"{short(late.step.text, 90)} ({short(where, 60)}), late since {when(late.since, now, organisation.timezone)}"
    )


def task(incident: Incident, task: Task) -> str:
    due = f"{task.due_on:%a} {task.due_on.day} {task.due_on:%b}" if task.due_on else ""
    done = f"/incident task {incident.key} {task.number} done"
    return f"{short(task.text, 90)} ({incident.key}, task {task.number}) was due {due}: {done}"


def change(pending: PendingChange, organisation: Organisation, now: datetime) -> str:
    head = f"{pending.key} {short(pending.title, 80)}"
    at = when(pending.due, now, organisation.timezone) if pending.due else "now"
    match pending.owing:
        case Owing.HAND:
            return f"{head} is left to your hand: press Done on its card when it is"
        case Owing.RETURN:
            return f"{head} goes back by itself {at}: keep it longer on its card"
        case Owing.FOLLOW_UP:
            return f"{head} still needs {pending.follow_up}, since {at}"
        case Owing.REVIEW:
            return f"{head} was done alone: press Reviewed on its card; due {at}"
        case _:
            return f"{head} waits"


def left(run: Run, organisation: Organisation, now: datetime) -> str:
    at = when(run.started_at, now, organisation.timezone)
    return f"{short(run.playbook.title, 80)} is open since {at}: go on, or /runbook stop {run.id}"


def review(edition: Edition) -> str:
    return f"Look the playbook {edition.name} over: it was to be by {edition.review_by}; then move its `review_by`"


def unused(edition: Edition) -> str:
    return f"Nobody has run {edition.name} for 90 days: practise it, /runbook start {edition.name}"


def untried(database: Database, tried: datetime | None, organisation: Organisation, now: datetime) -> str:
    since = f" since {when(tried, now, organisation.timezone)}" if tried else ""
    return f"No backup of {short(database.title, 60)} was restored to try it{since}: /ops backup restore-test {database.key}"


def _name(incident: Incident) -> str:
    return f"{incident.key} {short(title_of(incident), 60)}"
