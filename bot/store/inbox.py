"""The inbox: deliveries that were decided on, so that a second copy of one changes nothing."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import Delivery
from bot.domain.errors import AlreadyDone
from bot.store.tables import inbox
from bot.store.upsert import insert_into

KEPT = timedelta(hours=73)
"""Slack repeats an event for up to 24 hours; of PagerDuty's, what is younger than 72 hours is believed."""


async def take_in(connection: AsyncConnection, delivery: Delivery, now: datetime) -> None:
    """Remember a delivery, in the transaction that decides on it; `AlreadyDone` when it was seen before."""
    insert = insert_into(connection, inbox).values(source=delivery.source, key=delivery.key, received_at=now)
    taken = await connection.scalars(insert.on_conflict_do_nothing().returning(inbox.c.key))
    if taken.first() is None:
        raise AlreadyDone(f"{delivery.source} {delivery.key} was handled before")


async def forget_deliveries(connection: AsyncConnection, now: datetime) -> None:
    await connection.execute(delete(inbox).where(inbox.c.received_at < now - KEPT))
