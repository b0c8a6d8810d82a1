"""Begins a standalone run where somebody is: in a channel, a thread, a direct message, a war room or at a terminal."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.effect import channel, direct, room
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.message import Person
from bot.domain.playbook import Playbook
from bot.domain.run import Run
from bot.domain.start import Glance, Start
from bot.store.unit_of_work import UnitOfWork
from playbooks.deciding import Deciding
from playbooks.parameters import Told
from playbooks.reading import incident_in
from playbooks.standalone import THREAD

DIRECT = "D"
"""Slack's ids of direct messages begin so."""

JUST_NOW = timedelta(minutes=1)
"""So soon after another start of the same a press is the second of a double click, or somebody else's."""


@dataclass(frozen=True, kw_only=True)
class Somewhere:
    """Where somebody is in Slack: a channel by id, perhaps a thread of it; at a terminal there is no channel."""

    channel: str = ""
    thread: str = ""


async def begin(
    unit: UnitOfWork,
    deciding: Deciding,
    playbook: Playbook,
    where: Somewhere,
    *,
    by: str,
    told: Told,
    glance: Glance | None = None,
) -> Run:
    """A new run; in a war room it is about the incident and stands beside it, unless it only looks."""
    incident = await incident_in(unit, where.channel)
    if incident and incident.closed_at:
        incident = None
    beside = None if glance else incident
    start = Start(
        by=by,
        place=await place_of(unit, where, incident, by),
        threaded=bool(where.thread),
        services=told.services,
        words=told.words,
        beside=beside.number if beside else 0,
        apart=beside is not None and (bool(told.words) or told.services not in {(), beside.services}),
        private=is_private(where, incident),
        glance=glance,
    )
    number = await unit.runs.next_number()
    if not glance:
        await _refuse_twice(unit, playbook, start)
    run = Run(id=number, incident=0, playbook=playbook, started_at=unit.now, start=start)
    if where.thread:
        await unit.bindings.bind(run.key.slot(THREAD), {"channel": where.channel, "ts": where.thread})
    await deciding.begin(unit, run)
    return run


async def _refuse_twice(unit: UnitOfWork, playbook: Playbook, start: Start) -> None:
    """A second press starts nothing; whoever asks for a number next waits, so that of two at once one comes second."""
    for run in await unit.runs.unended():
        other = run.start
        if other is None or run.playbook.name != playbook.name or other.place != start.place:
            continue
        told_alike = (other.services, other.words) == (start.services, start.words)
        if start.beside or (told_alike and unit.now - run.started_at < JUST_NOW):
            who = Person(user=other.by)
            raise Refused(
                f"{playbook.title} is under way here: run {run.id}, started by ", who, ". Go on there, or stop it."
            )


async def place_of(unit: UnitOfWork, where: Somewhere, incident: Incident | None, by: str) -> str:
    """The name of the place; a channel's id is known, so nothing has to be looked up before something is said there.

    A direct message may be one between two people, which the bot cannot enter: it answers in its own with whoever asks.
    """
    if incident:
        return room(incident.number)
    if not where.channel or where.channel.startswith(DIRECT):
        return direct(by)
    place = channel(where.channel)
    await unit.bindings.bind(place, {"channel": where.channel})
    return place


def is_private(where: Somewhere, incident: Incident | None) -> bool:
    """Whether only few can read it there; of a channel that is no war room nobody knows."""
    return incident.private if incident else where.channel.startswith(DIRECT) or not where.channel
