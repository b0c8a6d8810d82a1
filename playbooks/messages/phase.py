"""A phase of a playbook: one message where its run is, edited in place, with what to press for each open step.

Slack allows 50 blocks and some 13,000 characters in a message, and people read less. So only the next open steps have
their buttons, and of a very long list only a stretch around the next open step is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.incident import Incident, Status
from bot.domain.message import Bold, Button, Controls, Line, Message, Part, Small, Text
from bot.domain.playbook import Phase, Since, Step
from bot.domain.run import Run
from bot.slack.text import cut
from playbooks.lint import window_words
from playbooks.messages import controls
from playbooks.messages.evidence import at_a_glance, evidence_lines, likeliest, looked_at, shows_all, suggestions
from playbooks.messages.step import run_time, step_controls, step_line
from playbooks.messages.wording import SEPARATOR, between, day_and_time, quoted, short, step_count, who
from playbooks.sight import NOTHING_SEEN, Sight

MOST_WITH_BUTTONS = 10
MOST_SHOWN = 25
ENDED_BEFORE = 3
"""Of a long list, how many ended steps are shown above the next open one."""
LONGEST_PROSE = 600
LONGEST_PROSE_OF_ALL = 2500


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What is shown of a phase: the steps from `first` on, some of them with buttons."""

    first: int
    steps: Sequence[Step]
    pressable: Sequence[Step]


def phase_message(
    incident: Incident | None, run: Run, phase: Phase, sight: Sight = NOTHING_SEEN, *, superseded: bool = False
) -> Message:
    """The phase as it stands; buttons go when it is over: the incident closed, the run ended, another one begun."""
    over = _over(incident, run, superseded=superseded)
    stretch = _stretch(run, phase, pressable=not over)
    parts = (
        *(() if over or run.current is not phase else _outlook(incident, run, sight)),
        Text(lines=(_title(run, phase),)),
        *_prose(phase),
        *_hidden_before(stretch),
        *_steps(incident, run, stretch, sight),
        *_hidden_after(run, phase, stretch),
        *looked_at(phase, sight),
        *(() if over else _glance(incident, run, phase, sight)),
        *((Small(line=over),) if over else _next(incident, run, phase, sight)),
    )
    of = incident.key if incident and not run.start else short(run.playbook.title, 80)
    return Message(summary=f"{of} {short(phase.title, 80)}: {_count(run, phase)}", parts=parts)


def _outlook(incident: Incident | None, run: Run, sight: Sight) -> Iterator[Part]:
    """The likeliest next thing, and the playbooks that treat what was seen."""
    if incident is None or incident.open:
        yield from likeliest(sight)
    if incident and incident.open and not run.start:
        yield from suggestions(incident)


def _glance(incident: Incident | None, run: Run, phase: Phase, sight: Sight) -> Iterator[Part]:
    """While an incident's newest phase shows no evidence: whether anything is wrong in what its playbook looks at."""
    if run.start or not (incident and incident.open) or run.current is not phase:
        return
    if not any(step.evidence for step in phase.steps):
        names = {name for step in run.playbook.steps() for name in step.evidence}
        yield from at_a_glance(names, sight, again=incident.look_due)


def _title(run: Run, phase: Phase) -> Line:
    """Of a standalone run the playbook is named too: nothing else says there what it is."""
    title = Bold(text=short(f"{run.playbook.title}: {phase.title}" if run.start else phase.title, 120))
    return between(SEPARATOR, ((title,), _window(run, phase), (_count(run, phase),)))


def _count(run: Run, phase: Phase) -> str:
    ended = sum(run.progress(step.key).state.ended for step in phase.steps)
    return "done" if ended == len(phase.steps) else f"{ended:,} of {len(phase.steps):,} done"


def _window(run: Run, phase: Phase) -> Line:
    """How long the phase should take, and until when that is."""
    if phase.window is None:
        return ()
    words = window_words(phase.window)
    end = run.late_from(phase)
    return (words, ", until ", run_time(run, end)) if end else (words,)


def _stretch(run: Run, phase: Phase, *, pressable: bool) -> Stretch:
    steps = phase.steps
    opened = [at for at, step in enumerate(steps) if not run.progress(step.key).state.ended]
    first = 0
    if len(steps) > MOST_SHOWN:
        first = max(0, min(opened[0] if opened else len(steps), len(steps) - MOST_SHOWN + ENDED_BEFORE) - ENDED_BEFORE)
    shown = steps[first : first + MOST_SHOWN]
    waiting = [step for step in shown if not run.progress(step.key).state.ended]
    return Stretch(first=first, steps=shown, pressable=waiting[:MOST_WITH_BUTTONS] if pressable else ())


