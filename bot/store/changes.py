"""Changes as they are kept: what is asked about in columns, the rest as one text."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import (
    Column,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    bindparam,
    exc,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.change import Change
from bot.domain.change_stage import Stage
from bot.domain.errors import OpsbotError
from bot.domain.plan import Plan
from bot.store.incidents import Stale, next_of
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata

change = Table(
    "change",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("target", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("incident", Integer),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
)
"""`due_at` is when the clock next has something to do about it, `state` the whole change."""

_BUSY = "stage IN ('agreed', 'carrying out')"
_OPEN = "stage IN ('planning', 'waiting', 'agreed', 'carrying out', 'verifying', 'by hand')"
Index("change_busy", change.c.target, unique=True, sqlite_where=text(_BUSY), postgresql_where=text(_BUSY))
Index("change_open", change.c.number, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN))
Index(
    "change_due", change.c.due_at, sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")
)
Index("change_requested", change.c.requested_at)
Index(
    "change_of",
    change.c.incident,
    sqlite_where=text("incident IS NOT NULL"),
    postgresql_where=text("incident IS NOT NULL"),
)

_GET = select(change).where(change.c.number == bindparam("wanted"))
BEGUN = tuple(stage.value for stage in Stage if stage.begun)


class Busy(OpsbotError):
    """Another change of the same target is under way; nothing was saved."""


class Changes:
    """The changes, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, added: Change) -> None:
        """Keep a new change; it gets its number."""
        added.number, added.version = await next_of(self._connection, "change"), 1
        await self._connection.execute(insert(change).values(number=added.number, **_columns(added)))

    async def get(self, number: int) -> Change | None:
        """A change to read."""
        return _change((await self._connection.execute(_GET, {"wanted": number})).one_or_none())

    async def get_to_decide(self, number: int) -> Change | None:
        """A change to decide about: other deciders wait until this unit of work has ended."""
        return _change((await self._connection.execute(_GET.with_for_update(), {"wanted": number})).one_or_none())

    async def save(self, changed: Change) -> None:
        """Keep what became of it. `Stale` when somebody else saved it meanwhile, `Busy` when its target is taken."""
        before = changed.version
        changed.version += 1
        wanted = update(change).where(change.c.number == changed.number, change.c.version == before)
        try:
            found = await self._connection.execute(wanted.values(**_columns(changed)))
        except exc.IntegrityError as error:
            raise Busy(f"{changed.target} is being changed already") from error
        if found.rowcount != 1:
            raise Stale(f"{changed.key} was changed by somebody else at the same time")

    async def busy(self, target: str) -> Change | None:
        """The change that is agreed to or being carried out of a target."""
        rows = await self._connection.execute(select(change).where(change.c.target == target, text(_BUSY)))
        return _change(rows.one_or_none())

    async def begun_since(self, since: datetime) -> Sequence[Change]:
        """Those asked for since then that may have touched the world, the newest first."""
        wanted = select(change).where(change.c.requested_at >= since, change.c.stage.in_(BEGUN))
        return await self._all(wanted.order_by(change.c.number.desc()))

    async def of_kind(self, kind: str, *, since: datetime) -> Sequence[Change]:
        """Those of a kind that were asked for since then, the oldest first."""
        wanted = select(change).where(change.c.requested_at >= since, change.c.kind == kind)
        return await self._all(wanted.order_by(change.c.number))

    async def open(self) -> Sequence[Change]:
        """Those of which something may still become, the oldest first."""
        return await self._all(select(change).where(text(_OPEN)).order_by(change.c.number))

    async def of_incident(self, incident: int) -> Sequence[Change]:
        """Those that were asked for in an incident, the oldest first."""
        return await self._all(select(change).where(change.c.incident == incident).order_by(change.c.number))

    async def later_of(self, target: str, number: int) -> Sequence[Change]:
        """Those of a target that were asked for after another one, the oldest first."""
        wanted = select(change).where(change.c.target == target, change.c.number > number)
        return await self._all(wanted.order_by(change.c.number))

    async def _all(self, wanted: Select[*tuple[object, ...]]) -> Sequence[Change]:
        return [found for found in map(_change, await self._connection.execute(wanted)) if found]


@cache
def _adapter() -> TypeAdapter[Change]:
    return TypeAdapter(Change)


def _columns(of: Change) -> dict[str, object]:
    return {
        "kind": of.kind,
        "target": of.target,
        "stage": of.stage.value,
        "incident": of.incident,
        "requested_at": of.requested_at,
        "due_at": of.next_due,
        "version": of.version,
        "state": _adapter().dump_json(of).decode(),
    }


def _change(row: Row[*tuple[object, ...]] | None) -> Change | None:
    return _adapter().validate_json(row.state) if row else None


def write_plan(plan: Plan) -> str:
    """The whole plan as text for `read_plan`."""
    return _plans().dump_json(plan).decode()


def read_plan(written: str) -> Plan:
    """The plan that was written, with the digest it had."""
    return _plans().validate_json(written)


@cache
def _plans() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)
