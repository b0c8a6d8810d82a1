"""Whether the status page says what is so: trouble that customers read nothing of, and trouble they still read of."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.domain.remembered import RememberedIncident
from bot.domain.status_page import Health
from playbooks.evidence.figure import span
from playbooks.evidence.seen import Seen
from playbooks.world import World

NAME = "status-page"
CHANGE = "status-page"
OVER = frozenset({"resolved", "closed"})
PUBLIC = frozenset({"critical", "high"})
"""Severities of which customers notice something."""


async def status_page(world: World, subject: Subject) -> Evidence:
    """What customers read, against the incidents that are open."""
    incidents, told = await asyncio.gather(world.memory.incidents(since=subject.since), world.memory.status_page())
    hurting = [each for each in incidents if each.status not in OVER and each.severity in PUBLIC]
    findings = tuple(_findings(world, hurting, told))
    fine = Finding(verdict=Verdict.GREEN, says="The status page says that all is well, and so it is")
    advice = tuple(_advice(world, hurting, told))
    return Seen(findings=findings or (fine,), advice=advice).evidence(NAME, world, until=world.clock.now())


def _advice(world: World, hurting: Sequence[RememberedIncident], told: Mapping[str, Health]) -> Iterator[Advice]:
    """What a person may tell customers; nothing is told them without one."""
    if told and not hurting:
        says = "Customers are told of trouble, and no incident is open: say that all is well again"
        yield Advice(says=says, strength=0.3, change=CHANGE, target=next(iter(told)))
    for each in hurting if not told else ():
        seen = [key for key in each.services if (service := world.organisation.service(key)) and service.on_status_page]
        if seen:
            yield Advice(
                says=f"Customers read nothing of {each.key}: tell them", strength=0.5, change=CHANGE, target=seen[0]
            )


def _findings(world: World, hurting: Sequence[RememberedIncident], told: Mapping[str, Health]) -> Iterator[Finding]:
    for key, health in told.items():
        service = world.organisation.service(key)
        says = f"The status page says that {service.title if service else key} is {health}"
        if not hurting:
            yield Finding(verdict=Verdict.AMBER, says=f"{says}, and no incident is open", subject=key)
        else:
            yield Finding(verdict=Verdict.GREEN, says=says, subject=key)
    if told:
        return
    for each in hurting:
        age = span(world.clock.now() - each.declared_at)
        says = f"{each.key} ({each.severity}) is open for {age}, and the status page says that all is well"
        yield Finding(verdict=Verdict.AMBER, says=says)
