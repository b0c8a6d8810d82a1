"""How each kind of lane of the outbox fares: what operators watch to see which way out is stuck."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import BURIED, PENDING, SENDING, lane, outbox


@dataclass(kw_only=True)
class LaneLoad:
    """All lanes of one kind together. `lag` is how late the longest due is, `age` how long ago the oldest was put."""

    states: dict[str, int] = field(default_factory=dict)
    lag: timedelta = timedelta()
    age: timedelta = timedelta()
    failures: int = 0
    """Attempts that failed, of what is not done yet."""


async def lane_loads(connection: AsyncConnection, now: datetime) -> Mapping[str, LaneLoad]:
    """By the first word of a lane's name ("channel", "room", "look"): there are as many lanes as there are places."""
    counted = (
        select(outbox.c.lane, outbox.c.state, func.count(), func.min(outbox.c.put_at), func.sum(outbox.c.failures))
        .where(outbox.c.state.in_([PENDING, SENDING, BURIED]))
        .group_by(outbox.c.lane, outbox.c.state)
    )
    loads: dict[str, LaneLoad] = {}
    for name, state, number, put_at, failures in await connection.execute(counted):
        load = loads.setdefault(_kind(name), LaneLoad())
        load.states[state] = load.states.get(state, 0) + number
        load.failures += failures
        if state != "buried":
            load.age = max(load.age, now - put_at)
    due = select(lane.c.key, lane.c.next_at).where(lane.c.in_flight.is_(None), lane.c.next_at.is_not(None))
    for name, next_at in await connection.execute(due):
        load = loads.setdefault(_kind(name), LaneLoad())
        load.lag = max(load.lag, now - next_at)
    return loads


def _kind(name: str) -> str:
    return name.partition("/")[0]
