"""Whether a copy of a database holds what it should: the rows of the tables that the operator names, counted in both."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.platform import Database
from playbooks.changes.database_operation import RUNNING
from playbooks.changes.kind import Verified
from playbooks.evidence.figure import count, percent
from playbooks.world import Outside, World, reached

WITHIN = 0.05
"""By so much the rows of a copy may differ; source: the actions' SQL-04."""
COUNTING = "SELECT '{table}', count(*) FROM {quoted}"
POSTGRES = "postgres"
NO_TABLES = "opsbot.yaml names no tables to count, so nobody knows what is in it"

Rows = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A copy of a database, and whether fewer rows than production has are all that would be wrong with it."""

    database: Database
    instance: str
    more_is_fine: bool = False
    """Because production lost what the copy still has."""


async def copied_well(world: World, copy: Copy) -> Verified:
    """Whether a copy runs and its tables have as many rows as production's; None while that cannot be told."""
    found = await reached(world.databases, Outside.DATABASES).instance(copy.instance)
    if found.state != RUNNING:
        return Verified(helped=None, found=(f"{copy.instance} is {found.state}",))
    if not copy.database.tables:
        return Verified(helped=None, found=(f"{copy.instance} runs", NO_TABLES))
    try:
        copied, production = await asyncio.gather(_rows(world, copy.database, copy.instance), _production(world, copy))
    except (CouldNotLook, NotConfigured) as error:
        return Verified(helped=None, found=(f"{copy.instance} runs", f"its rows could not be counted: {error}"))
    lines = tuple(_line(table, copied, production) for table in copy.database.tables)
    return Verified(helped=not list(_wrong(copy, copied, production)), found=(f"{copy.instance} runs", *lines))


async def rows_now(world: World, database: Database) -> Verified:
    """Whether a database that was overwritten runs, and what is in it: there is nothing left to compare that with."""
    found = await reached(world.databases, Outside.DATABASES).instance(database.instance)
    if found.state != RUNNING:
        return Verified(helped=None, found=(f"{found.name} is {found.state}",))
    if not database.tables:
        return Verified(helped=None, found=(f"{found.name} runs", NO_TABLES))
    try:
        rows = await _production(world, Copy(database=database, instance=found.name))
    except (CouldNotLook, NotConfigured) as error:
        return Verified(helped=None, found=(f"{found.name} runs", f"its rows could not be counted: {error}"))
    lines = tuple(f"{table}: {count(rows.get(table, 0), 'row')}" for table in database.tables)
    return Verified(helped=all(rows.get(table) for table in database.tables), found=(f"{found.name} runs", *lines))


def _line(table: str, copied: Rows, production: Rows) -> str:
    there, usual = copied.get(table, 0), production.get(table, 0)
    differs = f", {percent(abs(there / usual - 1))} {'more' if there > usual else 'fewer'}" if usual else ""
    return f"{table}: {count(there, 'row')}, production has {count(usual)}{differs if there != usual else ''}"


def _wrong(copy: Copy, copied: Rows, production: Rows) -> Iterator[str]:
    for table in copy.database.tables:
        there, usual = copied.get(table, 0), production.get(table, 0)
        if there < usual * (1 - WITHIN) or (there > usual * (1 + WITHIN) and not copy.more_is_fine):
            yield table


async def _production(world: World, copy: Copy) -> Rows:
    """By the connection that is there already; else as the copy is asked."""
    if world.sessions is None:
        return await _rows(world, copy.database, copy.database.instance)
    return _counted(await world.sessions.numbers(_query(copy.database)))


async def _rows(world: World, database: Database, instance: str) -> Rows:
    inside = database.databases[0] if database.databases else POSTGRES
    found = await reached(world.databases, Outside.DATABASES).numbers(instance, inside, _query(database))
    return _counted(found)


def _counted(found: object) -> Rows:
    assert isinstance(found, list | tuple)
    return {table: int(rows) for table, rows in found}


def _query(database: Database) -> str:
    return " UNION ALL ".join(COUNTING.format(table=table, quoted=_quoted(table)) for table in database.tables)


def _quoted(table: str) -> str:
    """The organisation's file allows nothing in a name that would end the quotes."""
    return ".".join(f'"{part}"' for part in table.split("."))
