"""Which revision of a service serves since when, which failed, and what a rollback left unfinished.

A rollback shifts traffic and leaves the bad image in the service's template, where the next change would take it from:
until it is finalised, that is said.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from bot.domain.cloud_service import Condition
from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.evidence.deployed import Deployed, deployed
from playbooks.evidence.figure import short, span, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, every_service
from playbooks.world import World

NAME = "revisions"
RECENTLY = timedelta(hours=24)
"""A failure before is known by now, unless it is still the latest revision."""


async def revisions(world: World, subject: Subject) -> Evidence:
    """Each service's serving, failed, pinned and unfinalised revisions."""
    seen = await every_service(world, subject, partial(_of, world))
    return seen.evidence(NAME, world, until=world.clock.now())


async def _of(world: World, service: Service) -> Seen:
    stands = await deployed(world, service)
    now = world.clock.now()
    findings = (
        *_serving(world, service, stands),
        *_failed(world, service, stands),
        *_pinned(world, service, stands, now),
    )
    return Seen(findings=findings, advice=tuple(_advice(service, stands)))


def _serving(world: World, service: Service, stands: Deployed) -> Iterator[Finding]:
    now, zone = world.clock.now(), world.organisation.timezone
    if not stands.serving:
        yield Finding(verdict=Verdict.RED, says=f"{service.title}: no revision serves", subject=service.key)
    for each in stands.serving:
        share = f" gets {stands.share(each)} %," if len(stands.serving) > 1 else ""
        says = f"{service.title}: {short(each.name, service.cloud_name)}{share} deployed {when(each.created_at, now, zone)}"
        yield Finding(verdict=Verdict.GREEN, says=says, subject=service.key, since=each.created_at)


def _failed(world: World, service: Service, stands: Deployed) -> Iterator[Finding]:
    now, zone = world.clock.now(), world.organisation.timezone
    for each in stands.revisions:
        over = stands.over(each)
        if each.condition is Condition.FAILED and (not over or now - each.created_at <= RECENTLY):
            why = each.reason or excerpt(each.says, most=80) or "no reason given"
            name = short(each.name, service.cloud_name)
            says = f"{service.title}: {name} failed at {when(each.created_at, now, zone)} ({why})"
            verdict = Verdict.GREEN if over else Verdict.RED
            yield Finding(verdict=verdict, says=says, subject=service.key, since=each.created_at)


def _pinned(world: World, service: Service, stands: Deployed, now: datetime) -> Iterator[Finding]:
    if not stands.cloud.pinned or not stands.serving:
        return
    since = stands.cloud.updated_at
    pinned_for = (now - since).total_seconds() if since else None
    verdict = judge(pinned_for, world.organisation.thresholds["pinned"]) if pinned_for is not None else Verdict.AMBER
    length = f" for {span(now - since)}" if since else ""
    if unfinalised(stands):
        says = f"{service.title} was rolled back{length} and not finalised: the bad image is still its template"
        verdict = max(verdict, Verdict.AMBER, key=lambda each: each.weight)
    else:
        says = f"{service.title} is pinned{length}: the next deployment gets no traffic"
    yield Finding(verdict=verdict, says=says, subject=service.key, since=since)


def unfinalised(stands: Deployed) -> bool:
    """Whether the service's template has another image than what it is pinned to."""
    template = stands.cloud.template_image
    return stands.cloud.pinned and bool(template) and all(each.image != template for each in stands.serving)


def _advice(service: Service, stands: Deployed) -> Iterator[Advice]:
    latest = stands.latest
    if latest is not None and latest.condition is Condition.FAILED and not stands.over(latest):
        name = short(latest.name, service.cloud_name)
        says = f"{name} of {service.title} did not start ({latest.reason or 'no reason given'})"
        yield Advice(says=says, strength=0.7, target=service.key, playbook="service-wont-start")
