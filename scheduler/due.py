"""Does what is due about incidents: reminders, escalation, late steps, the end of a watch."""

from datetime import datetime

import structlog

from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.deciding import Deciding
from playbooks.remind import remind

log = structlog.get_logger()


class Due:
    """What is due is a column of the incident; whoever ticks finds it there, after any number of restarts."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._deciding = Deciding(store=store, organisation=organisation)

    async def tick(self) -> None:
        """Do everything that is due by now, one unit of work for each incident."""
        async with self._store.look() as unit:
            due = await unit.incidents.due(unit.now)
        for number in due:
            async with self._deciding.by_clock(number) as decision:
                await remind(decision)
            log.info("incident reminded", incident=number)

    async def next_due(self) -> datetime | None:
        """When there is next something to do."""
        async with self._store.look() as unit:
            return await unit.incidents.next_due()
