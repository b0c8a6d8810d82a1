"""How much room the databases behind a service have: what decides whether more instances help or hurt."""

import asyncio
from dataclasses import dataclass

from bot.domain.evidence import CouldNotLook, NotConfigured
from bot.domain.metric_query import Aggregation, Measure
from bot.domain.platform import Database
from bot.organisation import Service
from playbooks.evidence.trend import Gauge, number
from playbooks.evidence.window import Window
from playbooks.world import Outside, World, reached

DEFAULT_CONNECTIONS = "max_connections"


@dataclass(frozen=True, kw_only=True)
class Room:
    """Fractions that are taken, of the fullest database; None where nobody knows, or where there is no database."""

    connections: float | None = None
    cpu: float | None = None


async def room_of(world: World, service: Service, window: Window) -> Room:
    """The room behind a service; what cannot be looked at is not known."""
    used = [each for each in world.organisation.databases.values() if service.key in each.services]
    taken = await asyncio.gather(*(_of(world, each, window) for each in used))
    return Room(
        connections=max((each.connections for each in taken if each.connections is not None), default=None),
        cpu=max((each.cpu for each in taken if each.cpu is not None), default=None),
    )


async def _of(world: World, database: Database, window: Window) -> Room:
    cpu, connections = await asyncio.gather(
        _now(world, Measure.DATABASE_CPU, database, window), connections_taken(world, database, window)
    )
    return Room(cpu=cpu, connections=connections)


async def connections_taken(world: World, database: Database, window: Window) -> float | None:
    """The part of the connections that is taken: as the database itself says, else from the cloud's numbers."""
    try:
        inside = await reached(world.sessions, Outside.SESSIONS).connections()
    except (NotConfigured, CouldNotLook):
        used, most = await asyncio.gather(
            _now(world, Measure.DATABASE_CONNECTIONS, database, window), _most(world, database)
        )
        return used / most if used is not None and most else None
    return inside.used / inside.usable if inside.usable else None


async def _most(world: World, database: Database) -> int | None:
    try:
        instance = await reached(world.databases, Outside.DATABASES).instance(database.instance)
    except (NotConfigured, CouldNotLook):
        return None
    flag = instance.flags.get(DEFAULT_CONNECTIONS, "")
    return int(flag) if flag.isdecimal() else None


async def _now(world: World, measure: Measure, database: Database, window: Window) -> float | None:
    gauge = Gauge(measure=measure, of=database.instance, aggregation=Aggregation.MAX)
    try:
        return await number(world, gauge, window.recent, window.until)
    except (NotConfigured, CouldNotLook):
        return None
