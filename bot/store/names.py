"""The lock between putting what awaits a name and binding that name, so that neither overlooks the other.

On PostgreSQL whoever puts shares it and whoever binds holds it, each before looking at what the other writes and
until the end of the transaction. On SQLite there is only one writer at a time.
"""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

NAMES = 0x6F_70_73_62


SHARED: ColumnElement[object] = func.pg_advisory_xact_lock_shared(NAMES)
"""To share it in a statement that is executed anyway."""


async def share_names(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(select(SHARED))


async def hold_names(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(NAMES)))
