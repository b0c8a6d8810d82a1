"""The platform's PostgreSQL, seen from inside: who is connected, who is idle, what is slow, what the operator asks.

What sessions are asking is never read, and of queries only the normalised text: values are the customers' own.
"""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from bot.domain.database_instance import ConnectionGroup, Connections, IdleConnection, SlowQuery
from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.table_health import TableHealth
from bot.integrations.kept_connection import APPLICATION, Failed, KeptConnection, Row
from bot.integrations.postgres_tables import table_health

SEES_ALL = "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), current_user"
LIMITS = (
    "SELECT name, setting::int FROM pg_settings"
    " WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')"
)
CONNECTIONS = (
    "SELECT usename, application_name, state, count(*), max(now() - state_change) FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
)
IDLE = (
    "SELECT pid, backend_start, usename, application_name, client_addr, state, now() - state_change"
    " FROM pg_stat_activity WHERE backend_type = 'client backend' AND state LIKE %s"
    " AND state_change < now() - %s AND pid <> pg_backend_pid() ORDER BY state_change, pid LIMIT %s"
)
ENDABLE = (
    "SELECT a.pid, a.backend_start, a.usename, a.application_name, a.client_addr, a.state, now() - a.state_change"
    " FROM pg_stat_activity AS a JOIN pg_roles AS r ON r.oid = a.usesysid"
    " WHERE a.backend_type = 'client backend' AND a.state = %s AND a.state_change < now() - %s"
    " AND a.pid <> pg_backend_pid() AND NOT r.rolsuper AND NOT r.rolreplication"
    " AND (cardinality(%s::text[]) = 0 OR a.datname = ANY(%s))"
    " AND a.usename <> ALL(%s) AND a.application_name <> ALL(%s)"
    " ORDER BY a.state_change, a.pid LIMIT %s"
)
"""Sessions that may be ended; source: the actions' DB-03. One that never asked anything counts as well."""
NEVER_ENDED = ("cloudsqladmin", "cloudsqlagent", "cloudsqlimportexport", "cloudsqlreplica")
"""Users of the platform that runs the database."""
SLOW = (
    "SELECT query, calls, mean_exec_time, total_exec_time, rows FROM pg_stat_statements"
    " WHERE query ~* %s ORDER BY total_exec_time DESC LIMIT %s"
)
ORDINARY = r"^\s*(--[^\n]*\n\s*|/\*.*?\*/\s*)*(select|insert|update|delete|merge|with|values)\y"
"""What PostgreSQL normalises; other commands keep their values, such as the password of ALTER ROLE."""
VERSION = "SELECT current_setting('server_version'), current_user"
STATEMENTS_THERE = "SELECT to_regclass('pg_stat_statements') IS NOT NULL"

NO_STATEMENTS = {
    "42P01": "pg_stat_statements is not there: CREATE EXTENSION pg_stat_statements in the platform's database.",
    "55000": "pg_stat_statements is not loaded: add it to shared_preload_libraries and restart the database.",
}
LONGEST_QUERY = 1000
MOST_NUMBERS = 100


