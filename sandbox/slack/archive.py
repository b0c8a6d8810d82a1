"""Where the workspace outlives its process: shelves of records, kept in one SQLite file.

Only records that changed are written, together, a fraction of a second later and at the end, in a thread and without
waiting for the disk: a killed process loses at most that fraction, which suits a practice ground.
"""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from sandbox.payload import JsonObject

Item = TypeVar("Item")
Row = tuple[str, str, str | None]

EVERY = 0.25
"""Seconds between two writings."""

SCHEMA = "CREATE TABLE IF NOT EXISTS record (shelf TEXT, key TEXT, body TEXT, PRIMARY KEY (shelf, key)) WITHOUT ROWID"
SAVE = "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (shelf, key) DO UPDATE SET body = excluded.body"
FORGET = "DELETE FROM record WHERE shelf = ? AND key = ?"


class Archive:
    """A folder's worth of shelves; without a folder nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self._dirty: dict[tuple[str, str], Callable[[], JsonObject | None]] = {}
        self._database: sqlite3.Connection | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(folder / "slack.db", check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute(SCHEMA)

    def records(self, shelf: str) -> list[tuple[str, JsonObject]]:
        """What was kept on a shelf, by key."""
        if self._database is None:
            return []
        rows = self._database.execute("SELECT key, body FROM record WHERE shelf = ? ORDER BY key", (shelf,))
        return [(key, json.loads(body)) for key, body in rows]

    def changed(self, shelf: str, key: str, frozen: Callable[[], JsonObject | None]) -> None:
        """Will write what `frozen` gives when the time comes; None takes the record away."""
        if self._database is not None:
            self._dirty[shelf, key] = frozen

    def start(self) -> None:
        if self._database is not None:
            self._keeping = asyncio.create_task(self._keep(self._database))

    async def stop(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        if self._writing:
            await self._writing
        if self._database is not None:
            _write(self._database, self._rows())
            self._database.close()
            self._database = None

    async def _keep(self, database: sqlite3.Connection) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if rows := self._rows():
                # A cancelled wait leaves the thread writing; stop() waits for it before it closes the database.
                self._writing = asyncio.create_task(asyncio.to_thread(_write, database, rows))
                await asyncio.shield(self._writing)

    def _rows(self) -> list[Row]:
        dirty, self._dirty = self._dirty, {}
        frozen = ((shelf, key, freeze()) for (shelf, key), freeze in dirty.items())
        return [(shelf, key, None if record is None else json.dumps(record)) for shelf, key, record in frozen]


def _write(database: sqlite3.Connection, rows: list[Row]) -> None:
    with database:
        database.executemany(SAVE, [row for row in rows if row[2] is not None])
        database.executemany(FORGET, [row[:2] for row in rows if row[2] is None])


class Shelf(Generic[Item]):
    """Items by key, in the order in which they came; after a restart in that of their keys."""

    def __init__(
        self, archive: Archive, name: str, freeze: Callable[[Item], JsonObject], thaw: Callable[[JsonObject], Item]
    ) -> None:
        self._archive = archive
        self._name = name
        self._freeze = freeze
        self._items = {key: thaw(record) for key, record in archive.records(name)}

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def __getitem__(self, key: str) -> Item:
        return self._items[key]

    def get(self, key: str) -> Item | None:
        return self._items.get(key)

    def put(self, key: str, item: Item) -> None:
        """Places an item, or says that the one there has changed."""
        self._items[key] = item
        self._archive.changed(self._name, key, lambda: self._freeze(item))

    def remove(self, key: str) -> None:
        if self._items.pop(key, None) is not None:
            self._archive.changed(self._name, key, lambda: None)
