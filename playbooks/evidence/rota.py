"""Who is on call when in the coming two weeks, and when the next handoff is."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.on_call import Shift
from playbooks.evidence.figure import span, when
from playbooks.evidence.paged_policy import paged_policy
from playbooks.evidence.seen import Seen
from playbooks.world import World

NAME = "rota"
AHEAD = timedelta(days=14)


async def rota(world: World, subject: Subject) -> Evidence:
    """As PagerDuty says, of the escalation policy that is paged; the nearest turn first."""
    del subject
    pager, policy = paged_policy(world)
    now = world.clock.now()
    held, shifts = await asyncio.gather(
        pager.on_call(policy, at=now), pager.next_shifts(policy, since=now, until=now + AHEAD)
    )
    findings = tuple(_turns(world, shifts))
    if not held:
        findings = (Finding(verdict=Verdict.RED, says="Nobody is on call now; put somebody on in PagerDuty"), *findings)
    if not findings:
        nothing = f"Nobody takes over in the next {span(AHEAD)}; whoever is on call stays"
        findings = (Finding(verdict=Verdict.GREEN, says=nothing),)
    return Seen(findings=findings).evidence(NAME, world, until=now + AHEAD)


def _turns(world: World, shifts: Sequence[Shift]) -> Iterator[Finding]:
    now, zone = world.clock.now(), world.organisation.timezone
    starting = sorted(
        ((shift.since, shift.level, shift) for shift in shifts if shift.since and shift.since > now),
        key=lambda each: each[:2],
    )
    for since, level, shift in starting:
        member = world.organisation.person_by_pagerduty(shift.user)
        who = member.name if member else shift.name
        until = f" until {when(shift.until, now, zone)}" if shift.until else ""
        yield Finding(
            verdict=Verdict.GREEN, says=f"From {when(since, now, zone)}: {who}, level {level}{until}", since=since
        )
