"""Who may be with an incident: invited, removed, come by themselves; and making it private altogether."""

from datetime import timedelta

from bot.domain.delivery import Delivery
from bot.domain.effect import Invite, Whisper, room
from bot.domain.errors import Refused
from bot.domain.incident import Duty, Incident
from bot.domain.putting_away import RemoveMember
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.deciding import Deciding
from playbooks.messages import course, newcomer
from playbooks.moving import caught_up
from playbooks.privacy import withdraw
from playbooks.reading import incident_in

LATE = timedelta(minutes=3)
"""Whoever comes within this time of the beginning has missed nothing."""


class Members:
    """What people do with the company of an incident, and what is done for whoever comes."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._deciding = Deciding(store=store, organisation=organisation)

    async def invite(self, number: int, users: tuple[str, ...], *, by: str, delivery: Delivery) -> Incident:
        """Lets people into the room."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            fresh = tuple(user for user in users if user not in incident.members)
            if not fresh:
                raise Refused("They are in the room already.", field="users")
            incident.invite(fresh)
            decision.put(Invite(place=room(number), users=fresh))
            decision.tell(Happening.STATUS, f"Invited {_names(fresh)}.", by=by)
        return decision.incident

    async def remove(self, number: int, user: str, *, by: str, delivery: Delivery) -> Incident:
        """Takes somebody out of the room, and out of those who may know if it is private."""
        async with self._deciding.about(number, delivery) as decision:
            incident = decision.incident
            held = [duty for duty in Duty if incident.duties.get(duty) == user]
            if held:
                raise Refused(f"They are {held[0]} of {incident.key}; give that to somebody else first.")
            if not incident.knows(user):
                raise Refused(f"They are not with {incident.key}.")
            incident.part(user)
            incident.informed = tuple(each for each in incident.informed if each != user)
            decision.put(RemoveMember(place=room(number), user=user))
            decision.tell(Happening.STATUS, f"Removed @{user}.", by=by)
            decision.say(f"post/removed-{user}-{incident.version}", course.removed(incident, user, by))
        return decision.incident

    async def make_private(self, number: int, *, by: str, delivery: Delivery) -> Incident:
        """From now on only those who are invited know of it: another room, a neutral announcement, other people told."""
        async with self._deciding.about(number, delivery) as decision:
            await withdraw(decision, by=by)
        return decision.incident

    async def joined(self, channel: str, user: str, *, delivery: Delivery) -> None:
        """Somebody came into a channel: in a war room, whoever comes late is told privately how things stand, once."""
        async with self._store.decide(delivery) as unit:
            found = await incident_in(unit, channel)
            if found is None or user in found.members:
                return
            async with self._deciding.within(unit, found.number) as decision:
                incident = decision.incident
                incident.join(user)
                late = decision.now - (incident.reopened_at or incident.declared_at) > LATE
                if late and incident.open and await unit.marks.claim(caught_up(found.number, user)):
                    message = newcomer.catch_up(incident, self._organisation)
                    decision.put(Whisper(channel=channel, user=user, message=message))

    async def left(self, channel: str, user: str, *, delivery: Delivery) -> None:
        """Somebody left a room; who left a private one does not hear of it any more, unless they have a role in it."""
        async with self._store.decide(delivery) as unit:
            if found := await incident_in(unit, channel):
                async with self._deciding.within(unit, found.number) as decision:
                    decision.incident.part(user)


def _names(users: tuple[str, ...]) -> str:
    return ", ".join(f"@{user}" for user in users)
