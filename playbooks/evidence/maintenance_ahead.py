"""Maintenance in the next two weeks: what Google has planned for databases."""

from datetime import timedelta

from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.platform import Database
from playbooks.evidence.database_instance import every_database
from playbooks.evidence.figure import span, when
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "maintenance-ahead"
AHEAD = timedelta(days=14)


async def maintenance_ahead(world: World, subject: Subject) -> Evidence:
    """For each database of the services: when it is maintained."""

    async def of(database: Database) -> Seen:
        instance = await reached(world.databases, Outside.DATABASES).instance(database.instance)
        now, at = world.clock.now(), instance.maintenance_at
        if at is None or not now <= at <= now + AHEAD:
            says = f"{database.title}: no maintenance in the next {span(AHEAD)}"
            return Seen(findings=(Finding(verdict=Verdict.GREEN, says=says, subject=database.key),))
        local, utc = when(at, now, world.organisation.timezone), f"{at:%d %b %H:%M} UTC"
        says = f"{database.title}: Google maintains it in {span(at - now)}, {local} ({utc})"
        return Seen(findings=(Finding(verdict=Verdict.GREEN, says=says, subject=database.key, since=at),))

    seen = await every_database(world, subject, of)
    return seen.evidence(NAME, world, until=world.clock.now() + AHEAD)
