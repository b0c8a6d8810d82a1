"""Does what is due: reminders, escalation, late steps, plans that expire, playbooks that the clock starts."""

from asyncio import CancelledError, gather
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.domain.change import ChangeKey
from bot.domain.maintenance import MaintenanceKey
from bot.domain.run import RunKey
from bot.organisation import Organisation
from bot.store.agenda import Agenda, agenda
from bot.store.slots import Next
from bot.store.unit_of_work import DatabaseDown, Store
from playbooks.change_due import change_is_due
from playbooks.deciding import Deciding
from playbooks.handing_over import remind_of_handoff
from playbooks.maintenance_due import Maintaining
from playbooks.remind import remind
from playbooks.starting import Group, Outage, Starting
from playbooks.timetable import Timetable

log = structlog.get_logger(__name__)

Key = RunKey | ChangeKey | MaintenanceKey | Outage | Group
"""What something is due about."""

PAUSE = timedelta(seconds=5)
"""How long it takes at least until something is tried again that failed."""


class Due:
    """What is due is a column of the incident or run; whoever ticks finds it there, after any number of restarts."""

    def __init__(self, *, store: Store, organisation: Organisation, timetable: Timetable) -> None:
        self._store = store
        self._organisation = organisation
        self._starting = Starting(store=store, organisation=organisation, timetable=timetable)
        self._maintaining = Maintaining(store=store, organisation=organisation, timetable=timetable)
        self._deciding = Deciding(store=store, organisation=organisation)

    async def tick(self) -> datetime | None:
        """Do everything that is due by now, one unit of work for each; when there is next something to do."""
        async with self._store.look() as unit:
            found = await agenda(unit.connection, unit.now)
            rows = await unit.slots.timetable()
        due: list[Key] = [key for _, key in found.due]
        due += [*self._starting.missed(rows, unit.now), *self._starting.due(rows, unit.now)]
        if not self._starting.as_said(rows):
            await self.expect()
        elif not due:
            return _next_of(found, rows)
        failed = [key for key in due if not await self._reminded(key)]
        following = await self.next_due()
        return max(following, unit.now + PAUSE) if failed and following else following

    async def expect(self) -> None:
        """Know when playbooks start next, as it is said now."""
        await self._starting.expect()
        await self._maintaining.expect()

    async def _reminded(self, key: Key) -> bool:
        """Does what is due about one of them; whatever is wrong with it must not silence the others."""
        (failure,) = await gather(self._remind(key), return_exceptions=True)
        if isinstance(failure, DatabaseDown | CancelledError):
            raise failure
        if failure:
            log.error("not reminded", of=str(key), exc_info=failure)
        return failure is None

    async def _remind(self, key: Key) -> None:
        """What is late of a standalone run shows by itself, as every decision about it ends."""
        if isinstance(key, Group):
            await self._starting.start(key)
        elif isinstance(key, Outage):
            await self._starting.tell(key)
        elif isinstance(key, ChangeKey):
            await change_is_due(self._store, self._organisation, key.number)
        elif isinstance(key, MaintenanceKey):
            await self._maintaining.is_due(key.number)
        elif key.incident:
            async with self._deciding.by_clock(key.incident) as decision:
                await remind(decision)
        else:
            async with self._deciding.run_by_clock(key) as run:
                remind_of_handoff(run)
        log.info("reminded", of=str(key))

    async def next_due(self) -> datetime | None:
        """When there is next something to do."""
        async with self._store.look() as unit:
            return _next_of(await agenda(unit.connection, unit.now), await unit.slots.timetable())


def _next_of(found: Agenda, rows: Mapping[str, Next]) -> datetime | None:
    return min(filter(None, (found.next_at, *(each.at for each in rows.values()))), default=None)
