"""Who leads, on PostgreSQL: one leased row, whose times are the database's and whose epoch grows with each leader."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, Interval, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import OpsbotError
from bot.store.tables import lease
from bot.store.upsert import insert_into

RELAY = "relay"
CHANNEL = "opsbot"
"""The channel of NOTIFY on which a commit of another process is told."""


class Deposed(OpsbotError):
    """Another process leads by now; whatever this one was about to write is no longer its business."""


async def still_leads(connection: AsyncConnection, epoch: int, *beside: ColumnElement[object]) -> bool:
    """Whether this is still the leader's epoch; nobody can take over before the transaction ends.

    The lock conflicts with taking over, and not with the leader's own renewals. On SQLite the file lock decides.
    `beside` is what is asked for in the same statement.
    """
    if connection.dialect.name == "sqlite":
        return True
    held = select(lease.c.epoch, *beside).where(lease.c.name == RELAY).with_for_update(read=True, key_share=True)
    return await connection.scalar(held) == epoch


async def notify(connection: AsyncConnection, *beside: ColumnElement[object]) -> None:
    """Tell the leader, when this transaction commits, that there is something new."""
    await connection.execute(select(func.pg_notify(CHANNEL, ""), *beside))


async def take_over(connection: AsyncConnection, holder: str, seconds: float) -> int | None:
    """Lead from now on, if the lease of the leader before ran out; answers the new epoch."""
    await connection.execute(
        insert_into(connection, lease)
        .values(name=RELAY, holder="", epoch=0, expires_at=_database_time())
        .on_conflict_do_nothing()
    )
    expired = lease.c.expires_at <= _database_time()
    if await connection.scalar(select(lease.c.epoch).where(lease.c.name == RELAY, expired)) is None:
        return None
    await connection.execute(select(lease.c.epoch).where(lease.c.name == RELAY).with_for_update())
    taken = await connection.scalars(
        update(lease)
        .where(lease.c.name == RELAY, expired)
        .values(holder=holder, epoch=lease.c.epoch + 1, expires_at=_in(seconds))
        .returning(lease.c.epoch)
    )
    return taken.first()


async def renew(connection: AsyncConnection, epoch: int, seconds: float) -> bool:
    """Lead on for `seconds`; False when somebody else leads by now."""
    renewed = await connection.scalars(
        update(lease)
        .where(lease.c.name == RELAY, lease.c.epoch == epoch)
        .values(expires_at=_in(seconds))
        .returning(lease.c.epoch)
    )
    return renewed.first() is not None


async def hand_back(connection: AsyncConnection, epoch: int) -> None:
    """Lead no longer; the next may take over at once."""
    await connection.execute(
        update(lease).where(lease.c.name == RELAY, lease.c.epoch == epoch).values(expires_at=_database_time())
    )


def _database_time() -> ColumnElement[datetime]:
    return func.clock_timestamp(type_=DateTime(timezone=True))


def _in(seconds: float) -> ColumnElement[datetime]:
    return _database_time() + literal(timedelta(seconds=seconds), Interval)
