"""A store with very many open incidents in it, each with its run and with effects that are done or yet to come."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Table, insert, select, text, update

from benchmarks.ground import EXAMPLE
from bot.domain.delivery import Delivery
from bot.domain.incident import Severity
from bot.organisation_file import load_organisation
from bot.store.incidents import incident
from bot.store.runs import run
from bot.store.tables import lane, outbox
from bot.store.unit_of_work import Store
from playbooks import load
from playbooks.declaration import Declaration
from playbooks.incidents import Incidents
from playbooks.vocabulary import vocabulary

Row = dict[str, object]
BATCH = 1000
LATER = timedelta(days=1)
"""Nothing of the crowd is due while it is measured."""


class Crowd:
    """Copies of one incident that was declared; they stand in the database as any other would."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._count = 1
        self._rows: dict[str, list[Row]] = {}

    async def declare(self) -> None:
        """The first incident, whose effects nobody carries out."""
        organisation = load_organisation(EXAMPLE)
        incidents = Incidents(store=self._store, organisation=organisation, catalogue=load(vocabulary(), None))
        declaration = Declaration(title="API is down", severity=Severity.CRITICAL)
        await incidents.declare(declaration, by="U0BEN", delivery=Delivery(source="bench", key="1"))
        later = self._store.clock.now() + LATER
        async with self._store.begin() as unit:
            await unit.connection.execute(update(incident).values(due_at=later))
            await unit.connection.execute(update(lane).values(next_at=later))
            await unit.connection.execute(update(outbox).values(due_at=later))
        await self._read()

    async def grow(self, count: int) -> None:
        """Go on until there are so many incidents: of each, the first effect is pending and the others are done."""
        await self._copy(incident, count, lambda row, number: row | {"number": number})
        await self._copy(run, count, lambda row, number: row | {"incident": number})
        await self._copy(lane, count, lambda row, number: row | {"key": f"{row['key']}/{number}"})
        await self._copy(outbox, count, self._effect)
        self._count = count
        async with self._store.begin() as unit:
            # Both databases do so by themselves, sooner or later.
            await unit.connection.execute(text("ANALYZE"))

    def _effect(self, row: Row, number: int) -> Row:
        own = {name: value for name, value in row.items() if name != "serial"}
        own |= {"key": f"{row['key']}/{number}", "lane": f"{row['lane']}/{number}", "about": f"incident/{number}"}
        if row["serial"] == 1:
            return own
        now = self._store.clock.now()
        return own | {"state": "done", "awaits": None, "attempts": 1, "begun_at": now - LATER, "ended_at": now - LATER}

    async def _copy(self, table: Table, count: int, copied: Callable[[Row, int], Row]) -> None:
        rows = self._rows[table.name]
        copies = [copied(row, number) for number in range(self._count + 1, count + 1) for row in rows]
        for start in range(0, len(copies), BATCH):
            async with self._store.begin() as unit:
                await unit.connection.execute(insert(table), copies[start : start + BATCH])

    async def _read(self) -> None:
        """The rows of the first incident, of which the others are copies."""
        async with self._store.look() as unit:
            for table in (incident, run, lane, outbox):
                rows = await unit.connection.execute(select(table))
                self._rows[table.name] = [dict(row) for row in rows.mappings()]
