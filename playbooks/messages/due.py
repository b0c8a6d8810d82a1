"""What is due now in an incident: one message, edited in place, that goes when nothing is due any more."""

from collections.abc import Iterator
from itertools import groupby

from bot.domain.incident import Duty, Incident
from bot.domain.message import Bold, Controls, Line, Message, Part, Small, Style, Text
from bot.domain.run import Run
from bot.organisation import Organisation, Reach
from playbooks.audience import owed_to_customers
from playbooks.due_now import Due, Late
from playbooks.messages import controls
from playbooks.messages.inform import answering, lacks
from playbooks.messages.late import late_line
from playbooks.messages.page import target_line
from playbooks.messages.status_page import offered
from playbooks.messages.step import run_time
from playbooks.messages.wording import (
    capitalised,
    day_and_time,
    listed,
    moment,
    name_of,
    short,
    spoken,
    step_count,
    when_due,
    who,
)

MOST_LATE = 5
"""Late steps that are named; of the others only the number is told."""


def due_message(incident: Incident, run: Run, due: Due, organisation: Organisation) -> Message:
    """What is due, the most urgent first, each with the press that settles it."""
    parts = (
        *_response(incident, due, organisation),
        *_troubles(due),
        *_update(incident, due, organisation),
        *_watched(incident, due),
        *_report(incident, due),
        *_late(incident, run, due),
    )
    first = next((part.lines[0] for part in parts if isinstance(part, Text)), ())
    summary = f"{name_of(incident)}: {spoken(first, organisation) or 'nothing is due'}"
    return Message(summary=summary, parts=parts)


def _response(incident: Incident, due: Due, organisation: Organisation) -> Iterator[Part]:
    """Nobody has answered in time: how it is to be ended, and who was reached because of it."""
    if due.response:
        answer: Line = (Bold(text=lacks(incident)), " An answer was due ", *when_due(incident, due.response), ".")
        yield Text(lines=(answer, *_climbed(incident, organisation)))
        yield Controls(controls=tuple(answering(incident)))


def _climbed(incident: Incident, organisation: Organisation) -> Iterator[Line]:
    """How far the escalation got with each of those it has reached."""
    climbed = organisation.severity(incident.severity).escalation[: incident.escalated]
    for rung in climbed:
        if rung.how is Reach.PAGE and rung.target in incident.paged:
            yield target_line(rung.target, incident.paged[rung.target], organisation)
    told = [organisation.title(rung.target) for rung in climbed if rung.how is Reach.INFORM]
    if told:
        yield (f"Told {listed(told)}.",)


def _troubles(due: Due) -> Iterator[Part]:
    for trouble in due.troubles:
        told: Line = (f"Opsbot {short(trouble.what, 400).rstrip('.')}.",)
        yield Text(lines=(told,), beside=controls.try_again(trouble.serial))


def _update(incident: Incident, due: Due, organisation: Organisation) -> Iterator[Part]:
    if due.update:
        owed = owed_to_customers(incident, organisation.severity(incident.severity))
        asked: Line = (who(incident.spokesperson), ", ") if incident.spokesperson else ()
        told: Line = (*asked, "a status update was due ", *when_due(incident, due.update), ".")
        customers: tuple[Line, ...] = (("It counts when it reaches the status page.",),) if owed else ()
        yield Text(lines=(capitalised(told), *customers))
        first = controls.post_update(incident, style=Style.PRIMARY)
        page = (controls.status_page(incident),) if offered(incident, organisation) else ()
        yield Controls(controls=(first, *page, controls.no_change(incident), *controls.snoozes(incident)))


def _watched(incident: Incident, due: Due) -> Iterator[Part]:
    if due.watched:
        yield Text(lines=(("The watch ended ", moment(due.watched), ". If the fix has held, resolve it."),))
        yield Controls(controls=(controls.resolve(incident),))


def _report(incident: Incident, due: Due) -> Iterator[Part]:
    if due.report:
        whose = incident.duties.get(Duty.SCRIBE) or incident.commander
        asked: Line = (who(whose), ", ") if whose else ()
        told: Line = (*asked, "the report was due ", day_and_time(due.report), ".")
        yield Text(lines=(capitalised(told),))
        yield Controls(controls=(controls.report(incident, style=Style.PRIMARY),))


def _late(incident: Incident, run: Run, due: Due) -> Iterator[Part]:
    """By phase and since when; a long list helps nobody."""
    named = due.late[:MOST_LATE]
    for (phase, since), late in groupby(named, key=lambda late: (_phase_of(run, late), late.since)):
        count = sum(1 for each in due.late if (_phase_of(run, each), each.since) == (phase, since))
        head: Line = (Bold(text=short(phase, 40)), f": {step_count(count)} late since ", run_time(run, since))
        yield Text(lines=(head, *(late_line(incident, run, each) for each in late)))
    rest = len(due.late) - len(named)
    if rest > 0:
        yield Small(line=(f"{step_count(rest)} more; see the messages of their phases.",))


def _phase_of(run: Run, late: Late) -> str:
    return next(phase.title for phase in run.playbook.phases if late.step in phase.steps)
