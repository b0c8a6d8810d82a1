"""Maintenance in the next two weeks: what is planned here, and what Google has planned for databases."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.maintenance import Maintenance
from bot.domain.platform import Database
from playbooks.evidence.database_instance import every_database
from playbooks.evidence.figure import span, when
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "maintenance-ahead"
AHEAD = timedelta(days=14)


async def maintenance_ahead(world: World, subject: Subject) -> Evidence:
    """What is planned of the services, then for each of their databases when Google maintains it."""

    async def of(database: Database) -> Seen:
        instance = await reached(world.databases, Outside.DATABASES).instance(database.instance)
        now, at = world.clock.now(), instance.maintenance_at
        if at is None or not now <= at <= now + AHEAD:
            says = f"{database.title}: Google plans nothing in the next {span(AHEAD)}"
            return Seen(findings=(Finding(verdict=Verdict.GREEN, says=says, subject=database.key),))
        local, utc = when(at, now, world.organisation.timezone), f"{at:%d %b %H:%M} UTC"
        says = f"{database.title}: Google maintains it in {span(at - now)}, {local} ({utc})"
        return Seen(findings=(Finding(verdict=Verdict.GREEN, says=says, subject=database.key, since=at),))

    ours = tuple(_ours(world, subject, await world.memory.maintenances()))
    try:
        seen = await every_database(world, subject, of)
    except NotConfigured as error:
        seen = Seen(findings=(Finding(verdict=Verdict.NOT_CONFIGURED, says=str(error)),))
    except CouldNotLook as error:
        seen = Seen(findings=(Finding(verdict=Verdict.COULD_NOT_LOOK, says=str(error)),))
    return replace(seen, findings=(*ours, *seen.findings)).evidence(NAME, world, until=world.clock.now() + AHEAD)


def _ours(world: World, subject: Subject, planned: Sequence[Maintenance]) -> Iterator[Finding]:
    """What is planned of the services that are asked for; that nothing is, is said too."""
    now = world.clock.now()
    coming = [each for each in planned if each.starts_at <= now + AHEAD and _concerns(each, subject)]
    for each in coming:
        local, utc = when(each.starts_at, now, world.organisation.timezone), f"{each.starts_at:%d %b %H:%M} UTC"
        stands = each.stage.value if each.stage.going_on else f"in {span(each.starts_at - now)}"
        says = f"{each.key} {each.title}: {stands}, {local} ({utc})"
        yield Finding(verdict=Verdict.GREEN, says=says, since=each.starts_at)
    if not coming:
        yield Finding(verdict=Verdict.GREEN, says=f"Nothing is planned here in the next {span(AHEAD)}")


def _concerns(maintenance: Maintenance, subject: Subject) -> bool:
    return not subject.services or bool(set(subject.services) & set(maintenance.services))
