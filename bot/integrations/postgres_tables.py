"""What the platform's PostgreSQL says of its tables and indexes; source: the actions' DB-06."""

from datetime import UTC

from bot.domain.table_health import IndexState, TableHealth, TableState
from bot.integrations.kept_connection import KeptConnection, Row

TABLES = (
    "SELECT format('%%I.%%I', schemaname, relname), n_live_tup, n_dead_tup, greatest(last_vacuum, last_autovacuum)"
    " FROM pg_stat_user_tables ORDER BY n_dead_tup DESC, 1 LIMIT %s"
)
INDEXES = (
    "SELECT format('%%I.%%I', n.nspname, c.relname), format('%%I.%%I', n.nspname, t.relname), pg_relation_size(c.oid),"
    " NOT i.indisvalid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid"
    " JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace"
    " JOIN pg_stat_user_indexes AS s ON s.indexrelid = c.oid"
    " WHERE NOT i.indisvalid OR (s.idx_scan = 0 AND NOT i.indisunique AND pg_relation_size(c.oid) >= %s)"
    " ORDER BY i.indisvalid, 3 DESC, 1 LIMIT %s"
)
"""Broken ones, such as a CREATE INDEX CONCURRENTLY leaves that failed, and large ones that nothing reads."""
OLDEST = "SELECT max(age(datfrozenxid)) FROM pg_database WHERE datallowconn"
LARGE = 10 * 1024 * 1024
MOST = 20


async def table_health(kept: KeptConnection) -> TableHealth:
    """Asks three questions of the database that opsbot is connected to."""
    tables = await kept.rows(TABLES, (MOST,))
    indexes = await kept.rows(INDEXES, (LARGE, MOST))
    ((oldest,),) = await kept.rows(OLDEST)
    return TableHealth(tables=tuple(map(_table, tables)), indexes=tuple(map(_index, indexes)), oldest=int(oldest or 0))


def _table(row: Row) -> TableState:
    name, live, dead, vacuumed_at = row
    at = vacuumed_at.astimezone(UTC) if vacuumed_at else None
    return TableState(name=name, live=live, dead=dead, vacuumed_at=at)


def _index(row: Row) -> IndexState:
    name, table, size, broken = row
    return IndexState(name=name, table=table, size_bytes=size, broken=broken)
