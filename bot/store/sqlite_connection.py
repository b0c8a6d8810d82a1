"""The connection to SQLite: asked from the event loop itself, and in a thread only where SQLite may have to wait.

What most statements need lies in memory and takes some ten microseconds. To hand each of them to a thread and its
answer back takes a hundred times as long, and longer still while the interpreter is busy. What waits for the disk or for
another process goes to aiosqlite's thread: beginning to write while somebody else does, committing, whatever touches
very many rows. Why this is safe stands in docs/adr/0005-sqlite-from-the-event-loop.md.
"""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite

BEGIN = "BEGIN IMMEDIATE"
LENGTHY = (BEGIN, "DELETE", "PRAGMA")
"""How statements begin that may wait, or take long."""
QUICK = frozenset({"cursor", "rollback"})
"""What else is asked of a connection and takes no time."""
CHUNK = 64


class Connection(aiosqlite.Connection):
    """An aiosqlite connection with a short way for what is quick."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, busy_seconds: float) -> None:
        super().__init__(connector, iter_chunk_size=CHUNK)
        self._busy_milliseconds = round(busy_seconds * 1000)
        self._thread.daemon = True
        self._sent = 0
        self._returned = 0

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """aiosqlite does everything through here."""
        if self._at_rest and _is_quick(fn, args):
            return fn(*args, **kwargs)
        if self._at_rest and args and args[0] == BEGIN:
            # Refused when somebody else writes, for whom only the thread may wait.
            with suppress(sqlite3.OperationalError):
                return self._begin_at_once(fn, *args)
        self._sent += 1
        return await super()._execute(self._in_thread, partial(fn, *args, **kwargs))  # type: ignore[no-untyped-call]

    @property
    def _at_rest(self) -> bool:
        """Not while the thread is at work, and so in SQLite: whoever waited for it may have been cancelled."""
        return self._running and self._connection is not None and self._sent == self._returned

    def _in_thread(self, do: Callable[[], Any]) -> Any:
        try:
            return do()
        finally:
            self._returned += 1

    def _begin_at_once(self, execute: Callable[..., Any], *arguments: object) -> Any:
        self._conn.execute("PRAGMA busy_timeout=0")
        try:
            return execute(*arguments)
        finally:
            self._conn.execute(f"PRAGMA busy_timeout={self._busy_milliseconds}")


def connect(path: Path, *, busy_seconds: float) -> Connection:
    """A connection to be awaited; a writer waits `busy_seconds` for another process's transaction."""

    def connector() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)

    return Connection(connector, busy_seconds=busy_seconds)


def _is_quick(do: Callable[..., Any], arguments: tuple[object, ...]) -> bool:
    if do.__name__ in {"execute", "executemany"}:
        return not str(arguments[0]).lstrip().startswith(LENGTHY)
    return do.__name__ in QUICK or isinstance(getattr(do, "__self__", None), sqlite3.Cursor)
