"""What somebody reads who comes late or takes over: all they need to begin, and nothing else."""

from collections.abc import Iterator

from bot.domain.incident import Duty, Incident
from bot.domain.message import Bold, Line, Message, Part, Room, Small, Text
from bot.domain.run import Run
from bot.organisation import Organisation
from playbooks.messages.card import overview
from playbooks.messages.step import ordinal, short_line
from playbooks.messages.wording import as_duty, command, headline, name_of, step_count, who

MOST_STEPS = 5


def catch_up(incident: Incident, organisation: Organisation) -> Message:
    """To somebody who just came into the room, and to nobody else: what, since when, who, when the next update is."""
    parts: tuple[Part, ...] = (
        Text(lines=((Bold(text=headline(incident)),),)),
        *overview(incident, organisation),
        Small(line=("Only you see this. What happened so far: ", command("/incident timeline"))),
    )
    return Message(summary=f"You joined {name_of(incident)}: what you should know", parts=parts)


def handed_over(
    incident: Incident, run: Run, duty: Duty, *, by: str, before: str | None, organisation: Organisation
) -> Message:
    """By direct message to whoever has a duty now: how things stand and what is open."""
    after: Line = (" after ", who(before)) if before else ()
    given: Line = ("; given to you by ", who(by)) if by != incident.duties.get(duty) else ()
    line: Line = (f"You are {as_duty(duty)} of ", Bold(text=name_of(incident)), *after, *given, ".")
    place: Line = ("War room ", Room(channel=incident.room)) if incident.room else ("The war room is being opened.",)
    parts = (Text(lines=(line,)), *overview(incident, organisation), *_open(run), Small(line=place))
    return Message(summary=f"You are {as_duty(duty)} of {name_of(incident)}", parts=tuple(parts))


def _open(run: Run) -> Iterator[Part]:
    steps = list(run.open_steps())
    if steps:
        lines: list[Line] = [(f"☐ {ordinal(step)}. ", *short_line(step.line)) for step in steps[:MOST_STEPS]]
        yield Text(lines=((Bold(text=f"{step_count(len(steps))} open"),), *lines))
