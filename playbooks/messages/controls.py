"""The buttons under messages: what they are called, and what they tell whoever handles a press."""

from collections.abc import Iterator, Mapping

from bot.domain.incident import Duty, Incident
from bot.domain.message import Button, PersonPicker, Style
from bot.domain.playbook import Phase, Playbook, Step
from bot.domain.run import Run
from bot.domain.task import Task
from playbooks.changes.kind import ChangeKind
from playbooks.messages.wording import CLAIMS, short

NOBODY = "-"
"""Stands for the holder in a claim's value when nobody has the duty."""

SNOOZES = (15, 30)
"""Minutes a reminder can be put off for."""


def acknowledge(incident: Incident) -> Button:
    return Button(action="acknowledge", label="Acknowledge", value=str(incident.number), style=Style.PRIMARY)


def claim(incident: Incident, duty: Duty) -> Button:
    """Take a duty; the value tells who held it when the button was shown, so that two at once do not collide."""
    holder = incident.duties.get(duty, NOBODY)
    return Button(action="take-role", label=CLAIMS[duty], value=f"{incident.number}/{duty}/{holder}")


def claims(incident: Incident) -> tuple[Button, ...]:
    """A claim for each duty that nobody has."""
    return tuple(claim(incident, duty) for duty in Duty if duty not in incident.duties)


def post_update(incident: Incident, *, style: Style = Style.PLAIN) -> Button:
    return Button(action="post-update", label="Post update", value=str(incident.number), style=style)


def status_page(incident: Incident) -> Button:
    """Say something to customers; it opens a draft, nothing is public by pressing this."""
    return Button(action="status-page", label="Status page", value=str(incident.number))


def no_change(incident: Incident) -> Button:
    return Button(action="no-change", label="No change", value=str(incident.number))


def snoozes(incident: Incident) -> tuple[Button, ...]:
    return tuple(
        Button(action="snooze", label=f"Snooze {minutes}", value=f"{incident.number}/{minutes}") for minutes in SNOOZES
    )


def mitigated(incident: Incident) -> Button:
    return Button(action="mitigated", label="Mitigated", value=str(incident.number))


def resolve(incident: Incident) -> Button:
    return Button(action="resolve", label="Resolve", value=str(incident.number))


def close(incident: Incident) -> Button:
    return Button(action="close", label="Close", value=str(incident.number))


def close_without(incident: Incident) -> Button:
    """Close it though its report is not written; it asks why."""
    return Button(action="close-without", label="Close without it", value=str(incident.number))


def change_severity(incident: Incident) -> Button:
    return Button(action="change-severity", label="Severity", value=str(incident.number))


def note(incident: Incident) -> Button:
    return Button(action="note", label="Note", value=str(incident.number))


def impact(incident: Incident) -> Button:
    return Button(action="impact", label="Impact", value=str(incident.number))


def merge(number: int, into: int) -> Button:
    """Merge one incident into another; it opens a form with the two of them."""
    return Button(action="merge", label="Merge", value=f"{number}/{into}")


def reopen(incident: Incident) -> Button:
    return Button(action="reopen", label="Reopen", value=str(incident.number))


def escalate(incident: Incident) -> Button:
    """Climb the next rung now; the value tells how many were climbed when the button was shown."""
    return Button(action="escalate", label="Escalate", value=f"{incident.number}/{incident.escalated}")


def page(incident: Incident) -> Button:
    return Button(action="page", label="Page", value=str(incident.number))


def make_private(incident: Incident) -> Button:
    return Button(action="make-private", label="Make private", value=str(incident.number))


def members(incident: Incident) -> Button:
    return Button(action="members", label="Invite", value=str(incident.number))


def new_room(incident: Incident) -> Button:
    """Open another war room; the value tells how many there were when the button was shown."""
    return Button(action="new-room", label="Open a new room", value=f"{incident.number}/{incident.rooms}")


def role(incident: Incident) -> Button:
    return Button(action="role", label="Roles", value=str(incident.number))


def step_done(run: Run, step: Step, *, style: Style = Style.PLAIN) -> Button:
    return Button(action="step-done", label="Done", value=_step(run, step), style=style)


def accept(run: Run, step: Step) -> Button:
    """Take a handoff: the same press as *Done*, in the words of whoever takes over."""
    return Button(action="step-done", label="I have it", value=_step(run, step), style=Style.PRIMARY)


def step_skip(run: Run, step: Step) -> Button:
    return Button(action="step-skip", label="Skip", value=_step(run, step))


