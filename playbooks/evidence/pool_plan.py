"""What all instances together may open of connections, against what the database allows; nothing is changed."""

import asyncio
from collections.abc import Sequence

from bot.domain.evidence import Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.platform import Database
from bot.organisation import Service
from playbooks.evidence.database_instance import every_database
from playbooks.evidence.deployed import region_of
from playbooks.evidence.figure import count
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "pool-plan"
RESERVED = 10
"""Connections that people and opsbot itself need besides the services."""


async def pool_plan(world: World, subject: Subject) -> Evidence:
    """For each database: the most its services may open, and pools that would fit."""
    seen = await every_database(world, subject, lambda database: _of(world, database))
    return seen.evidence(NAME, world, until=world.clock.now())


async def _of(world: World, database: Database) -> Seen:
    known = [world.organisation.services[key] for key in database.services if key in world.organisation.services]
    pooled = [each for each in known if each.pool_size]
    if not pooled:
        raise NotConfigured(
            f"opsbot.yaml does not say how many connections the services of {database.title} open; give them a pool_size."
        )
    connections, most = await asyncio.gather(
        reached(world.sessions, Outside.SESSIONS).connections(),
        asyncio.gather(*(_most(world, each) for each in pooled)),
    )
    room = connections.usable - RESERVED
    wanted = sum(number * (each.pool_size or 0) for each, number in zip(pooled, most, strict=True))
    parts = ", ".join(f"{each.title} {number} × {each.pool_size}" for each, number in zip(pooled, most, strict=True))
    says = f"{database.title}: services may open {count(wanted)} of {count(room, 'connection')} ({parts})"
    fits = wanted <= room
    findings = [Finding(verdict=Verdict.GREEN if fits else Verdict.AMBER, says=says, subject=database.key)]
    if not fits:
        findings.append(_proposal(database, pooled, room / wanted))
    return Seen(findings=tuple(findings))


async def _most(world: World, service: Service) -> int:
    cloud = await reached(world.services, Outside.SERVICES).service(service.cloud_name, region_of(service))
    return cloud.max_instances


def _proposal(database: Database, pooled: Sequence[Service], scale: float) -> Finding:
    sizes = ", ".join(f"{each.title} {max(1, int((each.pool_size or 0) * scale))}" for each in pooled)
    says = f"{database.title}: pools that fit are {sizes}; or fewer instances"
    return Finding(verdict=Verdict.AMBER, says=says, subject=database.key)
