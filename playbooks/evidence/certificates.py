"""Until when the certificates of services' addresses hold: an expired one is an outage that could be foreseen."""

import asyncio
from urllib.parse import urlsplit

from bot.domain.evidence import Evidence, Finding, NotConfigured, Subject, Verdict
from playbooks.evidence.figure import span
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, services_of
from playbooks.world import World

NAME = "certificates"
ENCRYPTED = "https"


async def certificates(world: World, subject: Subject) -> Evidence:
    """The certificate of every address that is looked at, each once."""
    addresses = [urlsplit(each.health_url) for each in services_of(world, subject) if each.health_url]
    hosts = dict.fromkeys(address.netloc.rpartition("@")[2] for address in addresses if address.scheme == ENCRYPTED)
    if not hosts:
        raise NotConfigured("No service of opsbot.yaml has a health_url that begins with https://.")
    findings = await asyncio.gather(*(_of(world, host) for host in hosts))
    return Seen(findings=tuple(findings)).evidence(NAME, world, until=world.clock.now())


async def _of(world: World, host: str) -> Finding:
    certificate = await world.probe.certificate(host)
    if certificate is None:
        says = f"{host} showed no certificate that could be read"
        return Finding(verdict=Verdict.COULD_NOT_LOOK, says=says, subject=host)
    left = certificate.expires_at - world.clock.now()
    verdict = judge(left.total_seconds(), world.organisation.thresholds["certificate"])
    says = f"{host}: certificate holds for {span(left)}" if left.total_seconds() > 0 else f"{host}: certificate expired"
    return Finding(verdict=verdict, says=says, subject=host, value=left.total_seconds(), unit="s")
