"""Who is on call now and next, and whether the rota has gaps in the next two weeks."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.evidence import CouldNotLook, Evidence, Finding, Subject, Verdict
from bot.domain.on_call import Coverage, Shift
from playbooks.evidence.figure import count, percent, span, when
from playbooks.evidence.paged_policy import paged_policy
from playbooks.evidence.seen import Seen
from playbooks.world import World

NAME = "on-call"
AHEAD = timedelta(days=14)
FIRST = 1
NAMED = 3
PATIENCE = 8.0
"""Seconds; shorter than the look's own deadline, so that whom to call is said all the same."""


async def on_call(world: World, subject: Subject) -> Evidence:
    """As PagerDuty says, of the escalation policy that is paged; when it does not answer, whom to call instead."""
    del subject
    try:
        async with asyncio.timeout(PATIENCE):
            return await _of(world)
    except (CouldNotLook, TimeoutError) as error:
        # Whom to call comes first: what is too long for a message is cut at its end.
        why = str(error) or f"no answer within {PATIENCE:g} s"
        says = f"PagerDuty could not be asked. {world.organisation.paging.phone_fallback} ({why})"
        return Seen(findings=(Finding(verdict=Verdict.COULD_NOT_LOOK, says=says),)).evidence(NAME, world)


async def _of(world: World) -> Evidence:
    pager, policy = paged_policy(world)
    now = world.clock.now()
    shifts, coming, coverage = await asyncio.gather(
        pager.on_call(policy, at=now),
        pager.next_shifts(policy, since=now, until=now + AHEAD),
        pager.coverage(policy, since=now, until=now + AHEAD),
    )
    findings = (*_now(world, shifts), *_next(world, coming), *_gaps(world, coverage))
    return Seen(findings=findings).evidence(NAME, world, until=now + AHEAD)


def _now(world: World, shifts: Sequence[Shift]) -> Iterator[Finding]:
    if not any(shift.level == FIRST for shift in shifts):
        yield Finding(verdict=Verdict.RED, says="Nobody is on call now")
    for shift in sorted(shifts, key=lambda each: each.level):
        until = f" until {when(shift.until, world.clock.now(), world.organisation.timezone)}" if shift.until else ""
        level = "" if shift.level == FIRST else f" (level {shift.level})"
        yield Finding(verdict=Verdict.GREEN, says=f"On call: {_who(world, shift)}{level}{until}")


def _next(world: World, coming: Sequence[Shift]) -> Iterator[Finding]:
    following = next((shift for shift in coming if shift.level == FIRST and shift.since), None)
    if following and following.since:
        at = when(following.since, world.clock.now(), world.organisation.timezone)
        yield Finding(verdict=Verdict.GREEN, says=f"Next: {_who(world, following)}, from {at}")


def _gaps(world: World, coverage: Coverage) -> Iterator[Finding]:
    part = coverage.covered / coverage.wanted if coverage.wanted else 0.0
    if not coverage.gaps:
        yield Finding(verdict=Verdict.GREEN, says=f"Somebody is on call for all of the next {span(coverage.wanted)}")
        return
    now, zone = world.clock.now(), world.organisation.timezone
    named = ", ".join(f"{when(start, now, zone)} to {when(end, now, zone)}" for start, end in coverage.gaps[:NAMED])
    more = f" and {count(len(coverage.gaps) - NAMED)} more" if len(coverage.gaps) > NAMED else ""
    says = f"Nobody is on call {named}{more}; {percent(part)} of the next {span(coverage.wanted)} is covered"
    yield Finding(verdict=Verdict.RED, says=says, since=coverage.gaps[0][0])


def _who(world: World, shift: Shift) -> str:
    member = world.organisation.person_by_pagerduty(shift.user)
    return member.name if member else shift.name
