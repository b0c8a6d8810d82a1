"""What a unit of work holds: each thing is read once, and what became of it is written once, when the unit commits."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Held(Generic[Key, Thing]):
    """Things of one kind, by their keys: those that nobody else can change before the unit ends, and those to write."""

    def __init__(self, *, state: Callable[[Thing], object], write: Callable[[Thing], Awaitable[None]]) -> None:
        """`state` is all that is kept of a thing: one that is as it was is not written."""
        self._state = state
        self._write = write
        self._things: dict[Key, Thing] = {}
        self._before: dict[Key, object] = {}
        self._changed: dict[Key, Thing] = {}

    def find(self, key: Key) -> Thing | None:
        """The thing, if it is held."""
        return self._things.get(key)

    def hold(self, key: Key, thing: Thing) -> Thing:
        """From now on this is the thing, as it is kept at this moment."""
        self._things[key] = thing
        self._before[key] = self._state(thing)
        return thing

    async def change(self, key: Key, thing: Thing) -> None:
        """Have what became of it written; of two copies of one thing the second finds that it is out of date."""
        if self._changed.get(key, thing) is not thing:
            await self.write()
        self._changed[key] = thing

    async def write(self) -> None:
        """Write what has changed so far."""
        changed, self._changed = self._changed, {}
        for key, thing in changed.items():
            held = self._things.get(key) is thing
            if not held or self._state(thing) != self._before[key]:
                await self._write(thing)
            if held:
                self._before[key] = self._state(thing)
