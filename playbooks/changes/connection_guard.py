"""Keeps more instances from exhausting the database that they share; source: the actions' E24 and CR-10."""

import asyncio
from dataclasses import dataclass

from bot.domain.evidence import CouldNotLook, NotConfigured, Subject
from bot.domain.platform import Database
from bot.organisation import Service
from playbooks.evidence.database_room import room_of
from playbooks.evidence.deployed import region_of
from playbooks.evidence.figure import count, percent
from playbooks.evidence.judge import judge
from playbooks.evidence.pool_plan import RESERVED
from playbooks.evidence.window import SHORTEST, window_of
from playbooks.world import Outside, World, reached


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What the databases behind a service allow. `fits` is the most instances that all find a connection; None where no
    database limits them, or nobody can tell, which `unknown` says."""

    fits: int | None = None
    says: str = ""
    unknown: str = ""
    busy: str = ""
    """That a database has hardly any room for more work, when that is so."""


async def guard_of(world: World, service: Service) -> Guard:
    """What the databases behind a service allow now."""
    used = [each for each in world.organisation.databases.values() if service.key in each.services]
    if not used:
        return Guard()
    busy = await _busy(world, service)
    if service.pool_size is None:
        why = f"opsbot.yaml does not say how many connections an instance of {service.title} opens (pool_size)"
        return Guard(unknown=why, busy=busy)
    try:
        fits, says = min([await _fits(world, service, service.pool_size, database) for database in used])
    except (CouldNotLook, NotConfigured) as error:
        return Guard(unknown=str(error).rstrip("."), busy=busy)
    return Guard(fits=fits, says=says, busy=busy)


async def _fits(world: World, service: Service, pool: int, database: Database) -> tuple[int, str]:
    """How many instances fit, and why, in words."""
    others = [world.organisation.services.get(key) for key in database.services if key != service.key]
    known = [each for each in others if each]
    if unsaid := [each.title for each in known if each.pool_size is None]:
        raise NotConfigured(f"opsbot.yaml does not say how many connections {', '.join(unsaid)} opens (pool_size).")
    connections, most = await asyncio.gather(
        reached(world.sessions, Outside.SESSIONS).connections(),
        asyncio.gather(*(_most(world, each) for each in known)),
    )
    taken = sum(number * (each.pool_size or 0) for each, number in zip(known, most, strict=True))
    room = max(0, connections.usable - RESERVED - taken)
    says = (
        f"{database.title} has {count(room, 'connection')} for {service.title}, {pool} for each instance: "
        f"{count(room // pool, 'instance')} at most"
    )
    return room // pool, says


async def _most(world: World, service: Service) -> int:
    cloud = await reached(world.services, Outside.SERVICES).service(service.cloud_name, region_of(service))
    return cloud.max_instances


async def _busy(world: World, service: Service) -> str:
    """Where the database works as hard as it can, more instances only ask more of it."""
    now = world.clock.now()
    subject = Subject(services=(service.key,), since=now - SHORTEST, until=now)
    room = await room_of(world, service, window_of(world, subject))
    if room.cpu is not None and judge(room.cpu, world.organisation.thresholds["database-cpu"]).unhealthy:
        return f"the database is at {percent(room.cpu)} of its CPU: more instances ask more of it"
    return ""
