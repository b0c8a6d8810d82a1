"""Where the platform's database lives: on a server of its own, or as one of many on a server that is there already."""

from typing import Protocol
from uuid import uuid4

from sandbox.postgres_server import PostgresServer

NAME = "marketplace"


class Lodging(Protocol):
    """A place for one database. Both calls take their time and are made in a thread."""

    name: str
    """The database's, known before it is there."""

    def open(self) -> PostgresServer:
        """The server with the database on it; raises `PostgresMissing` where there can be none."""
        ...

    def close(self) -> None:
        """Leaves nothing behind."""
        ...


class OwnServer:
    """A server for it alone, started when it is needed."""

    def __init__(self) -> None:
        self.name = NAME
        self._server: PostgresServer | None = None

    def open(self) -> PostgresServer:
        self._server = PostgresServer()
        self._server.create_database(name=self.name)
        return self._server

    def close(self) -> None:
        if self._server is not None:
            self._server.discard()


class SharedServer:
    """A database of many on a server of somebody else's."""

    def __init__(self, server: PostgresServer) -> None:
        self.name = f"{NAME}_{uuid4().hex[:12]}"
        self._server = server

    def open(self) -> PostgresServer:
        self._server.create_database(name=self.name)
        return self._server

    def close(self) -> None:
        self._server.drop_database(self.name)
