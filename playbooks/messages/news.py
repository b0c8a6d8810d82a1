"""What the war room is told when somebody changed something that all should know: one short message each."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.domain.incident import Duty, Incident, Severity
from bot.domain.message import Bold, Line, Message, Part, Small, Span, Text
from bot.organisation import Escalation, Organisation, Reach
from playbooks.audience import Audience
from playbooks.messages.inform import lacks
from playbooks.messages.status_page import warning
from playbooks.messages.wording import (
    SEPARATOR,
    as_duty,
    due_at,
    length_of,
    length_words,
    listed,
    moment,
    quoted,
    short,
    spoken,
    who,
)


def update_posted(incident: Incident, audiences: Iterable[Audience], organisation: Organisation) -> Message:
    """The latest update, whom it reached, and when the next one is promised."""
    update = incident.last_update
    assert update
    reached = [_reached(audience, organisation) for audience in Audience if audience in set(audiences)]
    following: Line = (SEPARATOR, "next update by ", due_at(incident, incident.promised)) if incident.promised else ()
    parts: tuple[Part, ...] = (
        Text(lines=((Bold(text="Update"), " by ", who(update.by)),)),
        quoted(update.text),
        Small(line=(f"To {listed(reached)}", *following)),
    )
    return Message(summary=f"{incident.key} update: {short(update.text)}", parts=parts)


def severity_changed(incident: Incident, before: Severity, by: str, reason: str, organisation: Organisation) -> Message:
    """It is worse or better than was thought, and what follows from it."""
    policy = organisation.severity(incident.severity)
    every = "daily" if policy.update_every == timedelta(days=1) else f"every {length_words(policy.update_every)}"
    lines: tuple[Line, ...] = (
        (Bold(text=f"{incident.severity.capitalize()}"), f" now, was {before}", SEPARATOR, who(by)),
        (f"{policy.definition}. Updates {every} from now on.",),
    )
    why = (quoted(reason, most=500),) if reason.strip() else ()
    return Message(summary=f"{incident.key} is {incident.severity} now, was {before}", parts=(Text(lines=lines), *why))


def role_taken(incident: Incident, duty: Duty, user: str, before: str | None, organisation: Organisation) -> Message:
    """Somebody has a duty now, perhaps instead of somebody else."""
    instead: Line = (", instead of ", who(before)) if before else ()
    return _one_line(incident, organisation, who(user), f" is {as_duty(duty)} now", *instead, ".")


def mitigated(incident: Incident, by: str, organisation: Organisation) -> Message:
    """The damage has stopped; the fix is watched."""
    until: Line = (" The fix is watched until ", moment(incident.watch_until), ".") if incident.watch_until else ()
    return _one_line(incident, organisation, Bold(text="Mitigated"), ", says ", who(by), ".", *until)


def resolved(incident: Incident, organisation: Organisation) -> Message:
    """It is over: what fixed it, how long it took, what is left to do."""
    line: Line = ("✅ ", Bold(text="Resolved"), f" after {length_of(incident)} by ", who(incident.resolved_by), ".")
    words = (quoted(incident.resolution),) if incident.resolution else ()
    rest = Small(
        line=(
            "What is left are the last steps; then close it, which archives this room. Thank you, and get some sleep.",
        )
    )
    return Message(
        summary=f"{incident.key}: {spoken(line, organisation)}",
        parts=(Text(lines=(line,)), *words, *warning(incident), rest),
    )


def closed(incident: Incident, by: str, organisation: Organisation) -> Message:
    """Nothing is left to do."""
    return _one_line(
        incident,
        organisation,
        Bold(text=f"{incident.key} is closed"),
        SEPARATOR,
        who(by),
        ". This room is archived in a minute; it stays to be read.",
    )


def escalated(incident: Incident, reached: Sequence[Escalation], organisation: Organisation) -> Message:
    """Who is woken or told because nobody has answered; what is due has the buttons that stop it."""
    return _one_line(incident, organisation, Bold(text=lacks(incident)), " ", escalation_words(reached, organisation))


def escalated_by(incident: Incident, rung: Escalation, by: str, organisation: Organisation) -> Message:
    """Somebody climbs a rung at once."""
    return _one_line(incident, organisation, who(by), " escalates. ", escalation_words([rung], organisation))


def escalation_words(reached: Sequence[Escalation], organisation: Organisation) -> str:
    """Whom an escalation reaches: `Paging VP Engineering and CTO. Telling CEO.`"""
    paged = [organisation.title(rung.target) for rung in reached if rung.how is Reach.PAGE]
    told = [organisation.title(rung.target) for rung in reached if rung.how is Reach.INFORM]
    sentences = (f"Paging {listed(paged)}." if paged else "", f"Telling {listed(told)}." if told else "")
    return " ".join(filter(None, sentences))


def _reached(audience: Audience, organisation: Organisation) -> str:
    match audience:
        case Audience.ROOM:
            return "this room"
        case Audience.ANNOUNCEMENT:
            return organisation.channels.critical_incidents
        case Audience.STAKEHOLDERS:
            return "the stakeholders"
        case Audience.STATUS_PAGE:
            return "the status page"


def _one_line(incident: Incident, organisation: Organisation, *spans: Span) -> Message:
    return Message(summary=f"{incident.key}: {spoken(spans, organisation)}", parts=(Text(lines=(spans,)),))
