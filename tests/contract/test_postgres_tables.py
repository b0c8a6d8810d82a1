"""What the client says of tables and indexes, against a real PostgreSQL that was left in need of maintenance."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from bot.integrations.postgres import Postgres

PASSWORD = "maintenance-is-due"
ROLE = f"""
DROP ROLE IF EXISTS keeper;
CREATE ROLE keeper LOGIN PASSWORD '{PASSWORD}';
GRANT pg_read_all_stats TO keeper;
CREATE SCHEMA "Odd";
CREATE TABLE "Odd".runs (number int);
INSERT INTO "Odd".runs SELECT generate_series(1, 20000) % 10000;
"""
TWICE = 'CREATE UNIQUE INDEX CONCURRENTLY once ON "Odd".runs (number)'
"""It fails, for every number is there twice, and leaves a broken index behind."""


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Postgres]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(ROLE.encode())
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(TWICE.encode())
        connection.execute('DELETE FROM "Odd".runs WHERE number < 9000')
        connection.execute("SELECT pg_stat_force_next_flush()")
    client = Postgres(url=postgres_url.replace("postgres@", f"keeper:{PASSWORD}@"), timeout=5)
    yield client
    await client.close()


async def test_dead_rows_and_broken_indexes_are_found_by_names_that_can_be_typed(postgres: Postgres) -> None:
    found = await postgres.table_health()

    [table] = found.tables
    assert (table.name, table.live, table.dead) == ('"Odd".runs', 2_000, 18_000)
    [index] = found.indexes
    assert (index.name, index.table, index.broken) == ('"Odd".once', '"Odd".runs', True)
    assert 0 < found.oldest < 10_000_000
