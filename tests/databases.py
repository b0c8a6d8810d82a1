"""Databases for tests of the store, ready to be used: copies of one that was migrated once."""

import shutil
from pathlib import Path

from bot.store.migrate import migrate
from sandbox.postgres_server import PostgresServer

KINDS = ("sqlite", "postgresql")


class Templates:
    """One migrated database of each kind, made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._postgres: dict[PostgresServer, str] = {}

    def sqlite(self, folder: Path) -> str:
        """The address of a new SQLite database in `folder`."""
        template = self._folder / "template.db"
        if not template.exists():
            migrate(f"sqlite:///{template}")
        shutil.copy(template, folder / "opsbot.db")
        return f"sqlite:///{folder / 'opsbot.db'}"

    def postgres(self, server: PostgresServer) -> str:
        """The address of a new PostgreSQL database."""
        if server not in self._postgres:
            template = server.create_database()
            migrate(template)
            self._postgres[server] = template
        return server.create_database(self._postgres[server])
