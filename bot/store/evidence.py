"""What was last seen of each thing that was looked at, for an incident or for a run that is about none.

Charts are kept beside the findings: these are read with every decision, those only when one is drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String, Table, Text, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.chart import Chart
from bot.domain.evidence import Evidence
from bot.store.tables import metadata
from bot.store.upsert import insert_into

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

_OF = (
    select(evidence.c.found)
    .where(evidence.c.incident == bindparam("of_incident"), evidence.c.run == bindparam("of_run"))
    .order_by(evidence.c.name)
)
_CHARTS = select(evidence.c.charts).where(
    evidence.c.incident == bindparam("of_incident"),
    evidence.c.run == bindparam("of_run"),
    evidence.c.name == bindparam("called"),
)


class KeptEvidence:
    """Evidence, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, seen: Evidence, *, incident: int, run: int) -> None:
        """Keep what was seen, in place of what was seen before under the same name."""
        kept = insert_into(self._connection, evidence).values(
            incident=incident,
            run=run,
            name=seen.name,
            found=_evidence().dump_json(replace(seen, charts=())).decode(),
            charts=_charts().dump_json(seen.charts).decode(),
        )
        await self._connection.execute(
            kept.on_conflict_do_update(
                index_elements=["incident", "run", "name"],
                set_={"found": kept.excluded.found, "charts": kept.excluded.charts},
            )
        )

    async def of(self, *, incident: int, run: int) -> Mapping[str, Evidence]:
        """The latest evidence of each name, without its charts."""
        rows = await self._connection.scalars(_OF, {"of_incident": incident, "of_run": run})
        return {each.name: each for each in map(read_evidence, rows)}

    async def charts(self, name: str, *, incident: int, run: int) -> Sequence[Chart]:
        """The charts of one piece of evidence; none when it was never seen."""
        names = {"of_incident": incident, "of_run": run, "called": name}
        found = await self._connection.scalar(_CHARTS, names)
        return _charts().validate_json(found) if found else ()


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
