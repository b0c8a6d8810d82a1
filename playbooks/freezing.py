"""Freezes: somebody stops all changes to production, of one service or of everything, until somebody lets them go on."""

from collections.abc import Sequence

from bot.domain.audit import Record
from bot.domain.delivery import Delivery
from bot.domain.effect import Post, Priority, channel
from bot.domain.errors import Refused
from bot.domain.freeze import Freeze
from bot.domain.message import Code, Line, Message, Person
from bot.organisation import Organisation
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.authorization import Rules, groups_of
from playbooks.change_door import look_at
from playbooks.messages.freeze import frozen_message, thawed_message
from playbooks.mistakes import unknown


class Freezing:
    """Freezes, as people begin and end them. Stopping is everybody's; going on is of those who may change things."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation

    async def begin(self, service: str, reason: str, *, by: str, delivery: Delivery) -> Freeze:
        """From now on nothing is changed, of a service or (without one) of everything."""
        self._check(service)
        async with self._store.decide(delivery) as unit:
            freeze = Freeze(service=service, by=by, at=unit.now, reason=reason)
            if not await unit.freezes.begin(freeze):
                first = next(each for each in await unit.freezes.all() if each.service == service)
                raise Refused("It is frozen already, by ", Person(user=first.by), ". ", STATUS)
            await unit.audit.append(_record("frozen", by, service, reason))
            await self._announce(unit, frozen_message(freeze, self._organisation), by)
        return freeze

    async def end(self, service: str, *, by: str, delivery: Delivery) -> None:
        """Changes may be made again."""
        self._check(service)
        policy = self._organisation.changes
        targets = (*policy.ask, *policy.agree, *policy.leads)
        if not await self._may(by, targets):
            raise Refused("You may not end a freeze. Who may: ", *self._who_could(targets), ".")
        async with self._store.decide(delivery) as unit:
            if not await unit.freezes.end(service):
                raise Refused(f"{service or 'Everything'} is not frozen by itself. ", STATUS, " says what is.")
            await unit.audit.append(_record("thawed", by, service, ""))
            await self._announce(unit, thawed_message(service, by, self._organisation), by)

    async def all(self) -> Sequence[Freeze]:
        """Those that hold."""
        async with self._store.look() as unit:
            return await unit.freezes.all()

    def _check(self, service: str) -> None:
        if service and service not in self._organisation.services:
            raise Refused(unknown("service", self._organisation.services, service))

    async def _may(self, by: str, targets: tuple[str, ...]) -> bool:
        """Whether somebody may; who may by a group alone finds it looked at when they try again."""
        groups = groups_of(self._organisation, targets)
        async with self._store.begin() as unit:
            rules = Rules(organisation=self._organisation, now=unit.now, members=await unit.memberships.of(groups))
            ruling = rules.ruling(by, targets)
            if ruling.unseen:
                await look_at(unit, groups)
        return ruling.may

    def _who_could(self, targets: tuple[str, ...]) -> Line:
        now = self._store.clock.now()
        return Rules(organisation=self._organisation, now=now).who_could(targets)

    async def _announce(self, unit: UnitOfWork, message: Message, by: str) -> None:
        slot = f"freeze/{by}/{unit.now:%Y%m%dT%H%M%S%f}"
        place = channel(self._organisation.channels.alerts)
        await unit.outbox.put(Post(place=place, slot=slot, message=message, urgency=Priority.UPDATE), key=slot)


STATUS = Code(text="/ops freeze status")


def _record(deed: str, by: str, service: str, reason: str) -> Record:
    target = f"service/{service}" if service else "everything"
    return Record(deed=deed, by=by, about="freeze", target=target, detail={"reason": reason})
