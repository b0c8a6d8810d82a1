"""The agenda of the clock: all of which something is due, and when next something will be, in one statement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Select, bindparam, func, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.change import ChangeKey
from bot.domain.maintenance import MaintenanceKey
from bot.domain.run import RunKey
from bot.store.changes import change
from bot.store.incidents import incident
from bot.store.maintenances import maintenance
from bot.store.moment import UtcDateTime
from bot.store.runs import run

Key = RunKey | ChangeKey | MaintenanceKey

_NOW = bindparam("now", type_=UtcDateTime)
_KINDS: Mapping[str, tuple[Column[int], Column[datetime | None], Callable[[int], Key]]] = {
    "incident": (incident.c.number, incident.c.due_at, lambda number: RunKey(incident=number)),
    "run": (run.c.id, run.c.due_at, lambda number: RunKey(run=number)),
    "change": (change.c.number, change.c.due_at, lambda number: ChangeKey(number=number)),
    "maintenance": (maintenance.c.number, maintenance.c.due_at, lambda number: MaintenanceKey(number=number)),
}
"""Each with its number, when it is due, and the key of one with such a number."""


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """`due` is the longest due first; `following` is when the next comes due, of those that are not yet."""

    due: Sequence[tuple[datetime, Key]]
    following: datetime | None

    @property
    def next_at(self) -> datetime | None:
        """When the first of all is or was due."""
        return self.due[0][0] if self.due else self.following


def _due(kind: str, number: Column[int], due_at: Column[datetime | None]) -> Select[*tuple[object, ...]]:
    return select(literal(kind).label("kind"), number.label("number"), due_at.label("due_at")).where(due_at <= _NOW)


def _following(kind: str, due_at: Column[datetime | None]) -> Select[*tuple[object, ...]]:
    return select(literal(kind), null(), func.min(due_at)).where(due_at > _NOW)


_AGENDA = union_all(
    *(_due(kind, number, due_at) for kind, (number, due_at, _) in _KINDS.items()),
    *(_following(kind, due_at) for kind, (_, due_at, _) in _KINDS.items()),
).order_by("due_at")


async def agenda(connection: AsyncConnection, now: datetime) -> Agenda:
    """What the clock has to do something about, as of a moment."""
    rows = (await connection.execute(_AGENDA, {"now": now})).all()
    return Agenda(
        due=[(row.due_at, _KINDS[row.kind][-1](row.number)) for row in rows if row.number is not None],
        following=min((row.due_at for row in rows if row.number is None and row.due_at), default=None),
    )
