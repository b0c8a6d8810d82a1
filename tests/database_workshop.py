"""A workshop with hands on the platform's database, whose connection is kept as the bot keeps it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.integrations.cloud_sql import CloudSql
from bot.integrations.cloud_sql_changes import CloudSqlChanges
from bot.integrations.postgres_changes import PostgresChanges
from sandbox.postgres_server import PostgresServer
from sandbox.world.spec import INSTANCE
from tests.lookout import inside
from tests.workshop import Workshop, workshop


@asynccontextmanager
async def database_workshop(store_url: str, postgres: PostgresServer) -> AsyncIterator[Workshop]:
    """The workshop within a block."""
    async with workshop(store_url, postgres=postgres) as shop:
        settings = shop.over.ground.environment()
        looking = shop.over.world.databases
        assert isinstance(looking, CloudSql)
        databases = CloudSqlChanges(
            looking,
            project=shop.over.ground.platform.project,
            url=settings["OPSBOT_CLOUD_SQL_URL"],
            timeout=10,
            protected=[INSTANCE],
            overwritable=[INSTANCE],
        )
        sessions = PostgresChanges(url=settings["OPSBOT_PLATFORM_DATABASE_URL"], timeout=15)
        await inside(shop.over.world)
        await sessions.examine()
        shop.hands = replace(shop.hands, databases=databases, sessions=sessions)
        yield shop
        await databases.close()
        await sessions.close()
