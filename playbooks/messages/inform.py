"""Direct messages about an incident: to its stakeholders, to those it escalates to, and to its declarer.

Readers are asleep, in a meeting, or far from the trouble: they learn what has happened, who has it, when they hear
more, and whether they must do anything. Their room is not the war room, so nobody is mentioned and no bridge offered.
"""

from collections.abc import Iterator

from bot.domain.incident import Incident, Severity
from bot.domain.message import Bold, Button, Controls, Line, Message, Part, Person, Room, Small, Text
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.impact import impact_lines
from playbooks.messages.page import page_line
from playbooks.messages.wording import (
    command,
    day_and_time,
    declarer,
    due_at,
    headline,
    length_of,
    name_of,
    quoted,
    short,
    spoken,
)

NOTHING_TO_DO = "You need not do anything; this is for you to know."


def declared(incident: Incident, organisation: Organisation, *, room: str | None) -> Message:
    """A stakeholder learns that an incident was declared."""
    definition = organisation.severity(incident.severity).definition
    lines: list[Line] = [
        (Bold(text=headline(incident)),),
        (f"{incident.severity.capitalize()}: {definition}. ", *_declared(incident)),
        _commander(incident),
        *impact_lines(incident, organisation),
        _next_update(incident),
    ]
    parts = (Text(lines=tuple(filter(None, lines))), Small(line=(NOTHING_TO_DO, *_room(room))))
    return Message(summary=f"{name_of(incident)} was declared ({incident.severity})", parts=parts)


def update_told(incident: Incident, organisation: Organisation) -> Message:
    """A stakeholder reads the latest update."""
    update = incident.last_update
    text = update.text if update else ""
    lines = (
        (Bold(text=headline(incident)),),
        *impact_lines(incident, organisation),
        (f"{incident.severity.capitalize()}, {incident.status}. Update:",),
    )
    parts: tuple[Part, ...] = (Text(lines=lines), quoted(text), Small(line=_next_update(incident)))
    summary = f"{name_of(incident)}: {short(text)} {spoken(_next_update(incident), organisation)}".strip()
    return Message(summary=summary, parts=parts)


def severity_told(incident: Incident, before: Severity, organisation: Organisation) -> Message:
    """A stakeholder learns that it is worse, or better, than it was."""
    told = f"Now {incident.severity}; it was {before}."
    lines: tuple[Line, ...] = (
        (Bold(text=headline(incident)),),
        (told, " ", organisation.severity(incident.severity).definition, "."),
        _next_update(incident),
    )
    return Message(summary=f"{name_of(incident)}: {told}", parts=(Text(lines=tuple(filter(None, lines))),))


def resolved_told(incident: Incident, organisation: Organisation) -> Message:
    """A stakeholder learns that it is over."""
    ended = incident.resolved_at or incident.declared_at
    lines: tuple[Line, ...] = (
        (Bold(text=headline(incident)),),
        ("Resolved ", day_and_time(ended), f", after {length_of(incident)}."),
    )
    words = (quoted(incident.resolution),) if incident.resolution else ()
    summary = f"{name_of(incident)}: {spoken(lines[1], organisation)}"
    return Message(summary=summary, parts=(Text(lines=lines), *words))


def escalated_to(
    incident: Incident, target: str, organisation: Organisation, *, room: str | None, knows: bool = True
) -> Message:
    """Somebody is told because nobody has answered in time; they can take it themselves.

    Who may not know what a private incident is about (`knows`) learns that there is one, and can take it all the same.
    """
    lacking = lacks(incident)
    name = name_of(incident) if knows else f"{incident.key}, a private incident"
    lines: tuple[Line, ...] = (
        (Bold(text=headline(incident) if knows else name),),
        (lacking, " Declared ", day_and_time(incident.declared_at), " by ", declarer(incident), "."),
        page_line(incident, organisation),
    )
    title = organisation.title(target)
    parts: tuple[Part, ...] = (
        Text(lines=lines),
        Controls(controls=tuple(answering(incident))),
        Small(line=(f"You are told as {title}.", *_room(room))),
    )
    return Message(summary=f"{name}: {lacking}", parts=parts)


def room_failed(incident: Incident, organisation: Organisation) -> Message:
    """The declarer learns that the incident stands without a war room, and where to go instead; later, where that is."""
    if incident.room or not incident.open:
        return _room_after_all(incident)
    lines: tuple[Line, ...] = (
        (Bold(text=f"{name_of(incident)} is declared, but its war room could not be opened."),),
        (f"Reason: {short(incident.room_refused, 300).rstrip('.')}.",),
        page_line(incident, organisation),
        _meanwhile(incident, organisation.channels.critical_incidents),
    )
    again = Controls(controls=(controls.try_again(incident.room_effect),))
    return Message(
        summary=f"{incident.key} has no war room: {short(incident.room_refused)}", parts=(Text(lines=lines), again)
    )


def _room_after_all(incident: Incident) -> Message:
    ended = f"{name_of(incident)} is {incident.status}."
    line: Line = (
        ("The war room of ", Bold(text=name_of(incident)), " is open: ", Room(channel=incident.room), ".")
        if incident.room
        else (ended,)
    )
    return Message(
        summary=f"{incident.key} has its war room." if incident.room else ended, parts=(Text(lines=(line,)),)
    )


def lacks(incident: Incident) -> str:
    """What an incident that escalates is short of."""
    if incident.acknowledged_at is None:
        return "Nobody has acknowledged it."
    return "Nobody is in command." if incident.commander is None else "It is answered."


def answering(incident: Incident) -> Iterator[Button]:
    """The presses that end an escalation."""
    if incident.acknowledged_at is None:
        yield controls.acknowledge(incident)
    yield from (claim for claim in controls.claims(incident)[:1] if incident.commander is None)


def _meanwhile(incident: Incident, channel: str) -> Line:
    where = "by direct message with those you need" if incident.private else f"in a thread in {channel}"
    return f"Until then work {where}. Commands work anywhere: ", command(f"/incident update {incident.key} …"), "."


def _declared(incident: Incident) -> Line:
    return "Declared ", day_and_time(incident.declared_at), " by ", declarer(incident), "."


def _commander(incident: Incident) -> Line:
    if incident.commander:
        return "In command: ", Person(user=incident.commander), "."
    return ("Nobody is in command yet.",)


def _next_update(incident: Incident) -> Line:
    return ("Next update by ", due_at(incident, incident.promised), ".") if incident.promised else ()


def _room(room: str | None) -> Line:
    return (" War room: ", Room(channel=room)) if room else ()
