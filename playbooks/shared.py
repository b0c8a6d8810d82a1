"""Reads that several looks need at the same moment: whoever comes while one is under way waits for what it brings."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar, cast

Found = TypeVar("Found")


class Shared:
    """Nothing is kept: once a read has ended, whoever asks reads anew."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Future[object]] = {}

    async def read(self, what: Hashable, look: Callable[[], Awaitable[Found]]) -> Found:
        """What `look` brings or raises, once for all who ask for the same `what` meanwhile.

        A look that gives up waiting takes it from nobody else; the read ends by its own deadline then.
        """
        reading = self._under_way.get(what)
        if reading is None:
            reading = asyncio.ensure_future(_looking(look))
            self._under_way[what] = reading
            reading.add_done_callback(lambda done: self._ended(what, done))
        return cast(Found, await asyncio.shield(reading))

    def _ended(self, what: Hashable, reading: asyncio.Future[object]) -> None:
        del self._under_way[what]
        if not reading.cancelled():
            # Asked for its failure, a read that nobody waits for any more is not complained about.
            reading.exception()


async def _looking(look: Callable[[], Awaitable[object]]) -> object:
    return await look()
