"""A folder as the shelf of backups of the configuration, readable by the bot's user alone."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from bot.domain.evidence import CouldNotLook


class FolderShelf:
    """Files below one folder, which is made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def names(self, prefix: str) -> Sequence[str]:
        return await asyncio.to_thread(self._names, prefix)

    async def read(self, name: str) -> bytes:
        try:
            return await asyncio.to_thread((self._folder / name).read_bytes)
        except OSError as error:
            raise self._unreachable(error) from error

    async def write(self, name: str, content: bytes) -> None:
        """Whole or not at all, and never over another one."""
        try:
            await asyncio.to_thread(self._write, name, content)
        except OSError as error:
            raise self._unreachable(error) from error

    async def close(self) -> None:
        """There is nothing to be closed."""

    def _names(self, prefix: str) -> list[str]:
        files = (path for path in self._folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        names = (path.relative_to(self._folder).as_posix() for path in files)
        return sorted(name for name in names if name.startswith(prefix))

    def _write(self, name: str, content: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists():
            return
        beside = path.with_name(f".{path.name}.part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    def _unreachable(self, error: OSError) -> CouldNotLook:
        return CouldNotLook(f"{self._folder} cannot be used: {error.strerror or type(error).__name__}.")
