"""Whether somebody is on call in every hour of the next two weeks, and who that is known to here."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.on_call import Coverage, Shift
from playbooks.evidence.figure import count, percent
from playbooks.evidence.paged_policy import paged_policy
from playbooks.evidence.seen import Seen
from playbooks.messages.wording import local_time
from playbooks.world import World

NAME = "coverage"
WEEK = timedelta(days=7)
WEEKS = 2
SOON = timedelta(hours=48)
"""A gap that begins so soon is red: whoever fills it needs a day of their own."""
NAMED = 5
FIRST = 1
HOUR = timedelta(hours=1)
LATE = timedelta(minutes=10)
"""A rota that turns so long before or after a handoff turns with it."""


async def coverage(world: World, subject: Subject) -> Evidence:
    """As PagerDuty says, of the first level of the policy that is paged; gaps with their day and local time."""
    del subject
    pager, policy = paged_policy(world)
    now = world.clock.now()
    until = now + WEEKS * WEEK
    found, held, coming, handoffs = await asyncio.gather(
        pager.coverage(policy, since=now, until=until),
        pager.on_call(policy, at=now),
        pager.next_shifts(policy, since=now, until=until),
        world.diary.handoffs(until=until + LATE),
    )
    turns = _turns(world, coming, handoffs)
    findings = (*_gaps(world, found), *turns, *_strangers(world, (*held, *coming)), *_weeks(world, found))
    return Seen(findings=findings).evidence(NAME, world, until=until)


def _weeks(world: World, found: Coverage) -> Iterator[Finding]:
    """Each week's hours, of 168."""
    now = world.clock.now()
    whole = f"{WEEK / HOUR:.0f}"
    if not found.gaps:
        yield Finding(verdict=Verdict.GREEN, says=f"{whole} of {whole} h in each of the next {WEEKS} weeks")
        return
    for number in range(WEEKS):
        start, end = now + number * WEEK, now + (number + 1) * WEEK
        missing = sum((max(min(b, end) - max(a, start), timedelta()) for a, b in found.gaps), timedelta())
        hours = (WEEK - missing) / HOUR
        day = _day(start, world.organisation.timezone)
        says = f"Week from {day}: {hours:.0f} of {whole} h ({percent(hours * HOUR / WEEK)})"
        yield Finding(verdict=Verdict.GREEN, says=says, value=hours, unit="h")


def _gaps(world: World, found: Coverage) -> Iterator[Finding]:
    """The nearest first; what they say does not change from day to day, so that nothing is told twice."""
    now, zone = world.clock.now(), world.organisation.timezone
    for start, end in found.gaps[:NAMED]:
        length = f"{(end - start) / HOUR:.0f} h" if end - start >= HOUR else f"{(end - start).seconds // 60} min"
        begins = "now" if start <= now else _moment(start, zone)
        says = f"Nobody is on call from {begins} to {_moment(end, zone)} ({length})"
        verdict = Verdict.RED if start - now <= SOON else Verdict.AMBER
        yield Finding(verdict=verdict, says=says, since=start)
    if len(found.gaps) > NAMED:
        yield Finding(verdict=Verdict.AMBER, says=f"and {count(len(found.gaps) - NAMED, 'other gap')}")


def _turns(world: World, shifts: Sequence[Shift], handoffs: Sequence[datetime]) -> Iterator[Finding]:
    """When somebody else is woken without that anything is handed over; told without dates, so that it is told once."""
    now, zone = world.clock.now(), world.organisation.timezone
    turning = [each.since for each in shifts if each.level == FIRST and each.since and each.since > now]
    alone = [at for at in turning if not any(abs(at - handoff) <= LATE for handoff in handoffs)]
    if alone and handoffs:
        says = (
            f"PagerDuty's rota turns {_times(alone, zone)}, when nothing is handed over: "
            f"handoffs are {_times(handoffs, zone)}"
        )
        yield Finding(verdict=Verdict.AMBER, says=says)


def _times(moments: Sequence[datetime], zone: ZoneInfo) -> str:
    """`Mon 09:00 and Fri 17:00`."""
    local = sorted((at.astimezone(zone).weekday(), at.astimezone(zone).strftime("%a %H:%M")) for at in moments)
    return " and ".join(dict.fromkeys(said for _, said in local[: NAMED * WEEKS]))


def _strangers(world: World, shifts: Sequence[Shift]) -> Iterator[Finding]:
    """Whom opsbot cannot tell anything."""
    known = world.organisation.person_by_pagerduty
    names = dict.fromkeys(each.name for each in shifts if each.level == FIRST and known(each.user) is None)
    for name in names:
        yield Finding(
            verdict=Verdict.AMBER, says=f"{name} is on the rota and not in opsbot.yaml: add their `pagerduty:`"
        )


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{_day(at, zone)} {local_time(at, zone)}"


def _day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}"
