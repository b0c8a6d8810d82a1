"""Whether a pooled connection is taken to work: to ask PostgreSQL each time would cost as much as what it is asked for."""

import math
import time

from sqlalchemy import Dialect, Engine, ExceptionContext, event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

SECONDS = 1.0
"""How long a connection that worked is taken to work, unless another one was lost meanwhile."""


class Trust:
    """What is known of the connections to one server, in however many pools."""

    def __init__(self) -> None:
        self._lost_at = -math.inf

    def watch(self, engine: Engine) -> None:
        """Prove the connections of this engine before they are used, where that is needed."""
        dialect = engine.dialect

        def prove(connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
            del proxy
            self._prove(dialect, connection, entry)

        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", prove)
        event.listen(engine, "handle_error", self._notice)

    def _prove(self, dialect: Dialect, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        """None of the others is trusted either when one that nobody used for a while turns out to be broken."""
        used_at = entry.info.get("used_at", math.inf)
        if used_at <= self._lost_at or time.monotonic() - used_at > SECONDS:
            try:
                dialect.do_ping(connection)
            except dialect.loaded_dbapi.Error as error:
                raise exc.InvalidatePoolError from error

    def _notice(self, context: ExceptionContext) -> None:
        if context.is_disconnect or context.connection is None:
            self._lost_at = time.monotonic()


def _note_use(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    del connection
    entry.info["used_at"] = time.monotonic()
