"""Bringing a database up to date, whoever else tries at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, func, select
from sqlalchemy.pool import NullPool

from bot.domain.errors import OpsbotError
from bot.store.database import address, begin_sqlite, prepare_sqlite

DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
LOCK = 0x6F_70_73_6D
"""The advisory lock of migrations; on SQLite the only writer needs none."""


class SchemaTooOld(OpsbotError):
    """The database lacks migrations; run `opsbot migrate` first."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`, in one transaction; blocking, so call it in a thread."""
    with _transaction(url) as connection:
        command.upgrade(_config(connection), revision)


def check_schema(url: str) -> None:
    """Raise `SchemaTooOld` unless every migration this program knows has been made; a newer database will do."""
    with _transaction(url) as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    if at in revisions()[:-1] or at is None:
        raise SchemaTooOld


def revisions() -> list[str]:
    """All revisions, oldest first."""
    return [script.revision for script in _scripts().walk_revisions()][::-1]


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    """Alembic's configuration without a file, so that an installed package needs none."""
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    engine = create_engine(address(url, DRIVERS), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "begin", begin_sqlite)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        yield connection
