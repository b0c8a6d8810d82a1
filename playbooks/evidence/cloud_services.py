"""Whether every service that should run does, as Cloud Run says, and which run that nobody expects."""

from collections.abc import Iterator, Sequence

from bot.domain.cloud_service import CloudService, Condition
from bot.domain.evidence import Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.evidence.figure import short
from playbooks.evidence.seen import Seen, services_of
from playbooks.world import Outside, World, reached

NAME = "cloud-services"
NAMED = 5
"""Unexpected services that are named."""


async def cloud_services(world: World, subject: Subject) -> Evidence:
    """Each service's condition, its last deployment and where its traffic goes."""
    if not world.organisation.regions():
        raise NotConfigured("opsbot.yaml does not say where services run; give each its region.")
    found = await reached(world.services, Outside.SERVICES).services()
    findings = [finding for each in services_of(world, subject) for finding in _expected(each, found)]
    findings += _unexpected(world, found)
    return Seen(findings=tuple(findings)).evidence(NAME, world, until=world.clock.now())


def _expected(service: Service, found: Sequence[CloudService]) -> Iterator[Finding]:
    mine = [each for each in found if each.name == service.cloud_name and service.region in {None, each.region}]
    if not mine:
        says = (
            f"{service.title} is not there: Cloud Run knows no {service.cloud_name} in {service.region or 'any region'}"
        )
        yield Finding(verdict=Verdict.RED, says=says, subject=service.key)
    for each in mine:
        verdict, says = _condition(service, each)
        yield Finding(verdict=verdict, says=f"{service.title} {says}", subject=service.key)


def _condition(service: Service, cloud: CloudService) -> tuple[Verdict, str]:
    serving = ", ".join(
        f"{short(share.revision or cloud.latest_ready, service.cloud_name)} {share.percent} %"
        for share in cloud.serving
        if share.percent
    )
    if not serving:
        return Verdict.RED, "serves nothing: no revision gets traffic"
    if cloud.latest_created != cloud.latest_ready and not cloud.reconciling:
        failed = short(cloud.latest_created, service.cloud_name)
        return Verdict.RED, f"did not start {failed}; {serving} still serves"
    if cloud.condition is Condition.FAILED:
        return Verdict.RED, f"is not ready: {excerpt(cloud.says, most=120)}"
    if cloud.reconciling or cloud.condition is Condition.PENDING:
        return Verdict.AMBER, f"is being changed; {serving} serves"
    if cloud.pinned:
        return Verdict.GREEN, f"is ready; pinned to {serving}"
    return Verdict.GREEN, f"is ready; {serving}"


def _unexpected(world: World, found: Sequence[CloudService]) -> Iterator[Finding]:
    services = world.organisation.services.values()
    known = {service.cloud_name for service in services} | {service.shipping.staging for service in services}
    others = sorted({each.name for each in found} - known)
    if others:
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        yield Finding(verdict=Verdict.GREEN, says=f"Not in opsbot.yaml: {', '.join(others[:NAMED])}{more}")
