"""Incidents since somebody last looked: how many, how fast they were answered, and which still go on."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median

from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.on_call import PagedIncident
from bot.domain.remembered import RememberedIncident
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, span, when
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "overnight-incidents"
OVER = frozenset({"resolved", "closed"})
WORST = {"critical": Verdict.RED, "high": Verdict.AMBER, "P1": Verdict.RED, "P2": Verdict.AMBER}
"""Verdicts on what is still open, by severity or priority; what is less is green."""
NAMED = 8
OURS = re.compile(r"opsbot-(inc|test)-\d+")
TITLED = re.compile(r"INC-\d+: ")
"""How the keys and the titles of our own pages begin."""


async def overnight_incidents(world: World, subject: Subject) -> Evidence:
    """Opsbot's own incidents and PagerDuty's, each once."""
    until = min(subject.until, world.clock.now())
    ours, theirs = await asyncio.gather(
        world.memory.incidents(since=subject.since), _paged(world, subject.since, until)
    )
    paged = [] if isinstance(theirs, Finding) else [each for each in theirs if not _ours_too(each)]
    findings = (
        _summary(world, subject, ours, paged),
        *_ours(world, ours),
        *_theirs(world, paged),
        *((theirs,) if isinstance(theirs, Finding) else ()),
    )
    return Seen(findings=findings).evidence(NAME, world, until=until)


async def _paged(world: World, since: datetime, until: datetime) -> Sequence[PagedIncident] | Finding:
    """What PagerDuty knows; that it cannot be read does not hide what opsbot itself remembers."""
    try:
        return await reached(world.pager, Outside.PAGER).incidents(since=since, until=until)
    except NotConfigured as error:
        return Finding(verdict=Verdict.NOT_CONFIGURED, says=str(error))
    except CouldNotLook as error:
        return Finding(verdict=Verdict.COULD_NOT_LOOK, says=f"PagerDuty: {error}")


def _ours_too(paged: PagedIncident) -> bool:
    """Whether it is the page of an incident of ours: those are told from memory, of which private ones are no part."""
    return bool(OURS.match(paged.key) or TITLED.match(paged.title))


def _summary(
    world: World, subject: Subject, ours: Sequence[RememberedIncident], paged: Sequence[PagedIncident]
) -> Finding:
    now, zone = world.clock.now(), world.organisation.timezone
    since = when(subject.since, now, zone)
    number = len(ours) + len(paged)
    if not number:
        return Finding(verdict=Verdict.GREEN, says=f"No incident since {since}", value=0, unit="incidents")
    still = sum(each.status not in OVER for each in ours) + sum(each.resolved_at is None for each in paged)
    begun = [(each.declared_at, each.acknowledged_at, each.resolved_at) for each in ours]
    begun += [(each.created_at, each.acknowledged_at, each.resolved_at) for each in paged]
    answered = _median([taken - start for start, taken, _ in begun if taken])
    ended = _median([end - start for start, _, end in begun if end])
    times = [f"acknowledged in {span(answered)}"] if answered is not None else []
    times += [f"resolved in {span(ended)}"] if ended is not None else []
    middle = f"; {' and '.join(times)} (median)" if times else ""
    says = f"{count(number, 'incident')} since {since}, {count(still)} still open{middle}"
    return Finding(verdict=Verdict.GREEN, says=says, value=float(number), unit="incidents")


def _median(spans: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(each.total_seconds() for each in spans)) if spans else None


def _ours(world: World, ours: Sequence[RememberedIncident]) -> Iterator[Finding]:
    now, zone = world.clock.now(), world.organisation.timezone
    for each in sorted(ours, key=lambda incident: incident.status in OVER)[:NAMED]:
        done = f"; {excerpt(each.done[-1], most=80)}" if each.done else ""
        says = f"{each.key} ({each.severity}, {each.status}) {excerpt(each.title, most=80)}, {when(each.declared_at, now, zone)}{done}"
        verdict = Verdict.GREEN if each.status in OVER else WORST.get(each.severity, Verdict.GREEN)
        yield Finding(verdict=verdict, says=says, since=each.declared_at)


def _theirs(world: World, paged: Sequence[PagedIncident]) -> Iterator[Finding]:
    now, zone = world.clock.now(), world.organisation.timezone
    for each in sorted(paged, key=lambda incident: incident.resolved_at is not None)[:NAMED]:
        rank = each.priority or each.urgency
        says = f"PagerDuty ({rank}, {each.status}) {excerpt(each.title, most=80)}, {when(each.created_at, now, zone)}"
        verdict = Verdict.GREEN if each.resolved_at else WORST.get(each.priority, Verdict.GREEN)
        yield Finding(verdict=verdict, says=says, since=each.created_at, link=each.url)