def _steps(incident: Incident | None, run: Run, stretch: Stretch, sight: Sight) -> Iterator[Part]:
    """Steps without buttons run together; one with buttons is followed by its explanation and their row."""
    lines: list[Line] = []
    prose_left = LONGEST_PROSE_OF_ALL
    for step in stretch.steps:
        lines.append(step_line(incident, run, step, sight))
        lines += evidence_lines(step, sight, open_yet=not run.progress(step.key).state.ended)
        if step not in stretch.pressable:
            continue
        yield Text(lines=tuple(lines))
        lines = []
        prose = _explanation(step, min(prose_left, LONGEST_PROSE))
        prose_left -= len(prose)
        if prose:
            yield quoted(prose)
        if row := step_controls(incident, run, step, sight, first=step is stretch.pressable[0]):
            yield Controls(controls=row)
    if lines:
        yield Text(lines=tuple(lines))


def _explanation(step: Step, most: int) -> str:
    """What the playbook says below a step, without the fences around its commands."""
    kept = "\n".join(line for line in step.prose.splitlines() if not line.lstrip().startswith(("```", "~~~")))
    return cut(kept.strip(), most) if most > 0 else ""


def _prose(phase: Phase) -> Iterator[Part]:
    if phase.prose:
        yield Small(line=(short(phase.prose, 300),))


def _hidden_before(stretch: Stretch) -> Iterator[Part]:
    if stretch.first:
        yield Small(line=(f"✓ Steps 1 to {stretch.first:,} have ended.",))


def _hidden_after(run: Run, phase: Phase, stretch: Stretch) -> Iterator[Part]:
    """How many open steps are not shown, or have no buttons yet."""
    waiting = sum(not run.progress(step.key).state.ended for step in phase.steps)
    others = waiting - len(stretch.pressable)
    if stretch.pressable and others:
        yield Small(line=(f"{step_count(others, 'open')} more; they get their buttons as these end.",))


def _over(incident: Incident | None, run: Run, *, superseded: bool) -> Line:
    """Why nothing can be pressed any more, if so."""
    if run.start:
        return _ended(run)
    if incident and incident.merged_into is not None:
        return (f"{incident.key} was merged into INC-{incident.merged_into}.",)
    if incident and incident.status is Status.CLOSED:
        return (f"{incident.key} is closed.",)
    return ("Another playbook has taken over; its steps are below.",) if superseded else ()


def _ended(run: Run) -> Line:
    if run.ended_at is None:
        return ()
    if run.stopped_by:
        return (f"Run {run.id} was stopped by ", who(run.stopped_by), " at ", run_time(run, run.ended_at), ".")
    return (f"Run {run.id} ended at ", run_time(run, run.ended_at), ".")


def _next(incident: Incident | None, run: Run, phase: Phase, sight: Sight) -> Iterator[Part]:
    """What can be pressed below the newest phase, and whose run it is when it stands alone."""
    following = run.following
    again = tuple(_looks(run, phase, sight))
    if run.current is not phase:
        if again and not run.ended(phase):
            yield Controls(controls=again)
        return
    onward = (controls.next_phase(run, following),) if following and not _waits(incident, following) else ()
    stop = (controls.stop_run(run),) if run.start else ()
    if buttons := (*again, *onward, *stop):
        yield Controls(controls=buttons)
    if run.start:
        told = ", ".join((*run.start.services, *run.start.words))
        began: Line = (f"Run {run.id}, started by ", who(run.start.by), " ", day_and_time(run.started_at))
        yield Small(line=(*began, f"{SEPARATOR}{short(told, 150)}") if told else began)


def _looks(run: Run, phase: Phase, sight: Sight) -> Iterator[Button]:
    if any(step.evidence for step in phase.steps):
        yield controls.look_again(run, phase)
    if not shows_all(phase.steps, sight):
        yield controls.show_all(run, phase)


def _waits(incident: Incident | None, following: Phase) -> bool:
    return incident is not None and incident.open and awaits_resolving(following)


def awaits_resolving(phase: Phase) -> bool:
    """Whether a phase belongs to the time after resolving."""
    return phase.window is not None and phase.window.since is Since.RESOLVED
