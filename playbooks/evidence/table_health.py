"""What a maintenance of the database has to do: dead rows, broken and unused indexes, with the SQL that mends them."""

from collections.abc import Iterator

from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.table_health import IndexState, TableHealth, TableState
from playbooks.evidence.figure import count, percent, span
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "table-health"
DEAD_PART, DEAD_ROWS = 0.2, 10_000
"""From where on a table has so many dead rows that a vacuum is worth its while; autovacuum begins at a fifth."""
OLD, TOO_OLD = 500_000_000, 1_500_000_000
"""Transactions since the oldest row was frozen: PostgreSQL stops taking new ones at two thousand million."""
NAMED = 5
MEGABYTE = 1024 * 1024


async def table_health(world: World, subject: Subject) -> Evidence:
    """What needs work, the worst first; nothing is done, a person reviews the SQL and runs it."""
    found = await reached(world.sessions, Outside.SESSIONS).table_health()
    database = next(iter(world.organisation.databases_of(subject.services)), None)
    key = database.key if database else ""
    findings = (*_broken(found, key), *_dead(world, found, key), *_unused(found, key), _oldest(found, key))
    return Seen(findings=findings).evidence(NAME, world, until=world.clock.now())


def _broken(found: TableHealth, key: str) -> Iterator[Finding]:
    for index in [each for each in found.indexes if each.broken][:NAMED]:
        says = f"Index {index.name} of {index.table} is broken: REINDEX INDEX CONCURRENTLY {index.name};"
        yield Finding(verdict=Verdict.AMBER, says=says, subject=key)


def _dead(world: World, found: TableHealth, key: str) -> Iterator[Finding]:
    bad = [each for each in found.tables if each.dead >= DEAD_ROWS and each.dead_part >= DEAD_PART]
    for table in bad[:NAMED]:
        says = f"{_rows(table)}, {_since(world, table)}: VACUUM (ANALYZE) {table.name};"
        yield Finding(verdict=Verdict.AMBER, says=says, subject=key, value=table.dead_part, unit="dead")
    if not bad:
        worst = max(found.tables, key=lambda each: each.dead, default=None)
        most = f": {_rows(worst)} at most" if worst and worst.dead else ""
        yield Finding(verdict=Verdict.GREEN, says=f"No table has many dead rows{most}", subject=key)


def _unused(found: TableHealth, key: str) -> Iterator[Finding]:
    """Nobody should drop one for this alone: a replica may use it, or the end of the month."""
    unused = [each for each in found.indexes if not each.broken]
    if unused:
        size = sum(each.size_bytes for each in unused) // MEGABYTE
        says = f"Unused since the statistics began, {size:,} MB: {', '.join(map(_name, unused[:NAMED]))}"
        yield Finding(verdict=Verdict.GREEN, says=says, subject=key)


def _oldest(found: TableHealth, key: str) -> Finding:
    verdict = Verdict.RED if found.oldest >= TOO_OLD else Verdict.AMBER if found.oldest >= OLD else Verdict.GREEN
    says = f"The oldest row was frozen {count(found.oldest, 'transaction')} ago"
    mend = ": VACUUM (FREEZE) the oldest tables" if verdict.unhealthy else ""
    return Finding(verdict=verdict, says=f"{says}{mend}", subject=key, value=found.oldest, unit="transactions")


def _rows(table: TableState) -> str:
    return f"{table.name} has {count(table.dead, 'dead row')}, {percent(table.dead_part)}"


def _since(world: World, table: TableState) -> str:
    if table.vacuumed_at is None:
        return "never vacuumed"
    return f"vacuumed {span(world.clock.now() - table.vacuumed_at)} ago"


def _name(index: IndexState) -> str:
    return index.name
