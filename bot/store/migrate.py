"""Bringing a database up to date, whoever else tries at the same time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

from sqlalchemy import Connection, Engine, String, column, create_engine, event, exc, func, inspect, select, table
from sqlalchemy.pool import NullPool

from bot.domain.errors import OpsbotError
from bot.store.database import address, begin_sqlite, prepare_sqlite

DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
LOCK = 0x6F_70_73_6D
"""The advisory lock of migrations; on SQLite the only writer needs none."""

_VERSION = table("alembic_version", column("version_num", String))
"""Alembic's own table."""


class DatabaseUnusable(OpsbotError):
    """The database cannot be opened or reached, or is none; the text says so without its address, which has a password."""

    def __init__(self, cause: BaseException | None) -> None:
        reason = str(cause).strip().partition("\n")[0].rstrip(".")
        super().__init__(f"The database cannot be used ({reason}); look at OPSBOT_DATABASE_URL and at what it names.")


class SchemaTooOld(OpsbotError):
    """The database lacks migrations; run `opsbot migrate` first."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`, in one transaction; blocking, so call it in a thread."""
    with transaction(url) as connection:
        if _revision(connection) != (revisions()[-1] if revision == "head" else revision):
            _upgrade(connection, revision)


def check_schema(url: str) -> None:
    """Raise `SchemaTooOld` unless every migration this program knows has been made; a newer database will do."""
    with transaction(url) as connection:
        at = _revision(connection)
    if at in revisions()[:-1] or at is None:
        raise SchemaTooOld


def revisions() -> list[str]:
    """All revisions, oldest first: the numbers that the files of migrations begin with."""
    versions = files("bot.store").joinpath("migrations", "versions")
    return sorted(file.name.partition("_")[0] for file in versions.iterdir() if file.name[:1].isdigit())


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(select(_VERSION.c.version_num))


def _upgrade(connection: Connection, revision: str) -> None:
    """Most starts find nothing to do, and Alembic takes a quarter of a second and ten megabytes."""
    from alembic import command
    from alembic.config import Config

    # Without a file, so that an installed package needs none.
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """A transaction that writes, over a connection of its own; blocking."""
    engine = create_engine(address(url, DRIVERS), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "begin", begin_sqlite)
    with _opened(engine) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        yield connection


def _opened(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except exc.DBAPIError as error:
        raise DatabaseUnusable(error.orig) from error
    except sqlite3.DatabaseError as error:
        raise DatabaseUnusable(error) from error
