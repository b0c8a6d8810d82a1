"""When playbooks start next, and their slots: each start is claimed once, however many bots share the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Row, String, Table, Text, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.schedule import Slot
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata
from bot.store.upsert import insert_into

timetable = Table(
    "timetable",
    metadata,
    Column("playbook", String, primary_key=True),
    Column("said", Text, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Index("timetable_next", "next_at"),
)
"""`said` is the schedule that `next_at` was worked out from: another one is worked out anew."""
slot = Table(
    "slot",
    metadata,
    Column("playbook", String, nullable=False),
    Column("local", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("run", Integer),
    PrimaryKeyConstraint("playbook", "local"),
    Index("slot_at", "at"),
)
"""`local` is the time on the wall, so that an hour that comes twice is one slot. Without a `run` it was missed."""


@dataclass(frozen=True, kw_only=True)
class Next:
    """When a playbook starts next, by which schedule."""

    said: str
    at: datetime


class Slots:
    """The clock's own book, within one unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def timetable(self) -> Mapping[str, Next]:
        """When each playbook starts next."""
        rows = await self._connection.execute(select(timetable))
        return {row.playbook: Next(said=row.said, at=row.next_at) for row in rows}

    async def expect(self, playbook: str, following: Next) -> None:
        """From now on a playbook starts next at that time."""
        added = insert_into(self._connection, timetable).values(
            playbook=playbook, said=following.said, next_at=following.at
        )
        values = {"said": added.excluded.said, "next_at": added.excluded.next_at}
        await self._connection.execute(added.on_conflict_do_update(index_elements=["playbook"], set_=values))

    async def expect_no_more(self, playbooks: Iterable[str]) -> None:
        """These do not start by themselves any more."""
        await self._connection.execute(delete(timetable).where(timetable.c.playbook.in_(sorted(playbooks))))

    async def claim(self, claimed: Slot, *, run: int | None) -> bool:
        """Whether nobody has claimed the slot before; with the run that starts in it, or as missed."""
        values = {"playbook": claimed.playbook, "local": claimed.local, "at": claimed.at, "run": run}
        added = insert_into(self._connection, slot).values(**values).on_conflict_do_nothing()
        return (await self._connection.scalars(added.returning(slot.c.local))).first() is not None

    async def since(self, playbook: str, since: datetime) -> Sequence[tuple[Slot, int | None]]:
        """The slots of a playbook since a moment, in order, each with its run if it had one."""
        wanted = select(slot).where(slot.c.playbook == playbook, slot.c.at >= since).order_by(slot.c.at)
        return [(_slot(row), row.run) for row in await self._connection.execute(wanted)]

    async def of_day(self, playbook: str, day: str) -> Sequence[tuple[Slot, int | None]]:
        """The slots of a playbook on a day of the wall (`2026-03-09`), in order, each with its run if it had one."""
        wanted = select(slot).where(slot.c.playbook == playbook, slot.c.local.startswith(day)).order_by(slot.c.at)
        return [(_slot(row), row.run) for row in await self._connection.execute(wanted)]

    async def forget(self, before: datetime) -> None:
        """Forget slots that nobody can claim again."""
        await self._connection.execute(delete(slot).where(slot.c.at < before))


def _slot(row: Row[*tuple[object, ...]]) -> Slot:
    return Slot(playbook=row.playbook, local=row.local, at=row.at)
