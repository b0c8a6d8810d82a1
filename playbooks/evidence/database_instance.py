"""Whether databases run, and whether they are set up to survive what may happen to them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

from bot.domain.database_instance import DatabaseInstance
from bot.domain.evidence import Advice, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.platform import Database
from playbooks.evidence.figure import when
from playbooks.evidence.seen import Seen, one, together
from playbooks.world import Outside, World, reached

NAME = "database-instance"
RUNNING, ALWAYS = "RUNNABLE", "ALWAYS"
NO_ROOM = "SOFT_SHUTDOWN"


async def database_instance(world: World, subject: Subject) -> Evidence:
    """How each database of the services stands, as Cloud SQL says."""
    seen = await every_database(world, subject, lambda database: _of(world, database))
    return seen.evidence(NAME, world, until=world.clock.now())


async def every_database(world: World, subject: Subject, look: Callable[[Database], Awaitable[Seen]]) -> Seen:
    """What is seen of each database that the services use, all at the same time."""
    databases = world.organisation.databases_of(subject.services)
    if not databases:
        raise NotConfigured("opsbot.yaml names no databases.")
    return together(await asyncio.gather(*(one(each.key, each.title, look(each)) for each in databases)))


async def _of(world: World, database: Database) -> Seen:
    instance = await reached(world.databases, Outside.DATABASES).instance(database.instance)
    findings = (_state(database, instance), *_settings(database, instance), *_maintenance(world, database, instance))
    return Seen(findings=findings, advice=tuple(_advice(database, findings)))


def _advice(database: Database, findings: Sequence[Finding]) -> Iterator[Advice]:
    """What a database that runs lacks is nothing that a playbook about connections treats."""
    state, *others = findings
    lacking = [each for each in others if each.verdict.unhealthy]
    if lacking and not state.verdict.unhealthy:
        yield Advice(says=f"{lacking[0].says}: change its settings", strength=0.3, target=database.key, aside=True)


def _state(database: Database, instance: DatabaseInstance) -> Finding:
    what = f"{instance.version} on {instance.tier}"
    if instance.state != RUNNING:
        says = f"{database.title} is {instance.state.lower().replace('_', ' ')}, not running"
        return Finding(verdict=Verdict.RED, says=says, subject=database.key)
    if instance.activation != ALWAYS:
        says = f"{database.title} is stopped (activation {instance.activation.lower()})"
        return Finding(verdict=Verdict.RED, says=says, subject=database.key)
    if instance.out_of_disk == NO_ROOM:
        says = f"{database.title} is about to stop: its disk is full"
        return Finding(verdict=Verdict.RED, says=says, subject=database.key)
    return Finding(verdict=Verdict.GREEN, says=f"{database.title} runs, {what}", subject=database.key)


def _settings(database: Database, instance: DatabaseInstance) -> Iterator[Finding]:
    lacking = [
        what
        for there, what in (
            (instance.backups_enabled, "backups are off"),
            (instance.point_in_time, "it cannot be set back to a moment"),
            (instance.deletion_protected, "it can be deleted by one call"),
        )
        if not there
    ]
    if lacking:
        yield Finding(verdict=Verdict.AMBER, says=f"{database.title}: {', '.join(lacking)}", subject=database.key)


def _maintenance(world: World, database: Database, instance: DatabaseInstance) -> Iterator[Finding]:
    if instance.maintenance_at is not None:
        at = when(instance.maintenance_at, world.clock.now(), world.organisation.timezone)
        yield Finding(verdict=Verdict.GREEN, says=f"{database.title}: Google maintains it {at}", subject=database.key)
    if instance.offered:
        version = instance.offered[-1]
        command = f"gcloud sql instances patch {instance.name} --maintenance-version={version}"
        says = f"{database.title}: Google offers {version}; taking it restarts the database: {command}"
        yield Finding(verdict=Verdict.GREEN, says=says, subject=database.key)
