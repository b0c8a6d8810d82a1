"""What somebody reads who asks: how one incident stands, which are open, what has happened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.incident import Incident
from bot.domain.message import Bold, Control, Controls, Heading, Line, Link, Message, Part, Room, Small, Span, Text
from bot.domain.run import Run
from bot.domain.timeline import Entry, Happening
from bot.organisation import Organisation
from playbooks.messages import controls
from playbooks.messages.answers import nothing_open
from playbooks.messages.card import next_update_line, overview
from playbooks.messages.step import ordinal, short_line
from playbooks.messages.times import metrics_line, times_line
from playbooks.messages.wording import (
    SEPARATOR,
    between,
    day_and_time,
    headline,
    name_of,
    named,
    services_line,
    short,
    standing,
    step_count,
    who,
)

MOST_LISTED = 20
MOST_ENTRIES = 30
MOST_STEPS = 5


def status_message(
    incident: Incident, run: Run, organisation: Organisation, *, room: str | None, waiting: Sequence[str] = ()
) -> Message:
    """Everything about one incident, without buttons; `waiting` is what the bot still has to do outside."""
    parts = (
        Heading(text=headline(incident)),
        *overview(incident, organisation),
        *_measured(incident),
        *_next_steps(run),
        *_waiting(waiting),
        *((Small(line=("Go on in ", Room(channel=room), ".")),) if room and _goes_on(incident) else ()),
    )
    return Message(summary=f"{name_of(incident)}: {standing(incident)}", parts=parts)


def _goes_on(incident: Incident) -> bool:
    """Whether people still meet in its room."""
    return incident.closed_at is None and not incident.room_lost


def list_message(
    incidents: Iterable[Incident], organisation: Organisation, *, rooms: Mapping[int, str], here: int | None = None
) -> Message:
    """The open incidents, worst first. Private ones show only in their own room (`here`), and are not counted elsewhere."""
    shown = [incident for incident in incidents if not incident.private or incident.number == here]
    if not shown:
        return nothing_open()
    worst_first = sorted(shown, key=lambda incident: (badness(incident), incident.number))
    lines = [
        line
        for each in worst_first[:MOST_LISTED]
        for line in incident_lines(each, organisation, rooms.get(each.number))
    ]
    rest = len(shown) - MOST_LISTED
    more = (Small(line=(f"And {rest:,} more.",)),) if rest > 0 else ()
    count = "1 incident is open" if len(shown) == 1 else f"{len(shown):,} incidents are open"
    return Message(summary=f"{count}.", parts=(Text(lines=tuple(lines)), *more))


def timeline_message(incident: Incident, entries: Sequence[Entry], organisation: Organisation) -> Message:
    """What has happened, the oldest of the latest entries first."""
    shown = entries[-MOST_ENTRIES:]
    left_out = len(entries) - len(shown)
    earlier = (Small(line=(f"{left_out:,} earlier entries are left out.",)),) if left_out else ()
    lines = tuple(_entry(entry, incident.number, organisation) for entry in shown) or (("Nothing has happened yet.",),)
    parts: tuple[Part, ...] = (
        Text(lines=((Bold(text=f"Timeline of {name_of(incident)}"),),)),
        *earlier,
        Text(lines=lines),
        Controls(controls=_recording(incident, shown)),
    )
    return Message(summary=f"Timeline of {incident.key}", parts=parts)


def _recording(incident: Incident, shown: Sequence[Entry]) -> tuple[Control, ...]:
    """What can be put right; a note only where there is one."""
    notes = any(entry.happening is Happening.NOTE for entry in shown)
    correct = (controls.correct_note(incident),) if notes else ()
    return (controls.note(incident), *correct, controls.times(incident))


def badness(incident: Incident) -> int:
    """The worst first."""
    return list(type(incident.severity)).index(incident.severity)


def incident_lines(incident: Incident, organisation: Organisation, room: str | None) -> Iterator[Line]:
    """An incident among others: what it is called, and how it stands."""
    yield (Bold(text=headline(incident)),)
    commander: Line = (who(incident.commander),) if incident.commander else ("no commander",)
    place: Line = (Room(channel=room),) if room else ()
    services = services_line(incident.services, organisation)
    yield between(SEPARATOR, ((standing(incident),), services, commander, next_update_line(incident), place))


def _measured(incident: Incident) -> Iterator[Part]:
    """The times only people know, and how long things took."""
    if lines := tuple(filter(None, (times_line(incident), metrics_line(incident)))):
        yield Text(lines=lines)


def _next_steps(run: Run) -> Iterator[Part]:
    phase = run.current
    if phase is None:
        return
    waiting = [step for step in phase.steps if not run.progress(step.key).state.ended]
    if not waiting:
        return
    title: Line = (Bold(text=short(phase.title, 80)), f"{SEPARATOR}{step_count(len(waiting))} open")
    lines: list[Line] = [(f"☐ {ordinal(step)}. ", *short_line(step.line)) for step in waiting[:MOST_STEPS]]
    yield Text(lines=(title, *lines))


def _waiting(waiting: Sequence[str]) -> Iterator[Part]:
    if waiting:
        yield Small(line=(f"Still to do outside: {'; '.join(waiting[:MOST_STEPS])}.",))


def _entry(entry: Entry, number: int, organisation: Organisation) -> Line:
    """An entry that came along from a merged incident says whence it is."""
    mark = "!" if entry.happening is Happening.TROUBLE else "·"
    whence = f"INC-{entry.incident}: " if entry.incident != number else ""
    text = short(named(entry.text, organisation), 300)
    told = f"“{text or '…'}”" if entry.happening is Happening.MESSAGE else text
    return (day_and_time(entry.at), f" {mark} {whence}{told}", *_origin(entry), *_author(entry))


def _origin(entry: Entry) -> Iterator[Span]:
    """Where a message is, its files, and the number by which a note is corrected."""
    if entry.link:
        yield from (" ", Link(url=entry.link, label="message"))
    for file in entry.files:
        yield from (" ", Link(url=file.link, label=short(file.name, 60)) if file.link else short(file.name, 60))
    if entry.happening is Happening.NOTE and entry.serial:
        yield f" (note {entry.serial})"


def _author(entry: Entry) -> Iterator[Span]:
    if entry.by:
        yield from (" — ", who(entry.by))
    elif entry.name:
        yield f" — {short(entry.name, 60)}"
    if entry.corrected_by:
        yield from (", corrected by ", who(entry.corrected_by))
