"""What was asked, decided and done about changes lately, from the audit."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.audit import Entry
from bot.store.unit_of_work import Store, UnitOfWork
from playbooks.reading import may_know

LATELY = timedelta(days=7)
MOST = 20
CHANGE = re.compile(r"CHG-(\d{1,9})")


class LookingBack:
    """The audit, as people may read it in Slack; `opsbot audit export` has all of it."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def entries(self, about: str, *, by: str) -> Sequence[Entry]:
        """The latest entries about one change ("CHG-12"), or of the last week; none of what is kept from somebody."""
        async with self._store.look() as unit:
            since = None if about else unit.now - LATELY
            found = [entry async for entry in unit.audit.entries(since=since, about=about)]
            hidden = {name for name in {each.record.about for each in found} if not await _known(unit, name, by)}
        return [entry for entry in found if entry.record.about not in hidden][-MOST:]


async def _known(unit: UnitOfWork, about: str, by: str) -> bool:
    """Whether somebody may know what an entry is about."""
    named = CHANGE.fullmatch(about)
    change = await unit.changes.get(int(named[1])) if named else None
    incident = await unit.incidents.get(change.incident) if change and change.incident else None
    return incident is None or may_know(incident, by)