class Postgres:
    """Reads by one kept connection; see `KeptConnection` for how long it waits and when it connects again."""

    def __init__(self, *, url: str, timeout: float) -> None:
        """`timeout` in seconds, for each question."""
        self._kept = KeptConnection(url, timeout=timeout)

    async def keep(self) -> None:
        """Keeps the connection open until it is cancelled, so that a full database can still be looked into."""
        await self._kept.keep()

    async def close(self) -> None:
        """Answers no more questions."""
        await self._kept.close()

    async def connections(self) -> Connections:
        """All clients by user, application and state, of how many there can be."""
        await self._sees_all()
        limits = {str(name): int(number) for name, number in await self._kept.rows(LIMITS)}
        reserved = limits.get("superuser_reserved_connections", 0) + limits.get("reserved_connections", 0)
        groups = tuple(map(_group, await self._kept.rows(CONNECTIONS)))
        return Connections(groups=groups, usable=limits.get("max_connections", 0) - reserved)

    async def idle(self, *, longer_than: timedelta, most: int = 30) -> Sequence[IdleConnection]:
        """Connections without work, in a transaction or not, the longest idle first."""
        await self._sees_all()
        return tuple(map(_idle, await self._kept.rows(IDLE, ("idle%", longer_than, most))))

    async def endable(
        self,
        *,
        state: str,
        longer_than: timedelta,
        databases: Sequence[str] = (),
        spared: Sequence[str] = (),
        most: int = 500,
    ) -> Sequence[IdleConnection]:
        """Sessions that may be ended, the longest in this state first: none of superusers, of replication, of opsbot, and
        none whose user or application is `spared`; only of these databases, when any are named."""
        await self._sees_all()
        users, applications = [*NEVER_ENDED, *spared], [APPLICATION, *spared]
        values = (state, longer_than, list(databases), list(databases), users, applications, most)
        return tuple(map(_idle, await self._kept.rows(ENDABLE, values)))

    async def slow_queries(self, *, most: int = 10) -> Sequence[SlowQuery]:
        """By total time; raises `NotConfigured` when pg_stat_statements is not there."""
        await self._sees_all()
        try:
            return tuple(map(_slow, await self._kept.rows(SLOW, (ORDINARY, most))))
        except Failed as error:
            if error.state in NO_STATEMENTS:
                raise NotConfigured(NO_STATEMENTS[error.state]) from error
            raise

    async def table_health(self) -> TableHealth:
        """Of the database that opsbot is connected to."""
        return await table_health(self._kept)

    async def numbers(self, query: str) -> Sequence[tuple[str, float]]:
        """A read-only query of the operator's: a number, or rows of a label and a number; null is no row."""
        rows = await self._kept.foreign_rows(query, most=MOST_NUMBERS)
        try:
            numbers = [_number(row) for row in rows if row[-1] is not None]
        except (TypeError, ValueError, IndexError) as error:
            raise CouldNotLook("The query must give one number, or rows of a label and a number.") from error
        return tuple((label, number) for label, number in numbers if math.isfinite(number))

    async def examine(self) -> str:
        """Whether all of this can be read, in a sentence; raises `CouldNotLook` with what to grant."""
        await self._sees_all()
        ((version, user),) = await self._kept.rows(VERSION)
        ((statements,),) = await self._kept.rows(STATEMENTS_THERE)
        slow = "sees slow queries" if statements else "sees no slow queries: CREATE EXTENSION pg_stat_statements"
        return f"PostgreSQL {version} as {user}: sees all sessions, {slow}"

    async def _sees_all(self) -> None:
        """Without this right other users' sessions are not refused but left out, and all would look well."""
        ((allowed, user),) = await self._kept.rows(SEES_ALL)
        if not allowed:
            raise CouldNotLook(f'opsbot sees no other sessions: GRANT pg_read_all_stats TO "{user}";')


def masked(address: object) -> str:
    """An address of which only the network is left; a local one has none."""
    try:
        found = ip_address(str(address).split("/", maxsplit=1)[0])
    except ValueError:
        return "local"
    if found.version == 4:
        return f"{str(found).rpartition('.')[0]}.x"
    return f"{':'.join(found.exploded.split(':')[:3])}:…"


def normalised(text: str) -> str:
    """A query on one line, without comments and without what could still be a value."""
    text = re.sub(r"/\*.*?(\*/|$)|--[^\n]*", " ", text, flags=re.DOTALL)
    text = re.sub(r"\$(\w*)\$.*?(\$\1\$|$)|[eE]?'(?:[^'\\]|''|\\.)*('|$)", "?", text, flags=re.DOTALL)
    text = re.sub(r"(?<![\w$.])\d[\d.]*(?:[eE][+-]?\d+)?\b", "?", text)
    return " ".join(text.split())[:LONGEST_QUERY]


def _group(row: Row) -> ConnectionGroup:
    user, application, state, count, longest = row
    return ConnectionGroup(
        user=user or "",
        application=application or "",
        state=state or "",
        count=count,
        longest=max(longest or timedelta(), timedelta()),
    )


def _idle(row: Row) -> IdleConnection:
    pid, began_at, user, application, client, state, idle_for = row
    return IdleConnection(
        pid=pid,
        began_at=_utc(began_at),
        user=user or "",
        application=application or "",
        client=masked(client),
        state=state,
        idle_for=idle_for,
    )


def _slow(row: Row) -> SlowQuery:
    text, calls, mean, total, rows = row
    return SlowQuery(
        text=normalised(text),
        calls=calls,
        mean=timedelta(milliseconds=mean),
        total=timedelta(milliseconds=total),
        rows=rows,
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _number(row: Row) -> tuple[str, float]:
    if len(row) > 2:
        raise ValueError("more than two columns")
    return ("" if len(row) == 1 else str(row[0])), float(row[-1])
