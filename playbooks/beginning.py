"""Begins a standalone run where somebody is: in a channel, a thread, a direct message, a war room or at a terminal."""

from dataclasses import dataclass

from bot.domain.effect import channel, direct, room
from bot.domain.incident import Incident
from bot.domain.playbook import Playbook
from bot.domain.run import Glance, Run, Start
from bot.store.unit_of_work import UnitOfWork
from playbooks.deciding import Deciding
from playbooks.parameters import Told
from playbooks.reading import incident_in
from playbooks.standalone import THREAD

DIRECT = "D"
"""Slack's ids of direct messages begin so."""


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
    start = Start(
        by=by,
        place=await _place(unit, where, incident, by),
        threaded=bool(where.thread),
        services=told.services,
        words=told.words,
        beside=incident.number if incident and not glance else 0,
        private=_private(where, incident),
        glance=glance,
    )
    number = await unit.runs.next_number()
    run = Run(id=number, incident=0, playbook=playbook, started_at=unit.now, start=start)
    if where.thread:
        await unit.bindings.bind(run.key.slot(THREAD), {"channel": where.channel, "ts": where.thread})
    await deciding.begin(unit, run)
    return run


async def _place(unit: UnitOfWork, where: Somewhere, incident: Incident | None, by: str) -> str:
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


def _private(where: Somewhere, incident: Incident | None) -> bool:
    """Whether only few can read it there; of a channel that is no war room nobody knows."""
    return incident.private if incident else where.channel.startswith(DIRECT) or not where.channel
