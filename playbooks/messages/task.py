"""Tasks: the list in the war room, edited in place, what an owner is reminded of, and short answers."""

from collections.abc import Iterator
from datetime import date

from bot.domain.incident import Incident, Status
from bot.domain.message import Bold, Control, Controls, Line, Message, Part, Small, Text
from bot.domain.task import Task
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.wording import SEPARATOR, between, command, name_of, plain_name, short, who

MOST_WITH_BUTTONS = 10
MOST_ENDED = 10
LONGEST_TASK = 200


def tasks_message(incident: Incident) -> Message:
    """What is to be done, with what can be pressed about it; of a closed incident it is a record."""
    over = incident.status is Status.CLOSED
    waiting = incident.tasks.open
    parts: tuple[Part, ...] = (
        Text(lines=((Bold(text="Tasks"), SEPARATOR, _count(incident)),)),
        *_open(incident, over=over),
        *_more(len(waiting) - MOST_WITH_BUTTONS),
        *_ended(incident),
        *(() if over else (Controls(controls=(controls.task(incident),)),)),
    )
    return Message(summary=f"{incident.key} tasks: {_count(incident)}", parts=parts)


def reminded(incident: Incident, task: Task, organisation: Organisation, today: date) -> Message:
    """Its owner is asked for it, on the day and after."""
    mine = bool(task.owner)
    when = "is due today" if task.due_on == today else f"was due {day_words(task.due_on)}"
    first = f"Task {task.number} of {name_of(incident)} {when}."
    why = "It is yours." if mine else "Nobody has it; you are asked because you led the incident."
    lines: tuple[Line, ...] = ((Bold(text=first),), (f"☐ {short(task.text, LONGEST_TASK)}",))
    asked = plain_name(task.by, organisation) or "somebody"
    parts: tuple[Part, ...] = (
        Text(lines=lines),
        Controls(controls=(controls.task_done(incident, task), controls.task_due(incident, task))),
        Small(line=(f"{why} {asked} made it a {_kind(task)}.",)),
    )
    return Message(summary=f"{first} {short(task.text)}", parts=parts)


def made(incident: Incident, task: Task) -> Message:
    """Whoever made it learns what was understood of it."""
    line = between(SEPARATOR, ((f"{_kind(task).capitalize()} {task.number} of {incident.key}",), *_charge(task)))
    text = Text(lines=(line, (f"☐ {short(task.text, LONGEST_TASK)}",)))
    give: Line = ("Give it to somebody: ", command(f"/incident task {incident.key} {task.number} @name"), ".")
    small = () if task.owner else (Small(line=give),)
    summary = f"{_kind(task).capitalize()} {task.number} of {incident.key}"
    return Message(summary=summary, parts=(text, *small, *_kept(incident)))


def finished(incident: Incident, task: Task) -> Message:
    return _said(incident, f"Task {task.number} of {incident.key} is done.")


def put_off(incident: Incident, task: Task) -> Message:
    return _said(incident, f"Task {task.number} of {incident.key} is due {day_words(task.due_on)}.")


def assigned(incident: Incident, task: Task) -> Message:
    line: Line = (f"Task {task.number} of {incident.key} is with ", who(task.owner), " now.")
    summary = f"Task {task.number} of {incident.key} is assigned."
    return Message(summary=summary, parts=(Text(lines=(line,)), *_kept(incident)))


def _said(incident: Incident, words: str) -> Message:
    return Message(summary=words, parts=(Text(lines=((words,),)), *_kept(incident)))


def _kept(incident: Incident) -> tuple[Part, ...]:
    """Where the list is, once its room is put away: what stands there is not brought up to date any more."""
    if incident.status is not Status.CLOSED:
        return ()
    return (
        Small(line=("Its room is put away; the list is kept here: ", command(f"/incident tasks {incident.key}"), ".")),
    )


def task_words(task: Task) -> str:
    """A new task, for the timeline."""
    owner = f"@{task.owner}" if task.owner else ""
    about = ", ".join(filter(None, (owner, f"due {task.due_on:%Y-%m-%d}" if task.due_on else "")))
    return f"{_kind(task).capitalize()}: {task.text}" + (f" ({about})" if about else "")


def day_words(day: date | None) -> str:
    """`Fri 13 Mar`."""
    return f"{day:%a} {day.day} {day:%b}" if day else "no day"


def _count(incident: Incident) -> str:
    done = len(incident.tasks.all) - len(incident.tasks.open)
    return f"{len(incident.tasks.open)} open, {done} done"


def _open(incident: Incident, *, over: bool) -> Iterator[Part]:
    for task in incident.tasks.open[:MOST_WITH_BUTTONS]:
        yield Text(lines=(_line("☐", task),))
        if not over:
            pressed: tuple[Control, ...] = (
                controls.task_done(incident, task),
                controls.task_due(incident, task),
                controls.task_assign(incident, task),
            )
            yield Controls(controls=pressed)


def _more(rest: int) -> Iterator[Part]:
    if rest > 0:
        yield Small(line=(f"{rest} more; they show as these are done.",))


def _ended(incident: Incident) -> Iterator[Part]:
    ended = [task for task in incident.tasks if not task.open][-MOST_ENDED:]
    if ended:
        yield Text(lines=tuple(_line("✓", task) for task in ended))


def _line(mark: str, task: Task) -> Line:
    more = between(SEPARATOR, _about(task))
    head: Line = (f"{mark} {task.number}. {short(task.text, LONGEST_TASK)}",)
    return (*head, " — ", *more) if more else head


def _about(task: Task) -> Iterator[Line]:
    yield from _charge(task)
    if task.preventive:
        yield ("follow-up",)


def _charge(task: Task) -> Iterator[Line]:
    """Who has it, and until when."""
    if task.owner:
        yield (who(task.owner),)
    if task.due_on and task.open:
        yield (f"by {day_words(task.due_on)}",)


def _kind(task: Task) -> str:
    return "follow-up" if task.preventive else "task"
