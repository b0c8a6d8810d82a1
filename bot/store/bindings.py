"""What names are bound to: places and slots of ours, channels and messages of Slack's."""

import json
from collections.abc import Iterable, Mapping
from functools import cache

from sqlalchemy import Executable, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import binding
from bot.store.upsert import insert_for

Ids = Mapping[str, str]

_ALL_OF = select(binding.c.name, binding.c.ids).where(binding.c.name.in_(bindparam("names", expanding=True)))


@cache
def _binding(dialect: str) -> Executable:
    insert = insert_for(dialect, binding)
    ids = {column: insert.excluded[column] for column in ("channel", "ts", "ids")}
    # Asked for what it gave, the database is told all rows in one statement.
    return insert.on_conflict_do_update(index_elements=["name"], set_=ids).returning(binding.c.name)


class Bindings:
    """Names such as "room/42" or "incident/42/card" and the ids they stand for (`{"channel": "C1", "ts": "1.2"}`)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._known: dict[str, dict[str, str]] = {}
        self._unwritten: dict[str, dict[str, str]] = {}
        self.bound: set[str] = set()
        """The names that were bound in this unit of work: what awaits them becomes due as it commits."""

    async def find(self, name: str) -> dict[str, str] | None:
        return (await self.all_of([name])).get(name)

    async def all_of(self, names: Iterable[str]) -> dict[str, dict[str, str]]:
        """The ids of those names that are bound; a name that was found bound once is not looked up again."""
        wanted = set(names)
        unknown = sorted(wanted - self._known.keys())
        if unknown:
            rows = await self._connection.execute(_ALL_OF, {"names": unknown})
            self._known.update((name, json.loads(ids)) for name, ids in rows)
        return {name: self._known[name] for name in wanted & self._known.keys()}

    def knows(self, names: Iterable[str]) -> bool:
        """Whether all of these were found bound already."""
        return self._known.keys() >= set(names)

    async def named(self, channel: str, ts: str = "") -> list[str]:
        """The names of a message, or without `ts` those of the channel itself."""
        await self.write()
        rows = await self._connection.scalars(
            select(binding.c.name).where(binding.c.channel == channel, binding.c.ts == ts).order_by(binding.c.name)
        )
        return list(rows)

    async def within(self, channel: str) -> dict[str, dict[str, str]]:
        """The messages in a channel that have names, with their ids."""
        await self.write()
        wanted = select(binding.c.name, binding.c.ids).where(binding.c.channel == channel, binding.c.ts != "")
        return {name: json.loads(ids) for name, ids in await self._connection.execute(wanted)}

    async def bind(self, name: str, ids: Ids) -> None:
        """Bind a name, or bind it anew; effects that waited for it become due."""
        await self.bind_all({name: ids})

    async def bind_all(self, bound: Mapping[str, Ids]) -> None:
        for name, ids in bound.items():
            self._known[name] = self._unwritten[name] = dict(ids)
        self.bound.update(bound)

    async def forget(self, name: str) -> None:
        """Unbind a name whose message or channel is gone."""
        self._unwritten.pop(name, None)
        self._known.pop(name, None)
        self.bound.discard(name)
        await self._connection.execute(delete(binding).where(binding.c.name == name))

    async def write(self) -> None:
        """Write what was bound so far."""
        rows = [
            {"name": name, "channel": ids.get("channel", ""), "ts": ids.get("ts", ""), "ids": json.dumps(ids)}
            for name, ids in sorted(self._unwritten.items())
        ]
        self._unwritten.clear()
        if rows:
            await self._connection.execute(_binding(self._connection.dialect.name), rows)
