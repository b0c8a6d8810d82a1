"""Runs as they are kept: each with the copy of its playbook, written once, and its progress, written often."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache

from pydantic import TypeAdapter
from sqlalchemy import (
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
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.handoff import Handoff
from bot.domain.playbook import Playbook
from bot.domain.run import Progress, Run
from bot.domain.start import Start
from bot.store.evidence import evidence
from bot.store.held import Held
from bot.store.incidents import Stale, next_of
from bot.store.kept_playbook import keep, recall
from bot.store.moment import UtcDateTime
from bot.store.tables import binding, metadata

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
    Column("due_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    PrimaryKeyConstraint("incident", "id"),
)
"""`playbook` is its name, `copy` the playbook as it was when the run began, `state` how far the run is.

A standalone run has the incident 0 and a number of its own. `due_at` is when the clock next has something to do about
it, `ended_at` when it ended; an incident's own run has neither, because its incident has.
"""

_UNENDED = "incident = 0 AND ended_at IS NULL"
Index("run_unended", run.c.id, sqlite_where=text(_UNENDED), postgresql_where=text(_UNENDED))
Index("run_due", run.c.due_at, sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"))

_GET = select(run).where(run.c.incident == 0, run.c.id == bindparam("wanted"))
_GET_TO_DECIDE = _GET.with_for_update()
_CURRENT = select(run).where(run.c.incident == bindparam("wanted")).order_by(run.c.id.desc()).limit(1)
_EXERCISED = select(run.c.playbook, func.max(run.c.started_at).label("last")).group_by(run.c.playbook)
_SAVE = (
    update(run)
    .where(run.c.incident == bindparam("of"), run.c.id == bindparam("which"), run.c.version == bindparam("before"))
    .values(
        version=bindparam("version"),
        state=bindparam("state"),
        due_at=bindparam("due_at"),
        ended_at=bindparam("ended_at"),
    )
)


@dataclass(frozen=True, kw_only=True)
class _State:
    opened: list[datetime]
    late: list[datetime | None]
    steps: dict[str, Progress]
    start: Start | None = None
    shown: set[str] = field(default_factory=set)
    stopped_by: str = ""
    round: int = 0
    handoff: Handoff | None = None


class Runs:
    """The runs of playbooks, within one unit of work. The latest of an incident is the one under way."""

    def __init__(self, connection: AsyncConnection, *, holds: Callable[[int], bool]) -> None:
        """`holds` says whether an incident is held, and so its runs."""
        self._connection = connection
        self._holds = holds
        self._held: Held[tuple[int, int], Run] = Held(state=_kept, write=self._write)
        self._current: dict[int, Run] = {}

    async def next_number(self) -> int:
        """The number of the next standalone run."""
        return await next_of(self._connection, "run")

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
                due_at=added.due_at,
                ended_at=added.ended_at,
            )
        )
        self._hold(added)

    async def get(self, number: int) -> Run | None:
        """A standalone run to read; one that is held, as it is by now."""
        return self._held.find((0, number)) or await self._one(_GET, number)

    async def get_to_decide(self, number: int) -> Run | None:
        """A standalone run to decide about: other deciders wait until this unit of work has ended."""
        if held := self._held.find((0, number)):
            return held
        found = await self._one(_GET_TO_DECIDE, number)
        return self._hold(found) if found else None

    async def unended(self) -> Sequence[Run]:
        """All standalone runs that are under way, the oldest first."""
        return await self._all(select(run).where(text(_UNENDED)).order_by(run.c.id))

    async def begun_since(self, since: datetime) -> Sequence[Run]:
        """The standalone runs that began since a moment, ended or not, the oldest first."""
        return await self._all(select(run).where(run.c.incident == 0, run.c.started_at >= since).order_by(run.c.id))

    async def exercised(self) -> Mapping[str, datetime]:
        """When each playbook was last begun, of an incident or not; those that began together are told apart."""
        rows = await self._connection.execute(_EXERCISED)
        last: dict[str, datetime] = {}
        for row in rows:
            for name in row.playbook.split("+"):
                last[name] = max(row.last, last.get(name, row.last))
        return last

    async def current(self, number: int) -> Run | None:
        """The run of an incident that is under way."""
        if current := self._current.get(number):
            return current
        found = await self._one(_CURRENT, number)
        return self._hold(found) if found and self._holds(number) else found

    async def of(self, number: int) -> Sequence[Run]:
        """All runs of an incident, the first one first."""
        return await self._all(select(run).where(run.c.incident == number).order_by(run.c.id))

    async def forget_looks(self, before: datetime, most: int) -> int:
        """Forget runs that only looked and ended before a moment, with what they saw; how many there were."""
        old = select(run.c.id).where(run.c.incident == 0, run.c.playbook == "", run.c.ended_at < before).limit(most)
        numbers = list(await self._connection.scalars(old))
        for number in numbers:
            await self._connection.execute(delete(binding).where(binding.c.name.startswith(f"run/{number}/")))
        await self._connection.execute(delete(evidence).where(evidence.c.incident == 0, evidence.c.run.in_(numbers)))
        await self._connection.execute(delete(run).where(run.c.incident == 0, run.c.id.in_(numbers)))
        return len(numbers)

    async def save(self, changed: Run) -> None:
        """Keep how far it is, as the unit of work commits; `Stale` when somebody else saved it after it was read."""
        await self._held.change((changed.incident, changed.id), changed)

    async def write(self) -> None:
        """Write what was saved so far."""
        await self._held.write()

    async def _write(self, changed: Run) -> None:
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
                "due_at": changed.due_at,
                "ended_at": changed.ended_at,
            },
        )
        if found.rowcount != 1:
            raise Stale(f"run {changed.id} of {changed.key} was changed by somebody else at the same time")

    def _hold(self, found: Run) -> Run:
        if found.incident:
            self._current[found.incident] = found
        return self._held.hold((found.incident, found.id), found)

    async def _one(self, wanted: Select[*tuple[object, ...]], number: int) -> Run | None:
        found = (await self._connection.execute(wanted, {"wanted": number})).one_or_none()
        return _run(found) if found else None

    async def _all(self, wanted: Select[*tuple[object, ...]]) -> Sequence[Run]:
        """Copies to read, of what was saved so far."""
        await self.write()
        return [_run(row) for row in await self._connection.execute(wanted)]


@cache
def _adapter() -> TypeAdapter[_State]:
    return TypeAdapter(_State)


def _state(of: Run) -> str:
    state = _State(
        opened=of.opened,
        late=of.late,
        steps=of.steps,
        start=of.start,
        shown=of.shown,
        stopped_by=of.stopped_by,
        round=of.round,
        handoff=of.handoff,
    )
    return _adapter().dump_json(state).decode()


def _kept(of: Run) -> object:
    """All that is kept of its progress."""
    return _state(of), of.due_at, of.ended_at


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
        start=state.start,
        shown=state.shown,
        ended_at=row.ended_at,
        stopped_by=state.stopped_by,
        round=state.round,
        handoff=state.handoff,
        due_at=row.due_at,
        version=row.version,
    )
