"""Does what is due about incidents: reminders, escalation, late steps, the end of a watch."""

from asyncio import CancelledError, gather
from datetime import datetime, timedelta

import structlog

from bot.organisation import Organisation
from bot.store.unit_of_work import DatabaseDown, Store
from playbooks.deciding import Deciding
from playbooks.remind import remind

log = structlog.get_logger(__name__)

PAUSE = timedelta(seconds=5)
"""How long it takes at least until something is tried again that failed."""


class Due:
    """What is due is a column of the incident; whoever ticks finds it there, after any number of restarts."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._deciding = Deciding(store=store, organisation=organisation)

    async def tick(self) -> datetime | None:
        """Do everything that is due by now, one unit of work for each incident; when there is next something to do."""
        async with self._store.look() as unit:
            due = await unit.incidents.due(unit.now)
            following = await unit.incidents.next_due()
        if not due:
            return following
        failed = [number for number in due if not await self._reminded(number)]
        following = await self.next_due()
        return max(following, unit.now + PAUSE) if failed and following else following

    async def _reminded(self, number: int) -> bool:
        """Does what is due about one incident; whatever is wrong with it must not silence the others."""
        (failure,) = await gather(self._remind(number), return_exceptions=True)
        if isinstance(failure, DatabaseDown | CancelledError):
            raise failure
        if failure:
            log.error("incident not reminded", incident=number, exc_info=failure)
        return failure is None

    async def _remind(self, number: int) -> None:
        async with self._deciding.by_clock(number) as decision:
            await remind(decision)
        log.info("incident reminded", incident=number)

    async def next_due(self) -> datetime | None:
        """When there is next something to do."""
        async with self._store.look() as unit:
            return await unit.incidents.next_due()
