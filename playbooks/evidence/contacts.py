"""Whether whoever is on call, and whoever follows, can be reached: by telephone, and by PagerDuty at night."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.evidence import CouldNotLook, Evidence, Finding, Subject, Verdict
from bot.domain.on_call import Reachable, Shift
from playbooks.evidence.paged_policy import paged_policy
from playbooks.evidence.seen import Seen
from playbooks.world import Pager, World

NAME = "contacts"
AHEAD = timedelta(days=8)
"""A rota turns once a week."""
FIRST = 1


async def contacts(world: World, subject: Subject) -> Evidence:
    """As opsbot.yaml and PagerDuty say, of the first level that is woken; the telephone rings in another way than Slack."""
    del subject
    pager, policy = paged_policy(world)
    now = world.clock.now()
    held, coming = await asyncio.gather(
        pager.on_call(policy, at=now), pager.next_shifts(policy, since=now, until=now + AHEAD)
    )
    people: dict[str, Shift] = {}
    for each in (*held, *coming):
        if each.level == FIRST:
            people.setdefault(each.user, each)
    both = list(people.values())[:2]
    findings = await asyncio.gather(*(_of(world, pager, each, both) for each in both))
    if not both:
        findings = [Finding(verdict=Verdict.RED, says="Nobody is on call: there is nobody to reach")]
    return Seen(findings=_together(findings)).evidence(NAME, world, until=now)


def _together(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """When all is well, one line is read sooner than two."""
    if any(each.verdict is not Verdict.GREEN for each in findings):
        return tuple(findings)
    return (Finding(verdict=Verdict.GREEN, says="; then ".join(each.says for each in findings)),)


async def _of(world: World, pager: Pager, shift: Shift, people: Sequence[Shift]) -> Finding:
    member = world.organisation.person_by_pagerduty(shift.user)
    name = member.name if member else shift.name
    head = f"{name} ({'on call' if shift is people[0] else 'next'})"
    phone = member.phone if member and member.phone else ""
    try:
        found = await pager.reachable(shift.user)
    except CouldNotLook as error:
        return Finding(verdict=Verdict.COULD_NOT_LOOK, says=f"{head}: {phone or 'no telephone here'}; {error}")
    trouble = _trouble(found)
    if trouble:
        return Finding(verdict=Verdict.RED, says=f"{head}: {trouble}")
    ways = f"by {', '.join(found.urgent)}"
    if not phone:
        return Finding(verdict=Verdict.AMBER, says=f"{head}: PagerDuty {ways}; opsbot.yaml has no `phone:` of theirs")
    return Finding(verdict=Verdict.GREEN, says=f"{name} {phone}, PagerDuty {ways}")


def _trouble(found: Reachable) -> str:
    """Why nothing would wake somebody."""
    if not found.ways:
        return "PagerDuty has no way to reach them; they have to add one to their profile"
    return "" if found.urgent else "PagerDuty does not wake them for what is urgent; they have to add a rule"
