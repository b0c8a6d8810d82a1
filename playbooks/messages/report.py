"""What is said about the report of an incident: that it is there, and that it is due; and about its meeting."""

from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Bold, Code, Controls, Line, Message, Part, Small, Style, Text, sentence
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.filing import filed_lines, filing_buttons
from playbooks.messages.times import metrics_line
from playbooks.messages.wording import (
    SEPARATOR,
    command,
    day_and_time,
    local_time,
    name_of,
    plain_name,
    short,
    spoken,
    who,
)


def published(incident: Incident, organisation: Organisation) -> Message:
    """The room learns that the report is there, below; and later, where else it is."""
    version = f", version {incident.reports}" if incident.reports > 1 else ""
    first: Line = (Bold(text=f"The report of {incident.key}{version}"), SEPARATOR, who(incident.reported_by))
    open_ones = [task for task in incident.tasks.follow_ups if task.open]
    measures = f"{len(open_ones)} follow-up{'s' if len(open_ones) != 1 else ''} open." if open_ones else ""
    further = (metrics_line(incident), (measures,) if measures else (), *filed_lines(incident))
    lines = (first, *filter(None, further))
    missing = _missing(incident)
    buttons = tuple(filing_buttons(incident, organisation))
    parts: tuple[Part, ...] = (
        Text(lines=lines),
        *((Controls(controls=buttons),) if buttons else ()),
        *((Small(line=missing),) if missing else ()),
    )
    return Message(summary=f"{incident.key}: {spoken(first, organisation)}", parts=parts)


def asked_for(incident: Incident, organisation: Organisation) -> Message:
    """Whoever writes it is asked for it."""
    del organisation
    assert incident.report_asked
    line: Line = (f"The report of {name_of(incident)} was due ", day_and_time(incident.report_asked), ".")
    parts: tuple[Part, ...] = (
        Text(lines=(line,)),
        Controls(controls=(controls.report(incident, style=Style.PRIMARY),)),
        Small(line=("Timeline, participants and metrics are in it already; what is missing is what you know.",)),
    )
    return Message(summary=f"The report of {name_of(incident)} is due.", parts=parts)


def unreported(incident: Incident) -> Refused:
    """It cannot be closed yet, or only by somebody who says so."""
    now, without = Code(text=f"/incident report {incident.key}"), Code(text=f"/incident close {incident.key} without")
    return Refused(
        f"The report of {incident.key} is not written. Write it, ",
        now,
        ", or close without it: ",
        without,
        " and, if you like, why.",
        offers=(controls.write_report(incident), controls.close_without(incident)),
    )


def publishing(incident: Incident) -> Message:
    """Whoever published it."""
    return sentence(f"The report of {incident.key} is published in its room.")


def meeting_arranged(incident: Incident, start: datetime, place: str, by: str, organisation: Organisation) -> Message:
    """The room learns when the follow-up meeting is; the calendar file is below."""
    where = f", {short(place)}" if place else ""
    line: Line = (Bold(text="Follow-up meeting"), " ", day_and_time(start), f"{where}{SEPARATOR}", who(by))
    when = local_time(start, organisation.timezone, with_date=True)
    name = plain_name(by, organisation) or "somebody"
    summary = f"{incident.key} follow-up meeting: {when}{where}, arranged by {name}"
    return Message(summary=summary, parts=(Text(lines=(line,)), Small(line=("Open the file to add it.",))))


def _missing(incident: Incident) -> Line:
    """What the report lacks; it can be published again until the incident is closed."""
    if incident.closed_at:
        return ()
    asked = {"went-well": "what went well", "went-badly": "what did not", "root-cause": "the root cause"}
    lacking = [words for name, words in asked.items() if not incident.answers.get(name)]
    more = f"Not written yet: {', '.join(lacking)}. Publish it again any time: "
    return (more, command("/incident report"), ".") if lacking else ()