def step_answer(run: Run, step: Step, *, style: Style = Style.PLAIN) -> Button:
    return Button(action="step-answer", label="Answer", value=_step(run, step), style=style)


def step_assign(run: Run, step: Step, *, assigned: bool) -> PersonPicker:
    placeholder = "Reassign" if assigned else "Assign"
    return PersonPicker(action="step-assign", placeholder=placeholder, value=_step(run, step))


def skip_reason(run: Run, step: Step) -> Button:
    """Say why a step was skipped, afterwards."""
    return Button(action="skip-reason", label="Say why", value=_step(run, step))


def next_phase(run: Run, following: Phase) -> Button:
    """Open the next phase; the value tells how many were open when the button was shown."""
    label = f"Next: {short(following.title, 60)}"
    return Button(action="next-phase", label=label, value=f"{run.key}/{len(run.opened)}")


def look_again(run: Run, phase: Phase) -> Button:
    """Have the evidence of a phase gathered anew."""
    return Button(action="look-again", label="Look again", value=f"{run.key}/{phase.slug}")


def show_all(run: Run, phase: Phase) -> Button:
    """Show all that was seen for a phase to whoever presses; below its steps stands only the worst."""
    return Button(action="show-all", label="Show all", value=f"{run.key}/{phase.slug}")


def start_playbook(name: str, thread: str = "", *, style: Style = Style.PLAIN) -> Button:
    """Start a playbook where the button stands; in a thread, if it was asked for in one."""
    return Button(action="start-playbook", label="Start", value=f"{name}/{thread}" if thread else name, style=style)


def stop_run(run: Run) -> Button:
    """End a standalone run before its end."""
    return Button(action="stop-run", label="Stop", value=str(run.key))


def show_playbook(playbook: Playbook, page: int, thread: str, *, label: str = "Show") -> Button:
    return Button(action="show-playbook", label=label, value=f"{playbook.name}/{page}/{thread}")


def correct_note(incident: Incident) -> Button:
    return Button(action="correct-note", label="Correct a note", value=str(incident.number))


def times(incident: Incident) -> Button:
    return Button(action="times", label="Times", value=str(incident.number))


def task(incident: Incident) -> Button:
    return Button(action="task", label="New task", value=str(incident.number))


def task_done(incident: Incident, task: Task) -> Button:
    return Button(action="task-done", label="Done", value=f"{incident.number}/{task.number}")


def task_due(incident: Incident, task: Task) -> Button:
    return Button(action="task-due", label="Due", value=f"{incident.number}/{task.number}")


def task_assign(incident: Incident, task: Task) -> PersonPicker:
    placeholder = "Reassign" if task.owner else "Assign"
    return PersonPicker(action="task-assign", placeholder=placeholder, value=f"{incident.number}/{task.number}")


def report(incident: Incident, *, style: Style = Style.PLAIN) -> Button:
    """It opens a form with what is known; publishing is another press."""
    return Button(action="report", label="Report", value=str(incident.number), style=style)


def write_report(incident: Incident) -> Button:
    """The same, where the alternative is to do without."""
    return Button(action="report", label="Write the report", value=str(incident.number), style=Style.PRIMARY)


def meeting(incident: Incident) -> Button:
    return Button(action="meeting", label="Meeting", value=str(incident.number))


def try_again(serial: int) -> Button:
    return Button(action="try-again", label="Try again", value=str(serial))


def declare() -> Button:
    return Button(action="declare", label="Declare an incident", value="-")


def ask_change(kind: ChangeKind, target: str, *words: str, label: str = "", style: Style = Style.PLAIN) -> Button:
    """Ask for a change; it is planned first, and nothing is done before somebody agrees.

    `words` are what else is known of it, as one would type it.
    """
    value = "/".join((kind.name, target, *words))
    return Button(action="ask-change", label=label or kind.title, value=value, style=style)


def ask_first(wanted: str, kinds: Mapping[str, ChangeKind]) -> Iterator[Button]:
    """Ask for the change that has to come before another one, as "build/web/1.9.0"; nothing when none has to."""
    name, _, words = wanted.partition("/")
    if kind := kinds.get(name):
        yield ask_change(kind, words, style=Style.PRIMARY)


def ask_declared(name: str) -> Button:
    """Ask for a change that opsbot.yaml declares; it is planned likewise."""
    return Button(action="ask-change", label=name.replace("-", " ").capitalize(), value=f"run/{name}")


def _step(run: Run, step: Step) -> str:
    return f"{run.key}/{step.key}"
