"""Databases are brought up to date from every state they were ever in."""

import concurrent.futures
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from bot.store import unit_of_work
from bot.store.migrate import SchemaTooOld, check_schema, migrate, revisions
from bot.store.tables import metadata

assert unit_of_work  # every repository, and with it every table, is known


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.mark.parametrize("since", [None, *revisions()])
def test_every_state_can_be_brought_up_to_date(empty_url: str, since: str | None) -> None:
    if since:
        migrate(empty_url, since)
    migrate(empty_url)
    migrate(empty_url)

    check_schema(empty_url)
    assert differences(empty_url) == []


def test_a_database_that_lacks_a_migration_is_not_used(empty_url: str) -> None:
    with pytest.raises(SchemaTooOld, match="opsbot migrate"):
        check_schema(empty_url)


def test_several_processes_may_migrate_at_once(empty_url: str) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate, empty_url) for _ in range(4)]:
            done.result()

    check_schema(empty_url)
    assert differences(empty_url) == []


def differences(url: str) -> list[object]:
    """What the tables of the code have and the database has not, or the other way round."""
    driver = "sqlite" if url.startswith("sqlite") else "postgresql+psycopg"
    engine = create_engine(make_url(url).set(drivername=driver))
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    return list(found)
