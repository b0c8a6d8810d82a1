"""Maintenances as they are kept, and what was said of each: every notice has a row of its own on every way."""

from collections.abc import Mapping, Sequence
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
    Select,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.maintenance import LONGEST, Maintenance, Stage
from bot.domain.maintenance_notice import Sent
from bot.store.incidents import Stale, next_of
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata
from bot.store.upsert import insert_into

MOST = 50
"""Nobody reads further down a list."""

maintenance = Table(
    "maintenance",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("recurring", String, unique=True),
    Column("stage", String, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Index("maintenance_starts", "starts_at"),
)
"""`recurring` names the turn that the clock planned, so that each is planned once; `due_at` is when the clock next has
something to do about it, `state` the whole of it but what was said."""
notice = Table(
    "maintenance_notice",
    metadata,
    Column("maintenance", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("missed", Boolean, nullable=False),
    Column("reached_at", UtcDateTime),
    Column("trouble", Text, nullable=False),
    PrimaryKeyConstraint("maintenance", "name"),
)
"""`name` is the notice and its way (`two-weeks/mail`): a row is written with the effect that sends it, and never twice."""

_GOING_ON = "stage IN ('under way', 'verifying')"
_HAS_DUE = "due_at IS NOT NULL"
Index("maintenance_going_on", maintenance.c.number, sqlite_where=text(_GOING_ON), postgresql_where=text(_GOING_ON))
Index("maintenance_due", maintenance.c.due_at, sqlite_where=text(_HAS_DUE), postgresql_where=text(_HAS_DUE))

_GET = select(maintenance).where(maintenance.c.number == bindparam("wanted"))


class Maintenances:
    """The maintenances, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, added: Maintenance) -> bool:
        """Keep a new one, which gets its number; False when that turn of the clock is planned already."""
        added.number, added.version = await next_of(self._connection, "maintenance"), 1
        values = {"number": added.number, "recurring": added.recurring or None, **_columns(added)}
        new = insert_into(self._connection, maintenance).values(**values).on_conflict_do_nothing()
        return (await self._connection.scalars(new.returning(maintenance.c.number))).first() is not None

    async def get(self, number: int) -> Maintenance | None:
        """One to read."""
        return await self._one(_GET, number)

    async def get_to_decide(self, number: int) -> Maintenance | None:
        """One to decide about: other deciders wait until this unit of work has ended."""
        return await self._one(_GET.with_for_update(), number)

    async def save(self, changed: Maintenance) -> None:
        """Keep what became of it, and what was said; `Stale` when somebody else saved it meanwhile."""
        before = changed.version
        changed.version += 1
        wanted = update(maintenance).where(maintenance.c.number == changed.number, maintenance.c.version == before)
        if (await self._connection.execute(wanted.values(**_columns(changed)))).rowcount != 1:
            raise Stale(f"{changed.key} was changed by somebody else at the same time")
        known = (await self._sent([changed.number])).get(changed.number, {})
        for name, sent in changed.sent.items():
            if known.get(name) != sent:
                await self._keep(changed.number, name, sent, new=name not in known)

    async def forget(self, number: int) -> None:
        """Forget one that nobody was told of."""
        await self._connection.execute(delete(maintenance).where(maintenance.c.number == number))

    async def planned_by_clock(self, after: datetime) -> Sequence[Maintenance]:
        """Those that the clock planned to begin after a moment, whatever became of them, in order."""
        wanted = select(maintenance).where(maintenance.c.recurring.is_not(None), maintenance.c.starts_at > after)
        return await self._all(wanted.order_by(maintenance.c.starts_at))

    async def open(self) -> Sequence[Maintenance]:
        """Those that are not over, in order."""
        stages = [stage.value for stage in Stage if not stage.over]
        wanted = select(maintenance).where(maintenance.c.stage.in_(stages)).order_by(maintenance.c.starts_at)
        return await self._all(wanted.limit(MOST))

    async def going_on(self) -> Sequence[Maintenance]:
        """Those under way."""
        return await self._all(select(maintenance).where(text(_GOING_ON)).order_by(maintenance.c.number))

    async def begun_since(self, since: datetime) -> Sequence[Maintenance]:
        """Those that went or go on since a moment."""
        wanted = select(maintenance).where(maintenance.c.ends_at >= since - LONGEST)
        return [each for each in await self._all(wanted.order_by(maintenance.c.starts_at)) if each.began_at]

    async def public(self, since: datetime) -> Sequence[Maintenance]:
        """Those that customers may read of: what comes or goes on, and what was over `since` then; in order."""
        wanted = select(maintenance).where(maintenance.c.ends_at >= since).order_by(maintenance.c.starts_at)
        return [each for each in await self._all(wanted.limit(MOST)) if each.public]

    async def _one(self, wanted: Select[*tuple[object, ...]], number: int) -> Maintenance | None:
        row = (await self._connection.execute(wanted, {"wanted": number})).one_or_none()
        return _maintenance(row, (await self._sent([number])).get(number, {})) if row else None

    async def _all(self, wanted: Select[*tuple[object, ...]]) -> Sequence[Maintenance]:
        rows = (await self._connection.execute(wanted)).all()
        sent = await self._sent([row.number for row in rows])
        return [_maintenance(row, sent.get(row.number, {})) for row in rows]

    async def _sent(self, numbers: Sequence[int]) -> Mapping[int, dict[str, Sent]]:
        if not numbers:
            return {}
        found: dict[int, dict[str, Sent]] = {}
        for row in await self._connection.execute(
            select(notice).where(notice.c.maintenance.in_(numbers)).order_by(notice.c.at, notice.c.name)
        ):
            found.setdefault(row.maintenance, {})[row.name] = _said(row)
        return found

    async def _keep(self, number: int, name: str, sent: Sent, *, new: bool) -> None:
        """A second one of the same name is refused by the database itself."""
        values = {
            "at": sent.at,
            "late": sent.late,
            "missed": sent.missed,
            "reached_at": sent.reached_at,
            "trouble": sent.trouble,
        }
        if new:
            await self._connection.execute(insert(notice).values(maintenance=number, name=name, **values))
        else:
            where = notice.c.maintenance == number, notice.c.name == name
            await self._connection.execute(update(notice).where(*where).values(**values))


@cache
def _adapter() -> TypeAdapter[Maintenance]:
    return TypeAdapter(Maintenance)


def _columns(of: Maintenance) -> dict[str, object]:
    return {
        "stage": of.stage.value,
        "starts_at": of.starts_at,
        "ends_at": of.ends_at,
        "due_at": of.next_due,
        "version": of.version,
        "state": _adapter().dump_json(of, exclude={"sent"}).decode(),
    }


def _maintenance(row: Row[*tuple[object, ...]], sent: dict[str, Sent]) -> Maintenance:
    found = _adapter().validate_json(row.state)
    found.sent = sent
    return found


def _said(row: Row[*tuple[object, ...]]) -> Sent:
    return Sent(at=row.at, late=row.late, missed=row.missed, reached_at=row.reached_at, trouble=row.trouble)
