"""The shelf on which the backups of the configuration stand, as evidence and the backup itself use it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class Shelf(Protocol):
    """Files by name, such as "daily/2026-03-09T031500Z.json". Every call raises `CouldNotLook` when it cannot be reached."""

    async def names(self, prefix: str) -> Sequence[str]:
        """The names that begin so, in order."""
        ...

    async def read(self, name: str) -> bytes: ...

    async def write(self, name: str, content: bytes) -> None:
        """Puts a file there, whole or not at all; never over another one: what stands there stays."""
        ...


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Where backups stand, what of opsbot's own is backed up, and how a copy is encrypted for whoever holds the key."""

    shelf: Shelf
    own_file: Callable[[], Awaitable[str]]
    """The organisation's file, as it stands on disk."""
    sealed: Callable[[bytes], Awaitable[bytes]] | None
    """None where nobody holds a key."""
