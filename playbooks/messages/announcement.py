"""The announcement in the incidents channel: one message for each incident, edited in place, for everybody to read."""

from collections.abc import Iterator

from bot.domain.incident import Incident, Status
from bot.domain.message import Bold, Line, Link, Message, Part, Room, Text
from bot.domain.page import Paging
from bot.organisation import Organisation
from playbooks.messages.card import bridge_of, next_update_line
from playbooks.messages.impact import impact_lines
from playbooks.messages.page import page_line
from playbooks.messages.wording import (
    SEPARATOR,
    between,
    day_and_time,
    headline,
    label,
    length_of,
    name_of,
    quoted,
    standing,
    who,
)


def announcement_message(incident: Incident, organisation: Organisation, *, room: str | None) -> Message:
    """What has happened, who has it, where to go; `room` is the id of the war room's channel once it is open."""
    if incident.private:
        return _withdrawn(incident)
    lines = tuple(filter(None, _lines(incident, organisation, room)))
    parts: tuple[Part, ...] = (Text(lines=lines), *_words(incident))
    return Message(summary=f"{name_of(incident)}: {standing(incident)}", parts=parts)


def _withdrawn(incident: Incident) -> Message:
    """It was made private: nothing of what it is about is left here."""
    words = f"{incident.key} is being handled in private."
    return Message(summary=words, parts=(Text(lines=((words,),)),))


def _lines(incident: Incident, organisation: Organisation, room: str | None) -> Iterator[Line]:
    yield (Bold(text=headline(incident)),)
    yield _state(incident)
    if incident.open and (incident.page.state is not Paging.NONE):
        yield page_line(incident, organisation)
    yield from impact_lines(incident, organisation)
    yield between(SEPARATOR, _places(incident, organisation, room))


def _state(incident: Incident) -> Line:
    state = (standing(incident),)
    if incident.merged_into is not None:
        return state
    if incident.resolved_at:
        ended: Line = (day_and_time(incident.resolved_at), f" after {length_of(incident)}")
        return (*state, " ", *ended) if incident.status is Status.RESOLVED else (*state, SEPARATOR, "resolved ", *ended)
    commander = incident.commander
    leader: Line = ("commander ", who(commander)) if commander else ("no commander yet",)
    return between(SEPARATOR, (state, ("since ", day_and_time(incident.declared_at)), leader))


def _places(incident: Incident, organisation: Organisation, room: str | None) -> Iterator[Line]:
    if room and not incident.room_lost and incident.merged_into is None:
        yield "War room ", Room(channel=room)
    elif incident.open:
        yield ("The war room is being opened…",)
    if not incident.open:
        return
    if bridge := bridge_of(incident, organisation):
        yield (Link(url=bridge, label="Bridge"),)
    yield next_update_line(incident)


def _words(incident: Incident) -> Iterator[Part]:
    if incident.resolution:
        yield quoted(incident.resolution, most=500)
    elif update := incident.announced:
        yield Text(lines=((label("Last update"), " ", day_and_time(update.at), " by ", who(update.by)),))
        yield quoted(update.text, most=500)
