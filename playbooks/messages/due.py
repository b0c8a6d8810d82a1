"""What is due now in an incident: one message, edited in place, that goes when nothing is due any more."""

from collections.abc import Iterator

from bot.domain.incident import Incident
from bot.domain.message import Bold, Button, Controls, Line, Message, Part, Small, Style, Text
from bot.domain.run import Run
from bot.organisation import Organisation
from playbooks.due_now import Due, Late
from playbooks.messages import controls
from playbooks.messages.inform import answering, lacks
from playbooks.messages.news import escalation_words
from playbooks.messages.step import ordinal, owner_of, short_line
from playbooks.messages.wording import day_and_time, name_of, short, spoken, step_count, who

MOST_LATE = 5
"""Late steps that are named; of the others only the number is told."""


def due_message(incident: Incident, run: Run, due: Due, organisation: Organisation) -> Message:
    """What is due, the most urgent first, each with the press that settles it."""
    parts = (
        *_response(incident, due, organisation),
        *_troubles(due),
        *_update(incident, due),
        *_watched(incident, due),
        *_late(incident, run, due),
    )
    first = next((part.lines[0] for part in parts if isinstance(part, Text)), ())
    summary = f"{name_of(incident)}: {spoken(first, organisation) or 'nothing is due'}"
    return Message(summary=summary, parts=parts)


def _response(incident: Incident, due: Due, organisation: Organisation) -> Iterator[Part]:
    """Nobody has answered in time: who was reached because of it, and how to end it."""
    if not due.response:
        return
    policy = organisation.severity(incident.severity)
    reached = escalation_words(policy.escalation[: incident.escalated], organisation)
    lines: list[Line] = [(Bold(text=lacks(incident)), " It was due ", day_and_time(due.response), ".")]
    lines += [(reached,)] if reached else []
    yield Text(lines=tuple(lines))
    yield Controls(controls=tuple(answering(incident)))


def _update(incident: Incident, due: Due) -> Iterator[Part]:
    if not due.update:
        return
    asked: Line = (who(incident.spokesperson), ", ") if incident.spokesperson else ()
    yield Text(
        lines=(
            (
                *asked,
                Bold(text="the status update" if asked else "The status update"),
                " is due since ",
                day_and_time(due.update),
                ".",
            ),
        )
    )
    buttons: tuple[Button, ...] = (
        controls.post_update(incident, style=Style.PRIMARY),
        controls.no_change(incident),
        *controls.snoozes(incident),
    )
    yield Controls(controls=buttons)


def _watched(incident: Incident, due: Due) -> Iterator[Part]:
    if due.watched:
        yield Text(
            lines=(
                (Bold(text="The watch is over"), " since ", day_and_time(due.watched), ". If it holds, resolve it."),
            )
        )
        yield Controls(controls=(controls.resolve(incident),))


def _late(incident: Incident, run: Run, due: Due) -> Iterator[Part]:
    if not due.late:
        return
    yield Text(
        lines=(
            (Bold(text=f"{step_count(len(due.late))} late"),),
            *(_late_line(incident, run, late) for late in due.late[:MOST_LATE]),
        )
    )
    rest = len(due.late) - MOST_LATE
    if rest > 0:
        yield Small(line=(f"And {step_count(rest)} more; see the messages of their phases.",))


def _late_line(incident: Incident, run: Run, late: Late) -> Line:
    """`Assess 2. Which services are affected? — @ana, since 02:15`"""
    phase = next(phase for phase in run.playbook.phases if late.step in phase.steps)
    owner = owner_of(incident, late.step, run.progress(late.step.key))
    whose: Line = (owner, ", ") if owner else ()
    head = f"☐ {short(phase.title, 40)} {ordinal(late.step)}. "
    return (head, *short_line(late.step.line), " — ", *whose, "since ", day_and_time(late.since))


def _troubles(due: Due) -> Iterator[Part]:
    for trouble in due.troubles:
        yield Text(lines=((f"Opsbot {short(trouble.what, 400)}.",),), beside=controls.try_again(trouble.serial))
