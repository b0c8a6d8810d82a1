"""The clock's own checks: what they last found that is not well, which were missed, and what is not heard on purpose."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.diary import PastCheck, Silence
from bot.domain.evidence import CouldNotLook, Evidence, Finding, Subject, Verdict
from bot.domain.maintenance_window import MaintenanceWindow
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, when
from playbooks.evidence.seen import Seen
from playbooks.world import World

NAME = "checks"
NAMED = 6


async def checks(world: World, subject: Subject) -> Evidence:
    """Since the time that is looked back on; of each check the last time counts."""
    past, silences, windows = await asyncio.gather(
        world.diary.checks(since=subject.since), world.diary.silences(), _windows(world)
    )
    found = [
        *_failing(world, past),
        *_missed(past),
        *_off(world),
        *(_silence(world, each) for each in silences),
        *windows,
    ]
    return Seen(findings=tuple(found) or (_all_well(past),)).evidence(NAME, world, until=world.clock.now())


def _all_well(past: Sequence[PastCheck]) -> Finding:
    ran = sum(each.looked_at is not None for each in past)
    return Finding(verdict=Verdict.GREEN, says=f"{count(ran, 'check')} ran, nothing fails and nothing is muted")


def _failing(world: World, past: Sequence[PastCheck]) -> Iterator[Finding]:
    for each in past:
        if each.unwell and each.looked_at:
            at = when(each.looked_at, world.clock.now(), world.organisation.timezone)
            what = ", ".join(each.unwell[:NAMED])
            yield Finding(verdict=each.verdict, says=f"{each.title} at {at}: {what}", since=each.looked_at)


def _missed(past: Sequence[PastCheck]) -> Iterator[Finding]:
    for each in past:
        if each.missed:
            times = count(len(each.missed), "time")
            yield Finding(verdict=Verdict.AMBER, says=f"{each.title} did not run {times}")


def _off(world: World) -> Iterator[Finding]:
    off = [name for name, chosen in world.organisation.schedules.chosen.items() if chosen is False]
    if off:
        says = f"Turned off in opsbot.yaml: {', '.join(sorted(off)[:NAMED])}"
        yield Finding(verdict=Verdict.GREEN, says=says)


def _silence(world: World, silence: Silence) -> Finding:
    at = when(silence.since, world.clock.now(), world.organisation.timezone)
    why = f": {excerpt(silence.why, most=60)}" if silence.why else ""
    says = f"Muted since {at}: {excerpt(silence.what, most=80)}{why}"
    return Finding(verdict=Verdict.AMBER, says=says, since=silence.since)


async def _windows(world: World) -> Sequence[Finding]:
    """What PagerDuty keeps quiet about now; where that cannot be seen it is said."""
    services = world.organisation.paging.services
    if world.windows is None or not services:
        return ()
    now = world.clock.now()
    try:
        windows = await world.windows.windows(tuple(services.values()))
    except CouldNotLook as error:
        return (Finding(verdict=Verdict.COULD_NOT_LOOK, says=f"PagerDuty's maintenance windows: {error}"),)
    return [_window(world, each, now) for each in windows if each.open_at(now)]


def _window(world: World, window: MaintenanceWindow, now: datetime) -> Finding:
    titles = {key: name for name, key in world.organisation.paging.services.items()}
    muted = ", ".join(titles.get(each, each) for each in window.services[:NAMED])
    until = when(window.until, now, world.organisation.timezone)
    return Finding(verdict=Verdict.AMBER, says=f"PagerDuty wakes nobody for {muted} until {until}", since=window.since)
