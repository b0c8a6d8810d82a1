"""App Home: what waits for this person, what is open, who is on call, and the way to declare."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.change import Change
from bot.domain.home import OnCallNow, Shift
from bot.domain.incident import Incident
from bot.domain.message import (
    Bold,
    Button,
    Controls,
    Divider,
    Heading,
    Line,
    Message,
    Part,
    Person,
    Room,
    Small,
    Text,
    sentence,
)
from bot.domain.owed import Owed
from bot.domain.playbook import Step
from bot.domain.run import Run
from bot.domain.start import Start
from bot.domain.task import Task
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.change import name_of as change_name
from playbooks.messages.owed import owed_lines
from playbooks.messages.status import badness, incident_lines
from playbooks.messages.step import short_line, step_controls
from playbooks.messages.task import day_words
from playbooks.messages.wording import OBSERVING, SEPARATOR, between, day_and_time, name_of, short

MOST_STEPS = 8
MOST_TASKS = 5
MOST_INCIDENTS = 8
MOST_ON_CALL = 4


HomeStep = tuple[Incident | None, Run, Step]
"""A step, its run, and the incident that the run is of or beside."""


@dataclass(frozen=True, kw_only=True)
class HomeNow:
    """What somebody's Home is about; private incidents are among it only for those who may know of them."""

    steps: tuple[HomeStep, ...] = ()
    tasks: tuple[tuple[Incident, Task], ...] = ()
    incidents: tuple[Incident, ...] = ()
    on_call: OnCallNow | None = None
    changes: tuple[Change, ...] = ()
    """Changes that wait for this person to agree."""
    owed: tuple[Owed, ...] = ()
    """What else they owe: reports, reviews, what has to follow a change."""


def home_message(now: HomeNow, organisation: Organisation) -> Message:
    """The whole Home, with the likeliest thing first."""
    parts: tuple[Part, ...] = (
        Controls(controls=(controls.declare(),)),
        *((Small(line=(OBSERVING,)),) if organisation.observing else ()),
        *_changes(now),
        *_steps(now),
        *_tasks(now),
        *_owed(now),
        Divider(),
        *_incidents(now, organisation),
        Divider(),
        *_on_call(now.on_call, organisation),
    )
    return Message(summary="What waits for you", parts=parts)


def still_asking() -> Message:
    """The Home of somebody of whom nothing is known yet."""
    return sentence("Opsbot is asking Slack who you are; this fills in a moment.")


def _changes(now: HomeNow) -> Iterator[Part]:
    """The plan is read on its card, which came by direct message; here is only that it waits."""
    if now.changes:
        yield Heading(text="Changes that wait for you")
    for change in now.changes[:MOST_TASKS]:
        until: Line = (SEPARATOR, "until ", day_and_time(change.expires_at)) if change.expires_at else ()
        where: Line = (SEPARATOR, "its card is in your messages with opsbot")
        yield Text(lines=((f"✋ {change.key} {short(change_name(change))}", *until, *where),))


def _steps(now: HomeNow) -> Iterator[Part]:
    yield Heading(text="Your steps")
    for incident, run, step in now.steps[:MOST_STEPS]:
        pressed = step_controls(incident, run, step, first=False)
        beside = next((each for each in pressed if isinstance(each, Button)), None)
        yield Text(lines=(("☐ ", *short_line(step.line)), _whose(incident, run)), beside=beside)
    yield from _more(len(now.steps) - MOST_STEPS)
    if not now.steps:
        yield Small(line=("No open step is yours.",))


def _whose(incident: Incident | None, run: Run) -> Line:
    """What the step is of, and where that is worked through."""
    name = f"{short(run.playbook.title, 80)}, run {run.id}" if run.start or incident is None else name_of(incident)
    channel = incident.room if incident else _channel(run.start)
    return (name, SEPARATOR, Room(channel=channel)) if channel else (name,)


def _channel(start: Start | None) -> str:
    """The id of the channel that a run stands in; a direct message needs no link, and has none."""
    kind, _, name = start.place.partition("/") if start else ("", "", "")
    return name if kind == "channel" and not name.startswith("#") else ""


def _tasks(now: HomeNow) -> Iterator[Part]:
    if now.tasks:
        yield Heading(text="Your tasks")
    for incident, task in now.tasks[:MOST_TASKS]:
        due = f"{SEPARATOR}by {day_words(task.due_on)}" if task.due_on else ""
        what: Line = (f"☐ {short(task.text, 200)}",)
        yield Text(lines=(what, (f"{name_of(incident)}{due}",)), beside=controls.task_done(incident, task))
    yield from _more(len(now.tasks) - MOST_TASKS)


def _owed(now: HomeNow) -> Iterator[Part]:
    if now.owed:
        yield Heading(text="Due")
        yield Text(lines=owed_lines(now.owed, most=MOST_TASKS))


def _incidents(now: HomeNow, organisation: Organisation) -> Iterator[Part]:
    yield Heading(text="Open incidents")
    worst_first = sorted(now.incidents, key=lambda incident: (badness(incident), incident.number))
    for incident in worst_first[:MOST_INCIDENTS]:
        lines = tuple(incident_lines(incident, organisation, incident.room or None))
        yield Text(lines=lines, beside=None if incident.acknowledged_at else controls.acknowledge(incident))
    yield from _more(len(worst_first) - MOST_INCIDENTS)
    if not worst_first:
        yield Small(line=("None.",))


def _on_call(found: OnCallNow | None, organisation: Organisation) -> Iterator[Part]:
    yield Heading(text="On call")
    if organisation.paging.escalation_policy is None:
        yield Text(lines=(("Not configured: opsbot.yaml names no escalation policy under pagerduty.",),))
    elif found is None:
        yield Text(lines=(("Looking…",),))
    elif found.why:
        yield Text(lines=((Bold(text="Could not look"), f": {short(found.why, 200)}."),))
    elif not found.shifts:
        yield Text(lines=((Bold(text="Nobody is on call."), " A page now wakes nobody."),))
    else:
        yield Text(lines=tuple(_shift(each, organisation) for each in found.shifts[:MOST_ON_CALL]))
    if found and organisation.paging.escalation_policy:
        yield Small(
            line=("As of ", day_and_time(found.at), ". When PagerDuty fails: ", organisation.paging.phone_fallback)
        )


def _shift(shift: Shift, organisation: Organisation) -> Line:
    member = organisation.person_by_pagerduty(shift.pagerduty)
    who = Person(user=member.slack) if member else shift.name
    until: Line = ("until ", day_and_time(shift.until)) if shift.until else ()
    phone: Line = (member.phone,) if member and member.phone else ()
    return between(SEPARATOR, ((f"Level {shift.level}: ", who), until, phone))


def _more(rest: int) -> Iterator[Part]:
    if rest > 0:
        yield Small(line=(f"And {rest} more.",))
