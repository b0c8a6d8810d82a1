"""Runs as they are kept: each with the copy of its playbook, written once, and its progress, written often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from pydantic import TypeAdapter
from sqlalchemy import (
    Column,
    Integer,
    PrimaryKeyConstraint,
    Row,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.playbook import Playbook
from bot.domain.run import Progress, Run
from bot.store.incidents import Stale
from bot.store.kept_playbook import keep, recall
from bot.store.moment import UtcDateTime
from bot.store.tables import metadata

run = Table(
    "run",
    metadata,
    Column("incident", Integer, nullable=False),
    Column("id", Integer, nullable=False),
    Column("playbook", String, nullable=False),
    Column("copy", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    PrimaryKeyConstraint("incident", "id"),
)
"""`playbook` is its name, `copy` the playbook as it was when the run began, `state` how far the run is."""


_CURRENT = select(run).where(run.c.incident == bindparam("wanted")).order_by(run.c.id.desc()).limit(1)
_SAVE = (
    update(run)
    .where(run.c.incident == bindparam("of"), run.c.id == bindparam("which"), run.c.version == bindparam("before"))
    .values(version=bindparam("version"), state=bindparam("state"))
)


@dataclass(frozen=True, kw_only=True)
class _State:
    opened: list[datetime]
    late: list[datetime | None]
    steps: dict[str, Progress]


class Runs:
    """The runs of playbooks, within one unit of work. The latest of an incident is the one under way."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, added: Run) -> None:
        """Keep a new run with its copy of the playbook."""
        added.version = 1
        await self._connection.execute(
            insert(run).values(
                incident=added.incident,
                id=added.id,
                playbook=added.playbook.name,
                copy=keep(added.playbook),
                started_at=added.started_at,
                version=added.version,
                state=_state(added),
            )
        )

    async def current(self, number: int) -> Run | None:
        """The run of an incident that is under way."""
        rows = await self._connection.execute(_CURRENT, {"wanted": number})
        found = rows.one_or_none()
        return _run(found) if found else None

    async def of(self, number: int) -> Sequence[Run]:
        """All runs of an incident, the first one first."""
        rows = await self._connection.execute(select(run).where(run.c.incident == number).order_by(run.c.id))
        return [_run(row) for row in rows]

    async def save(self, changed: Run) -> None:
        """Keep how far it is; `Stale` when somebody else saved it after it was read."""
        before = changed.version
        changed.version += 1
        found = await self._connection.execute(
            _SAVE,
            {
                "of": changed.incident,
                "which": changed.id,
                "before": before,
                "version": changed.version,
                "state": _state(changed),
            },
        )
        if found.rowcount != 1:
            raise Stale(f"run {changed.id} of INC-{changed.incident} was changed by somebody else at the same time")


@cache
def _adapter() -> TypeAdapter[_State]:
    return TypeAdapter(_State)


def _state(of: Run) -> str:
    return _adapter().dump_json(_State(opened=of.opened, late=of.late, steps=of.steps)).decode()


@lru_cache(maxsize=64)
def _recalled(copy: str) -> Playbook:
    """Incidents of one severity have the same playbook, so most copies are equal."""
    return recall(copy)


def _run(row: Row[*tuple[object, ...]]) -> Run:
    state = _adapter().validate_json(row.state)
    return Run(
        id=row.id,
        incident=row.incident,
        playbook=_recalled(row.copy),
        started_at=row.started_at,
        opened=state.opened,
        late=state.late,
        steps=state.steps,
        version=row.version,
    )
