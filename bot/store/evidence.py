"""What was last seen of each thing that was looked at, for an incident or for a run that is about none.

Charts are kept beside the findings: these are read with every decision, those only when one is drawn.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Column, Executable, Integer, PrimaryKeyConstraint, String, Table, Text, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.chart import Chart
from bot.domain.evidence import Evidence
from bot.store.tables import metadata
from bot.store.upsert import insert_for

evidence = Table(
    "evidence",
    metadata,
    Column("incident", Integer, nullable=False),
    Column("run", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("found", Text, nullable=False),
    Column("charts", Text, nullable=False),
    PrimaryKeyConstraint("incident", "run", "name"),
)
"""`run` is 0 where there is an incident, which all of its runs look for, and `incident` where there is none."""

_OF = select(evidence.c.found).where(
    evidence.c.incident == bindparam("of_incident"), evidence.c.run == bindparam("of_run")
)
_CHARTS = select(evidence.c.charts).where(
    evidence.c.incident == bindparam("of_incident"),
    evidence.c.run == bindparam("of_run"),
    evidence.c.name == bindparam("called"),
)


@cache
def _keeping(dialect: str) -> Executable:
    insert = insert_for(dialect, evidence)
    latest = {"found": insert.excluded.found, "charts": insert.excluded.charts}
    insert = insert.on_conflict_do_update(index_elements=["incident", "run", "name"], set_=latest)
    # Asked for what it gave, the database is told all rows in one statement.
    return insert.returning(evidence.c.run)


class KeptEvidence:
    """Evidence, within one unit of work."""

    def __init__(self, connection: AsyncConnection, *, holds: Callable[[int], bool]) -> None:
        """`holds` says whether an incident is held, and so what was seen for it."""
        self._connection = connection
        self._holds = holds
        self._seen: dict[int, Mapping[str, Evidence]] = {}
        self._kept: dict[tuple[int, int, str], Evidence] = {}

    async def keep(self, seen: Evidence, *, incident: int, run: int) -> None:
        """Keep what was seen, in place of what was seen before under the same name, as the unit of work commits."""
        self._kept[incident, run, seen.name] = seen
        if incident in self._seen:
            self._seen[incident] = _named([*self._seen[incident].values(), replace(seen, charts=())])

    async def write(self) -> None:
        """Write what was kept so far."""
        rows = [_row(seen, incident=incident, run=run) for (incident, run, _), seen in sorted(self._kept.items())]
        self._kept.clear()
        if rows:
            await self._connection.execute(_keeping(self._connection.dialect.name), rows)

    async def of(self, *, incident: int, run: int) -> Mapping[str, Evidence]:
        """The latest evidence of each name, without its charts."""
        if incident and incident in self._seen:
            return self._seen[incident]
        await self.write()
        rows = await self._connection.scalars(_OF, {"of_incident": incident, "of_run": run})
        seen = _named(map(read_evidence, rows))
        if self._holds(incident):
            self._seen[incident] = seen
        return seen

    async def forget(self, *, run: int) -> None:
        """Forget what was seen for a run, or under a number of its own."""
        await self.write()
        await self._connection.execute(delete(evidence).where(evidence.c.incident == 0, evidence.c.run == run))

    async def charts(self, name: str, *, incident: int, run: int) -> Sequence[Chart]:
        """The charts of one piece of evidence; none when it was never seen."""
        names = {"of_incident": incident, "of_run": run, "called": name}
        await self.write()
        found = await self._connection.scalar(_CHARTS, names)
        return _charts().validate_json(found) if found else ()


def _named(seen: Iterable[Evidence]) -> Mapping[str, Evidence]:
    """By name; of two of one name the later."""
    latest = {each.name: each for each in seen}
    return dict(sorted(latest.items()))


def _row(seen: Evidence, *, incident: int, run: int) -> dict[str, object]:
    return {
        "incident": incident,
        "run": run,
        "name": seen.name,
        "found": write_evidence(replace(seen, charts=())),
        "charts": _charts().dump_json(seen.charts).decode(),
    }


def write_evidence(seen: Evidence) -> str:
    """The whole evidence as text for `read_evidence`."""
    return _evidence().dump_json(seen).decode()


def read_evidence(written: str) -> Evidence:
    """The evidence that was written."""
    return _evidence().validate_json(written)


@cache
def _evidence() -> TypeAdapter[Evidence]:
    return TypeAdapter(Evidence)


@cache
def _charts() -> TypeAdapter[tuple[Chart, ...]]:
    return TypeAdapter(tuple[Chart, ...])
