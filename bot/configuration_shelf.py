"""Where the configuration is backed up, as the organisation's file says: a folder or a bucket, and for whom it is encrypted."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from bot.domain.config_backup import ConfigHome
from bot.domain.evidence import CouldNotLook
from bot.integrations.age_sealing import Sealing
from bot.integrations.cloud_storage import BucketShelf
from bot.integrations.config_folder import FolderShelf
from playbooks.shelf import Configuration

BUCKETS = "gs://"


@contextlib.asynccontextmanager
async def configuration_shelf(
    home: ConfigHome | None, *, own_file: Path, storage_url: str, within: float
) -> AsyncIterator[Configuration | None]:
    """The shelf within a block, None where there is none. A folder is looked for beside the organisation's own file.

    `within` is the time of one call, in seconds.
    """
    if home is None:
        yield None
        return
    shelf = _shelf(home, own_file.parent, storage_url, within)
    sealed = Sealing(home.recipients).sealed if home.recipients else None

    async def read() -> str:
        try:
            return await asyncio.to_thread(own_file.read_text, "utf-8")
        except OSError as error:
            raise CouldNotLook(f"{own_file.name} cannot be read ({error.strerror}).") from error

    try:
        yield Configuration(shelf=shelf, own_file=read, sealed=sealed)
    finally:
        await shelf.close()


def _shelf(home: ConfigHome, beside: Path, storage_url: str, within: float) -> FolderShelf | BucketShelf:
    if not home.to.startswith(BUCKETS):
        return FolderShelf(beside / home.to)
    bucket, _, prefix = home.to.removeprefix(BUCKETS).partition("/")
    return BucketShelf(bucket=bucket, prefix=prefix, url=storage_url, timeout=within)
