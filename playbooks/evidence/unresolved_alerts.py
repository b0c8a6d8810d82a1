"""Alerts that still fire: for how long, and whether anybody took them."""

from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.remembered import RememberedAlert
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, span
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen
from playbooks.world import World

NAME = "unresolved-alerts"
NAMED = 8


async def unresolved_alerts(world: World, subject: Subject) -> Evidence:
    """What fires in the alerts channel, the longest first; only what nobody took is judged."""
    wanted = set(subject.services)
    found = [
        each
        for each in await world.memory.unresolved_alerts()
        if not wanted or not each.services or wanted & set(each.services)
    ]
    found.sort(key=lambda alert: (alert.taken, alert.since))
    findings = [_finding(world, each) for each in found[:NAMED]]
    if not found:
        findings = [Finding(verdict=Verdict.GREEN, says="No alert fires")]
    if len(found) > NAMED:
        findings.append(Finding(verdict=Verdict.AMBER, says=f"and {count(len(found) - NAMED, 'other alert')}"))
    return Seen(findings=tuple(findings)).evidence(NAME, world, until=world.clock.now())


def _finding(world: World, alert: RememberedAlert) -> Finding:
    age = world.clock.now() - alert.since
    verdict = judge(age.total_seconds(), world.organisation.thresholds["unresolved-alerts"])
    subject = next(iter(alert.services), "")
    title = excerpt(alert.title, most=100)
    if alert.taken:
        says = f"{title} fires for {span(age)}, somebody took it"
        return Finding(verdict=Verdict.GREEN, says=says, subject=subject, since=alert.since)
    says = f"{title} fires for {span(age)}, nobody took it"
    return Finding(verdict=verdict, says=says, subject=subject, since=alert.since)
