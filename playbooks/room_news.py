"""What people do to a war room by hand: archive it, rename it, take opsbot out of it and let it in again."""

from bot.domain.delivery import Delivery
from bot.domain.effect import Edit, Priority, SetTopic, direct, room
from bot.domain.errors import Refused
from bot.domain.incident import Incident
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.messages import course
from playbooks.moving import open_another, refuse_outdated
from playbooks.reading import incident_in

OUTBOX_BURIED = "buried"


class RoomNews:
    """Hears what becomes of war rooms; the incident goes on without one, and people are told how to mend it."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._deciding = Deciding(store=store, organisation=organisation)

    async def archived(self, channel: str, by: str, *, delivery: Delivery) -> None:
        """Somebody archived it."""
        await self._lose(channel, "was archived", delivery=delivery, by=by)

    async def removed(self, channel: str, *, delivery: Delivery) -> None:
        """Opsbot was taken out of it."""
        await self._lose(channel, "cannot be reached, because opsbot was taken out of it", delivery=delivery)

    async def back(self, channel: str, *, delivery: Delivery) -> None:
        """Opsbot is in it again: what it could not do meanwhile is done, and everything is brought up to date."""
        async with self._store.decide(delivery) as unit:
            incident = await incident_in(unit, channel)
            if incident and incident.room_lost:
                async with self._deciding.within(unit, incident.number) as decision:
                    await _come_back(decision)

    async def renamed(self, channel: str, name: str, *, delivery: Delivery) -> None:
        """It has another name; it is known by its id, so nothing else changes."""
        async with self._store.decide(delivery) as unit:
            if incident := await incident_in(unit, channel):
                async with self._deciding.within(unit, incident.number) as decision:
                    decision.tell(Happening.STATUS, f"The war room was renamed to #{name}.")

    async def new_room(self, number: int, *, rooms: int | None = None, by: str, delivery: Delivery) -> Incident:
        """Another room instead of one that cannot be used."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            if rooms is not None:
                refuse_outdated(decision, rooms)
            if not incident.room_lost:
                raise Refused(f"The war room of {incident.key} is all right; go on there.")
            company = (by, *incident.duties.values(), *incident.invited, *incident.members)
            await open_another(decision, company=tuple(dict.fromkeys(company)))
        return decision.incident

    async def _lose(self, channel: str, how: str, *, delivery: Delivery, by: str = "") -> None:
        async with self._store.decide(delivery) as unit:
            incident = await incident_in(unit, channel)
            if incident is None or incident.room_lost:
                return
            async with self._deciding.within(unit, incident.number) as decision:
                decision.incident.room_lost = how
                decision.tell(Happening.TROUBLE, f"The war room {how}.", by=by)
                if decision.incident.open:
                    _tell(decision, by)


async def _come_back(decision: Decision) -> None:
    incident = decision.incident
    incident.room_lost, incident.troubles = "", ()
    await _revive(decision.unit, incident.number)
    place = room(incident.number)
    for name in sorted(incident.shown):
        if not name.startswith(("announcement", "inform/", "bridge")):
            topic = name == "topic"
            decision.put(SetTopic(incident=incident.number) if topic else Edit(place=place, slot=decision.slot(name)))
    decision.say(f"post/back-{incident.version}", course.room_back(incident))
    decision.tell(Happening.STATUS, "Opsbot is in the war room again.")


async def _revive(unit: UnitOfWork, number: int) -> None:
    for each in await unit.outbox.waiting(about=room(number)):
        if each.state == OUTBOX_BURIED:
            await unit.outbox.revive(each.serial)


def _tell(decision: Decision, by: str) -> None:
    """There is no room to tell it in: those who lead, whoever did it, and who declared it are told directly."""
    incident = decision.incident
    for user in filter(None, dict.fromkeys((*incident.duties.values(), by, incident.declared_by))):
        name = f"inform/{user}/room-lost-{incident.version}"
        decision.say(name, course.room_lost(incident), place=direct(user), urgency=Priority.ANSWER)
