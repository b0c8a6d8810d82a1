"""What is said when an incident takes another course: merged, reopened, moved, made private, its room lost."""

from datetime import timedelta

from bot.domain.incident import Duty, Incident
from bot.domain.message import Bold, Controls, Line, Message, Part, Room, Small, Span, Text
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.wording import (
    as_duty,
    command,
    length_words,
    name_of,
    quoted,
    spoken,
    standing,
    who,
)


def looks_like(incident: Incident, other: Incident) -> Message:
    """In one of two rooms: the other incident may be the same; the later one is merged into the earlier."""
    first, second = sorted((incident.number, other.number))
    place: Line = (", ", Room(channel=other.room)) if other.room else ()
    line: Line = ("This looks like ", Bold(text=name_of(other)), f" ({standing(other)})", *place, ".")
    same: Line = ("If it is the same, merge them: one room, one page, one timeline.",)
    parts: tuple[Part, ...] = (Text(lines=(line, same)), Controls(controls=(controls.merge(second, first),)))
    return Message(summary=f"{incident.key} looks like {name_of(other)}.", parts=parts)


def merged_away(incident: Incident, into: Incident, by: str, organisation: Organisation) -> Message:
    """In the room of the incident that is no more."""
    where: Line = (" Go on there: ", Room(channel=into.room), ".") if into.room else (" Go on there.",)
    merged: Line = (Bold(text=f"{incident.key} was merged into {into.key}"), " by ", who(by), ".", *where)
    rest = Small(line=("Its timeline and its people are there too; nothing here is asked of anybody any more.",))
    return Message(
        summary=f"{incident.key} was merged into {into.key}. {spoken(where, organisation)}",
        parts=(Text(lines=(merged,)), rest),
    )


def merged_here(incident: Incident, merged: Incident, by: str) -> Message:
    """In the room of the incident that goes on."""
    place: Line = (" from ", Room(channel=merged.room)) if merged.room else ()
    line: Line = (Bold(text=name_of(merged)), " was merged into this by ", who(by), ".")
    rest = Small(line=("Its timeline and its people came along", *place, ".", _pages(merged)))
    return Message(summary=f"{merged.key} was merged into {incident.key}.", parts=(Text(lines=(line,)), rest))


def reopened(incident: Incident, by: str, why: str, organisation: Organisation) -> Message:
    """In the room: it goes on."""
    author: Line = (" by ", who(by)) if by else (" by an alert",)
    line: Line = (
        Bold(text=f"{incident.key} is reopened"),
        *author,
        ".",
        " Its clocks run from now; acknowledge it again.",
    )
    words = (quoted(why, most=500),) if why else ()
    return Message(
        summary=spoken(line, organisation),
        parts=(Text(lines=(line,)), *words, Controls(controls=(controls.acknowledge(incident),))),
    )


def reopened_told(incident: Incident, why: str) -> Message:
    """A stakeholder learns that it was not over."""
    again = f"Reopened after {length_words(_lasted(incident))}: it was not over."
    words = (quoted(why, most=500),) if why else ()
    return Message(
        summary=f"{name_of(incident)}: {again}", parts=(Text(lines=((Bold(text=name_of(incident)),), (again,))), *words)
    )


def moved_here(incident: Incident, former: str) -> Message:
    """In a new room: where the incident was before."""
    line: Line = (f"{incident.key} goes on here. What happened before is in ", Room(channel=former), ".")
    return Message(summary=f"{incident.key} goes on here.", parts=(Text(lines=(line,)),))


def went_private() -> Message:
    """In the public room that was left: nothing that a reader could learn from."""
    words = "This goes on in private, and this channel is put away."
    rest = "People's messages above can still be read by everybody: delete them, or ask a Slack admin to make this channel private."
    return Message(summary=words, parts=(Text(lines=((words,),)), Small(line=(rest,))))


def private_now(incident: Incident, by: str, organisation: Organisation) -> Message:
    """In the new, private room."""
    line: Line = (Bold(text=f"{incident.key} is private"), " from now on, says ", who(by), ".")
    told = ", ".join(map(organisation.title, organisation.private_inform)) or "nobody"
    rest: Line = (f"Told: {told}. To let somebody in: ", command("/incident invite @person"), ".")
    return Message(summary=f"{incident.key} is private from now on.", parts=(Text(lines=(line, rest)),))


def removed(incident: Incident, user: str, by: str) -> Message:
    """In the room: somebody was taken out."""
    line: Line = (who(user), " was taken out of this room by ", who(by), ".")
    return Message(summary=f"{incident.key}: somebody was taken out of the room.", parts=(Text(lines=(line,)),))


def room_lost(incident: Incident) -> Message:
    """By direct message: the war room cannot be used, and what to do; the incident goes on."""
    line: Line = (Bold(text=f"The war room of {name_of(incident)} {incident.room_lost}."),)
    fix: Line = ("The incident goes on and commands work anywhere. ", *_fix(incident))
    return Message(
        summary=f"The war room of {incident.key} {incident.room_lost}.",
        parts=(Text(lines=(line, fix)), Controls(controls=(controls.new_room(incident),))),
    )


def room_back(incident: Incident) -> Message:
    """In the room: opsbot is there again."""
    words = "Opsbot is back in this room, and catches up on what it missed."
    return Message(summary=f"{incident.key}: {words}", parts=(Text(lines=((words,),)),))


def vacant(incident: Incident, duty: Duty, user: str, why: str, organisation: Organisation) -> Message:
    """Somebody who had a duty cannot have it; it is offered."""
    line: Line = (who(user), f" {why}, so nobody is {as_duty(duty)} any more. Somebody please take over.")
    return Message(
        summary=f"{incident.key}: {spoken(line, organisation)}",
        parts=(Text(lines=(line,)), Controls(controls=(controls.claim(incident, duty),))),
    )


def merged_answer(incident: Incident, into: Incident) -> Message:
    where: tuple[Span, ...] = (" It goes on in ", Room(channel=into.room), ".") if into.room else ()
    return _said(f"{incident.key} is merged into {into.key}.", *where)


def reopened_answer(incident: Incident) -> Message:
    where: tuple[Span, ...] = (" It goes on in ", Room(channel=incident.room), ".") if incident.room else ()
    if not where:
        where = (" Its room is archived, which Slack does not let opsbot undo: a new one is being opened.",)
    return _said(f"{incident.key} is open again.", *where)


def private_answer(incident: Incident) -> Message:
    return _said(f"{incident.key} is private from now on.", " A private room is being opened; the old one is put away.")


def invited_answer(incident: Incident, users: tuple[str, ...]) -> Message:
    return _said("Invited.", " ", *(who(user) for user in users), f" will find the room of {incident.key}.")


def removed_answer(incident: Incident, user: str) -> Message:
    return _said("Removed.", " ", who(user), f" is taken out of {incident.key}.")


def new_room_answer() -> Message:
    return _said("A new war room is being opened; everybody is invited.")


def _fix(incident: Incident) -> Line:
    if incident.room_lost.startswith("was archived"):
        return ("Open a new room, or unarchive the old one and invite opsbot into it.",)
    return "Invite opsbot there again: ", command("/invite @opsbot"), ", or open a new room."


def _pages(merged: Incident) -> str:
    return " Its page is resolved, so that one is left." if merged.page.state.told else ""


def _lasted(incident: Incident) -> timedelta:
    return (incident.reopened_at or incident.declared_at) - incident.declared_at


def _said(first: str, *more: Span) -> Message:
    return Message(summary=first, parts=(Text(lines=((first, *more),)),))
