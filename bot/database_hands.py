"""The clients that change the platform's databases, as the settings and the operator's file allow."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.integrations.cloud_sql import CloudSql
from bot.integrations.cloud_sql_changes import CloudSqlChanges
from bot.integrations.postgres_changes import PostgresChanges
from bot.organisation import Organisation
from bot.settings import Settings


@dataclass(frozen=True, kw_only=True)
class DatabaseHands:
    """None for what is not configured."""

    databases: CloudSqlChanges | None = None
    sessions: PostgresChanges | None = None


@contextlib.asynccontextmanager
async def database_hands(
    settings: Settings, organisation: Organisation, sight: CloudSql | None
) -> AsyncIterator[DatabaseHands]:
    """The clients within a block. Where only plans are shown, none of them connects."""
    if organisation.observing:
        yield DatabaseHands()
        return
    hands = DatabaseHands(databases=_databases(settings, organisation, sight), sessions=_sessions(settings))
    async with contextlib.AsyncExitStack() as stack:
        if hands.databases:
            stack.push_async_callback(hands.databases.close)
        if hands.sessions:
            stack.push_async_callback(hands.sessions.close)
            stack.callback(asyncio.create_task(hands.sessions.keep()).cancel)
        yield hands


def _databases(settings: Settings, organisation: Organisation, sight: CloudSql | None) -> CloudSqlChanges | None:
    if sight is None or not settings.google_cloud_project:
        return None
    in_use = [database.instance for database in organisation.databases.values()]
    return CloudSqlChanges(
        sight,
        project=settings.google_cloud_project,
        url=settings.cloud_sql_url,
        timeout=settings.http_timeout_seconds,
        protected=in_use,
        overwritable=in_use if organisation.changes.destructive else (),
    )


def _sessions(settings: Settings) -> PostgresChanges | None:
    url = settings.platform_database_url
    return PostgresChanges(url=url.get_secret_value(), timeout=settings.http_timeout_seconds) if url else None
