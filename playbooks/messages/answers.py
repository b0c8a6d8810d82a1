"""Short answers to one person, who has just done something: what has come of it, and what follows."""

from datetime import datetime

from bot.domain.incident import Duty, Incident
from bot.domain.message import Controls, Line, Message, Part, Room, Span, Text, sentence
from bot.domain.page import Paging
from bot.domain.playbook import Step
from bot.domain.run import Run
from bot.organisation import Escalation, Organisation
from playbooks.messages import controls
from playbooks.messages.news import escalation_words
from playbooks.messages.page import page_line
from playbooks.messages.status_page import warning
from playbooks.messages.wording import as_duty, command, day_and_time, moment, name_of, spoken, when_due, who


def declared(incident: Incident, organisation: Organisation, *, room: str | None) -> Message:
    """The declarer's answer: the number, where to go, and whether anybody is being woken."""
    paged = () if incident.page.state is Paging.NONE else (page_line(incident, organisation),)
    lines: tuple[Line, ...] = (
        (f"Declared {name_of(incident)}, {incident.severity}.",),
        *paged,
        ("Go to ", Room(channel=room), ".") if room else ("The war room is being opened; you will be invited.",),
    )
    return Message(summary=f"{incident.key} is declared", parts=(Text(lines=lines),))


def acknowledged(incident: Incident) -> Message:
    return _said("Acknowledged.", " ", *_leader(incident))


def role_taken(incident: Incident, duty: Duty, user: str) -> Message:
    return _said("Noted.", " ", who(user), f" is {as_duty(duty)} in {incident.key} now.")


def update_posted(incident: Incident, *, counts: bool = True) -> Message:
    """Where it does not count as long as customers have not been told, the way to tell them is offered."""
    if counts:
        return _said("Posted.", " ", *_next_update(incident))
    told: Line = ("Posted, but not to the status page: customers are still owed an update, ", *_due(incident), ".")
    parts: tuple[Part, ...] = (Text(lines=(told,)), Controls(controls=(controls.status_page(incident),)))
    return Message(summary="Posted, but not to the status page.", parts=parts)


def on_status_page(incident: Incident) -> Message:
    """It was approved for customers; the card shows when it is public."""
    assert incident.public
    return _said(f"The status page will say {incident.public.latest.stage} in a moment.", " ", *_next_update(incident))


def put_off(incident: Incident, organisation: Organisation) -> Message:
    """After No change and after Snooze."""
    line: Line = ("Noted. ", *_next_update(incident))
    return Message(summary=spoken(line, organisation), parts=(Text(lines=(line,)),))


def noted(incident: Incident, *, at: datetime | None = None) -> Message:
    if at:
        return _said(f"It is on the timeline of {incident.key}", ", ", day_and_time(at), ".")
    return sentence(f"It is on the timeline of {incident.key}.")


def note_corrected(incident: Incident) -> Message:
    return sentence(f"The note on {incident.key} is corrected; the timeline says by whom.")


def note_withdrawn(incident: Incident) -> Message:
    return sentence(f"The note is off the timeline of {incident.key}.")


def severity_changed(incident: Incident) -> Message:
    return _said(f"{incident.key} is {incident.severity} now.", " ", *_next_update(incident))


def escalated(incident: Incident, rung: Escalation, organisation: Organisation) -> Message:
    return _said(f"{incident.key} is escalated.", " ", escalation_words([rung], organisation))


def paging(incident: Incident, target: str, organisation: Organisation) -> Message:
    return _said(f"Paging {organisation.title(target)}.", f" The room of {incident.key} shows what comes of it.")


def mitigated(incident: Incident) -> Message:
    until: Line = ("The fix is watched until ", moment(incident.watch_until), ".") if incident.watch_until else ()
    return _said(f"{incident.key} is mitigated.", " ", *until)


def resolved(incident: Incident) -> Message:
    told: Line = (
        f"{incident.key} is resolved.",
        " When the last steps are done: ",
        command("/incident close"),
        "; that archives its room.",
    )
    return Message(summary=f"{incident.key} is resolved.", parts=(Text(lines=(told,)), *warning(incident)))


def closed(incident: Incident) -> Message:
    return sentence(f"{incident.key} is closed.")


def skipped(run: Run, step: Step) -> Message:
    """One press skips; who wants to can say why."""
    parts: tuple[Part, ...] = (
        Text(lines=(("Skipped: ", *step.line),)),
        Controls(controls=(controls.skip_reason(run, step),)),
    )
    return Message(summary="Skipped.", parts=parts)


def phase_opened(incident: Incident) -> Message:
    return sentence(f"The next phase of {incident.key} is open; its steps are in the war room.")


def trying_again() -> Message:
    return sentence("Trying again; the result shows here in a moment.")


def nothing_open() -> Message:
    line: Line = ("No incident is open. To declare one: ", command("/incident declare"), ".")
    return Message(summary="No incident is open.", parts=(Text(lines=(line,)),))


def _leader(incident: Incident) -> Line:
    return (who(incident.commander), " is in command.") if incident.commander else ()


def _next_update(incident: Incident) -> Line:
    return ("The next update is ", *_due(incident), ".") if incident.promised else ()


def _due(incident: Incident) -> Line:
    return ("due ", *when_due(incident, incident.promised)) if incident.promised else ("due",)


def _said(first: str, *more: Span) -> Message:
    """A line whose first words are its summary."""
    return Message(summary=first, parts=(Text(lines=((first, *more),)),))
