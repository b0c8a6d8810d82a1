"""Incidents as they are kept: what is asked about in columns, the rest as one text."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Row,
    ScalarResult,
    Select,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import OpsbotError
from bot.domain.incident import Incident, Status
from bot.store.held import Held
from bot.store.moment import UtcDateTime
from bot.store.tables import SERIAL, metadata
from bot.store.upsert import insert_into

OPEN = [status.value for status in Status if status.rank < Status.RESOLVED.rank]
UNCLOSED = [status.value for status in Status if status is not Status.CLOSED]

incident = Table(
    "incident",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("status", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("declared_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("open_tasks", Integer, nullable=False, server_default="0"),
)
"""`due_at` is when the clock next has something to do about it, `state` the whole incident."""

Index(
    "incident_due",
    incident.c.due_at,
    sqlite_where=text("due_at IS NOT NULL"),
    postgresql_where=text("due_at IS NOT NULL"),
)
Index(
    "incident_unclosed",
    incident.c.number,
    sqlite_where=text("status <> 'closed'"),
    postgresql_where=text("status <> 'closed'"),
)
Index(
    "incident_tasks",
    incident.c.number,
    sqlite_where=text("open_tasks > 0"),
    postgresql_where=text("open_tasks > 0"),
)

sequence = Table(
    "sequence",
    metadata,
    Column("name", String, primary_key=True),
    Column("last", Integer, nullable=False),
)
"""Numbers without gaps: a number whose transaction fails is given again."""

trouble = Table(
    "trouble",
    metadata,
    Column("serial", SERIAL, nullable=False, autoincrement=False),
    Column("incident", Integer, nullable=False),
    PrimaryKeyConstraint("serial", "incident"),
)
"""Which incidents a buried effect troubles: a channel that cannot be found troubles all that are announced in it."""


_GET = select(incident).where(incident.c.number == bindparam("wanted"))
_HAS = select(incident.c.number).where(incident.c.number == bindparam("wanted"))
_GET_TO_DECIDE = _GET.with_for_update()
_SAVE = (
    update(incident)
    .where(incident.c.number == bindparam("wanted"), incident.c.version == bindparam("before"))
    .values({name: bindparam(name) for name in incident.c.keys() if name != "number"})  # noqa: SIM118
)


class Stale(OpsbotError):
    """It was changed since it was read; nothing was saved, and the whole unit of work has to be decided anew."""


async def next_of(connection: AsyncConnection, name: str) -> int:
    """The next number of a sequence; whoever asks next waits until this unit of work has ended."""
    first = insert_into(connection, sequence).values(name=name, last=1)
    taken: ScalarResult[int] = await connection.scalars(
        first.on_conflict_do_update(index_elements=["name"], set_={"last": sequence.c.last + 1}).returning(
            sequence.c.last
        )
    )
    return taken.one()


class Incidents:
    """The incidents, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._held: Held[int, Incident] = Held(state=_state, write=self._write)

    async def next_number(self) -> int:
        """The number after the last one; whoever asks next waits until this unit of work has ended."""
        return await next_of(self._connection, "incident")

    async def add(self, added: Incident) -> None:
        """Keep a new incident."""
        added.version = 1
        await self._connection.execute(insert(incident).values(number=added.number, **_columns(added)))
        self._held.hold(added.number, added)

    async def get(self, number: int) -> Incident | None:
        """An incident to read; one that is held, as it is by now."""
        held = self._held.find(number)
        return held or _incident((await self._connection.execute(_GET, {"wanted": number})).one_or_none())

    async def has(self, number: int) -> bool:
        """Whether there is such an incident."""
        return self.holds(number) or await self._connection.scalar(_HAS, {"wanted": number}) is not None

    def holds(self, number: int) -> bool:
        """Whether nobody else can decide about an incident before this unit of work has ended."""
        return self._held.find(number) is not None

    async def get_to_decide(self, number: int) -> Incident | None:
        """An incident to decide about: other deciders wait until this unit of work has ended."""
        if held := self._held.find(number):
            return held
        found = _incident((await self._connection.execute(_GET_TO_DECIDE, {"wanted": number})).one_or_none())
        return self._held.hold(number, found) if found else None

    async def save(self, changed: Incident) -> None:
        """Keep what became of it, as the unit of work commits; `Stale` when somebody else saved it after it was read."""
        await self._held.change(changed.number, changed)

    async def write(self) -> None:
        """Write what was saved so far."""
        await self._held.write()

    async def _write(self, changed: Incident) -> None:
        before = changed.version
        changed.version += 1
        found = await self._connection.execute(_SAVE, {"wanted": changed.number, "before": before, **_columns(changed)})
        if found.rowcount != 1:
            raise Stale(f"INC-{changed.number} was changed by somebody else at the same time")

    async def unclosed(self) -> Sequence[Incident]:
        """All that are not closed, the oldest first."""
        return await self._in_status(UNCLOSED)

    async def declared_since(self, since: datetime) -> Sequence[Incident]:
        """All that were declared after a moment or are not closed, the oldest first."""
        lately = (incident.c.declared_at >= since) | (incident.c.status != Status.CLOSED.value)
        return await self._all(select(incident).where(lately).order_by(incident.c.number))

    async def open(self) -> Sequence[Incident]:
        """All that are not resolved, the oldest first."""
        return await self._in_status(OPEN)

    async def with_tasks(self) -> Sequence[Incident]:
        """All with tasks that are not done, closed or not, the oldest first."""
        return await self._all(
            select(incident).where(incident.c.open_tasks > literal_column("0")).order_by(incident.c.number)
        )

    async def trouble(self, number: int, serial: int) -> None:
        """An effect that could not be carried out troubles an incident."""
        troubled = insert_into(self._connection, trouble).values(serial=serial, incident=number)
        await self._connection.execute(troubled.on_conflict_do_nothing())

    async def troubled_by(self, serial: int) -> Sequence[int]:
        """The numbers of the incidents that a buried effect troubles; from now on it does not."""
        gone = delete(trouble).where(trouble.c.serial == serial).returning(trouble.c.incident)
        return sorted((await self._connection.scalars(gone)).all())

    async def _in_status(self, statuses: Iterable[str]) -> Sequence[Incident]:
        wanted = incident.c.status != Status.CLOSED.value, incident.c.status.in_(statuses)
        return await self._all(select(incident).where(*wanted).order_by(incident.c.number))

    async def _all(self, wanted: Select[*tuple[object, ...]]) -> Sequence[Incident]:
        """Copies to read, of what was saved so far."""
        await self.write()
        return [found for found in map(_incident, await self._connection.execute(wanted)) if found]


@cache
def _adapter() -> TypeAdapter[Incident]:
    return TypeAdapter(Incident)


def _columns(of: Incident) -> dict[str, object]:
    return {
        "status": of.status.value,
        "severity": of.severity.value,
        "private": of.private,
        "declared_at": of.declared_at,
        "due_at": of.next_due,
        "version": of.version,
        "open_tasks": len(of.tasks.open),
        "state": _state(of),
    }


def _state(of: Incident) -> str:
    return _adapter().dump_json(of).decode()


def _incident(row: Row[*tuple[object, ...]] | None) -> Incident | None:
    return _adapter().validate_json(row.state) if row else None
