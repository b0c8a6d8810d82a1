"""Whether services answer that they are well, and whether the revision that answers is one that should."""

import asyncio
from functools import partial

from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.health import HealthAnswer
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.evidence.deployed import Deployed, deployed
from playbooks.evidence.figure import ms, short
from playbooks.evidence.seen import Seen, every_service
from playbooks.world import World

NAME = "service-health"


async def service_health(world: World, subject: Subject) -> Evidence:
    """What each service's health address answers, asked from here; no customer's view."""
    seen = await every_service(world, subject, partial(_of, world))
    return seen.evidence(NAME, world, until=world.clock.now())


async def _of(world: World, service: Service) -> Seen:
    if service.health_url is None:
        raise NotConfigured(f"opsbot.yaml does not say where {service.title} answers how it is; give it a health_url.")
    answer, stands = await asyncio.gather(world.probe.health(service.health_url), _stands(world, service))
    return Seen(findings=(_finding(service, answer, stands),))


async def _stands(world: World, service: Service) -> Deployed | None:
    try:
        return await deployed(world, service)
    except (NotConfigured, CouldNotLook):
        return None


def _finding(service: Service, answer: HealthAnswer, stands: Deployed | None) -> Finding:
    took = ms(answer.took.total_seconds() * 1000)
    link = service.health_url or ""
    if not answer.healthy:
        says = f"{service.title} is not well: {excerpt(answer.says)}"
        return Finding(verdict=Verdict.RED, says=says, subject=service.key, link=link)
    name = short(answer.revision, service.cloud_name)
    by = f" by {name}" if name else ""
    if stands and answer.revision and answer.revision not in {each.name for each in stands.serving}:
        says = f"{service.title} answers in {took}, but{by}, which should get no traffic"
        return Finding(verdict=Verdict.AMBER, says=says, subject=service.key, link=link)
    says = f"{service.title} answers in {took}{by}"
    return Finding(verdict=Verdict.GREEN, says=says, subject=service.key, link=link)
