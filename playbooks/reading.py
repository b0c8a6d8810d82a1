"""Looks at incidents without changing anything."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.effect import room
from bot.domain.incident import Incident
from bot.domain.run import Run, RunKey
from bot.domain.timeline import Entry
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from bot.store.waiting import Waiting
from playbooks.deciding import no_incident, no_run
from playbooks.errand import incident_of
from playbooks.messages.trouble import doing
from playbooks.sight import Sight, sight_of


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where an incident stands. `room` is the id of its channel, `waiting` what is still to be done outside, in words."""

    incident: Incident
    run: Run
    room: str | None
    waiting: Sequence[str]


class Reading:
    """Finds incidents and tells how they stand."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation

    async def find(self, number: int) -> Incident:
        """An incident by its number; refused with what there is."""
        async with self._store.look() as unit:
            incident = await unit.incidents.get(number)
            if incident is None:
                raise no_incident(number)
        return incident

    async def of_channel(self, channel: str) -> Incident | None:
        """The incident whose war room a channel is."""
        async with self._store.look() as unit:
            return await incident_in(unit, channel)

    async def find_for(self, number: int, user: str, *, channel: str) -> Incident:
        """The same for somebody who asks from a channel: of a private incident others learn not even that there is one."""
        async with self._store.look() as unit:
            incident = await unit.incidents.get(number)
            if incident is None or not (may_know(incident, user) or (channel and incident.room == channel)):
                raise no_incident(number)
        return incident

    async def open_ones(self) -> Sequence[Incident]:
        """All incidents that are not resolved, the oldest first."""
        async with self._store.look() as unit:
            return await unit.incidents.open()

    async def rooms(self, incidents: Iterable[Incident]) -> Mapping[int, str]:
        """The ids of the war rooms that are open already, by number."""
        return {incident.number: incident.room for incident in incidents if incident.room}

    async def status(self, number: int) -> Standing:
        """Where an incident stands; refused when there is none."""
        async with self._store.look() as unit:
            incident = await unit.incidents.get(number)
            run = await unit.runs.current(number)
            if incident is None or run is None:
                raise no_incident(number)
            waiting = await _waiting(unit, number)
        words = dict.fromkeys(doing(each.effect, self._organisation) for each in waiting)
        return Standing(incident=incident, run=run, room=incident.room or None, waiting=tuple(words))

    async def run(self, key: RunKey) -> tuple[Incident | None, Run]:
        """A run, and the incident it is of or beside; refused when there is none."""
        if key.incident:
            standing = await self.status(key.incident)
            return standing.incident, standing.run
        async with self._store.look() as unit:
            run = await unit.runs.get(key.run)
            if run is None or run.start is None:
                raise no_run(key.run)
            return (await unit.incidents.get(run.start.beside) if run.start.beside else None), run

    async def sight(self, incident: Incident) -> Sight:
        """What was last seen for an incident."""
        async with self._store.look() as unit:
            seen = await unit.evidence.of(incident=incident.number, run=0)
        return sight_of(incident, self._organisation, seen)

    async def timeline(self, number: int) -> Sequence[Entry]:
        """What happened, in order; what happened in the incidents that were merged into it came along."""
        async with self._store.look() as unit:
            return await joined_timeline(unit, number)


async def _waiting(unit: UnitOfWork, number: int) -> Sequence[Waiting]:
    """What is late, and the channels and people that it waits for because they could not be reached so far."""
    late = await unit.outbox.waiting(about=room(number), since=unit.now)
    places = dict.fromkeys(each.awaits for each in late if each.awaits and each.awaits != room(number))
    return [*late, *[each for place in places for each in await unit.outbox.waiting(about=place) if each.reason]]


async def incident_in(unit: UnitOfWork, channel: str) -> Incident | None:
    """The incident whose war room a channel is."""
    for name in await unit.bindings.named(channel) if channel else ():
        number = incident_of(name)
        if number is not None and name == room(number):
            return await unit.incidents.get(number)
    return None


async def joined_timeline(unit: UnitOfWork, number: int) -> Sequence[Entry]:
    """The timeline of an incident and of those merged into it; an entry says by its `incident` whence it is."""
    incident = await unit.incidents.get(number)
    own = await unit.timeline.of(number)
    if incident is None or not incident.merged:
        return own
    others = [entry for merged in incident.merged for entry in await unit.timeline.of(merged)]
    return sorted((*own, *others), key=lambda entry: entry.at)


def may_know(incident: Incident, user: str) -> bool:
    """Whether somebody may know of an incident."""
    return not incident.private or incident.knows(user)
