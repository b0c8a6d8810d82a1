"""What names are bound to: places and slots of ours, channels and messages of Slack's."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import binding
from bot.store.upsert import Insert, insert_for

Ids = Mapping[str, str]

_ALL_OF = select(binding.c.name, binding.c.ids).where(binding.c.name.in_(bindparam("names", expanding=True)))


@cache
def _binding(dialect: str) -> Insert:
    insert = insert_for(dialect, binding)
    ids = {column: insert.excluded[column] for column in ("channel", "ts", "ids")}
    return insert.on_conflict_do_update(index_elements=["name"], set_=ids)


class Bindings:
    """Names such as "room/42" or "incident/42/card" and the ids they stand for (`{"channel": "C1", "ts": "1.2"}`)."""

    def __init__(self, connection: AsyncConnection, wake: Callable[[Iterable[str]], None]) -> None:
        """`wake` is told which names were bound."""
        self._connection = connection
        self._wake = wake

    async def find(self, name: str) -> dict[str, str] | None:
        return (await self.all_of([name])).get(name)

    async def all_of(self, names: Iterable[str]) -> dict[str, dict[str, str]]:
        """The ids of those names that are bound."""
        wanted = sorted(set(names))
        if not wanted:
            return {}
        rows = await self._connection.execute(_ALL_OF, {"names": wanted})
        return {name: json.loads(ids) for name, ids in rows}

    async def named(self, channel: str, ts: str = "") -> list[str]:
        """The names of a message, or without `ts` those of the channel itself."""
        rows = await self._connection.scalars(
            select(binding.c.name).where(binding.c.channel == channel, binding.c.ts == ts).order_by(binding.c.name)
        )
        return list(rows)

    async def within(self, channel: str) -> dict[str, dict[str, str]]:
        """The messages in a channel that have names, with their ids."""
        wanted = select(binding.c.name, binding.c.ids).where(binding.c.channel == channel, binding.c.ts != "")
        return {name: json.loads(ids) for name, ids in await self._connection.execute(wanted)}

    async def bind(self, name: str, ids: Ids) -> None:
        """Bind a name, or bind it anew; effects that waited for it become due."""
        await self.bind_all({name: ids})

    async def bind_all(self, bound: Mapping[str, Ids]) -> None:
        if not bound:
            return
        await self._connection.execute(
            _binding(self._connection.dialect.name),
            [
                {"name": name, "channel": ids.get("channel", ""), "ts": ids.get("ts", ""), "ids": json.dumps(dict(ids))}
                for name, ids in sorted(bound.items())
            ],
        )
        self._wake(bound)

    async def forget(self, name: str) -> None:
        """Unbind a name whose message or channel is gone."""
        await self._connection.execute(delete(binding).where(binding.c.name == name))
