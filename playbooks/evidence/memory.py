"""How full the memory of services is, whether it leaks, and when it will run out."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.domain.chart import Chart, Look, Marker, Point, Series, Threshold, Trace
from bot.domain.cloud_service import Revision
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.blame import ROLLBACK
from playbooks.evidence.deployed import Deployed, deployed
from playbooks.evidence.figure import percent, short, size, span, when
from playbooks.evidence.good_revision import choose
from playbooks.evidence.judge import judge
from playbooks.evidence.leak import Leak, leak_of, limit_bytes
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.trend import Gauge, bad_since, lines
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "memory"
PLAYBOOK = "memory-leak"
MINUTE, HOUR, SIX_HOURS = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=6)
SOON = timedelta(hours=1)
DRAWN = timedelta(hours=3)
"""How far ahead a chart shows where memory is going."""
RECENTLY = timedelta(days=2)
"""A leak of a revision that is older than this did not come with it as far as anybody remembers."""


@dataclass(frozen=True, kw_only=True)
class _Memory:
    """One revision's memory: the fullest instances over time, and its leak."""

    revision: str
    points: tuple[Point, ...]
    now: float
    """In the last number there is, which is an old one of a revision that serves no more."""
    serves: bool
    leak: Leak | None


async def memory(world: World, subject: Subject) -> Evidence:
    """Memory of each service's fullest instances by revision, with its slope and when it would run out."""
    window = window_of(world, subject)
    seen = await every_service(world, subject, partial(_of, world, subject, window))
    return seen.evidence(NAME, world, until=window.until)


async def _of(world: World, subject: Subject, window: Window, service: Service) -> Seen:
    revisions, stands = await asyncio.gather(_by_revision(world, service, window), _stands(world, service))
    if not revisions:
        says = f"{service.title}: no numbers of its memory"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=service.key),))
    live = [each for each in revisions if each.serves] or revisions
    findings = tuple(_finding(world, service, window, each, stands) for each in live)
    worst = max(live, key=lambda each: (each.leak is not None, each.now))
    marks = _marks(world, service, window, subject, stands, worst.leak)
    chart = _chart(world, service, findings, revisions, marks)
    advice = await _advice(world, service, worst, stands) if worst.leak and _gets_traffic(stands, worst) else ()
    return Seen(findings=findings, charts=(chart,), advice=advice)


async def _by_revision(world: World, service: Service, window: Window) -> Sequence[_Memory]:
    """The revisions that had instances."""
    fullest = Gauge(measure=Measure.MEMORY, of=service.cloud_name, aggregation=Aggregation.P99)
    middle = replace(fullest, aggregation=Aggregation.P50)
    hour = Window(since=window.until - HOUR, until=window.until, step=timedelta(minutes=1))
    hours = Window(since=window.until - SIX_HOURS, until=window.until, step=timedelta(minutes=5))
    seen, lately, longer = await asyncio.gather(
        lines(world, fullest, window, "revision"),
        lines(world, middle, hour, "revision"),
        lines(world, middle, hours, "revision"),
    )
    leaks = {**_leaks(longer), **_leaks(lately)}
    return [_memory(each, window, leaks) for each in seen if each.points]


def _memory(seen: Series, window: Window, leaks: Mapping[str, Leak]) -> _Memory:
    revision, last = seen.label("revision"), seen.points[-1]
    serves = last.at > window.recent
    return _Memory(
        revision=revision,
        points=seen.points,
        now=last.value,
        serves=serves,
        leak=leaks.get(revision) if serves else None,
    )


def _leaks(series: Sequence[Series]) -> Mapping[str, Leak]:
    found = {each.label("revision"): leak_of(each.points) for each in series}
    return {revision: leak for revision, leak in found.items() if leak is not None}


async def _stands(world: World, service: Service) -> Deployed | None:
    try:
        return await deployed(world, service)
    except (NotConfigured, CouldNotLook):
        return None


def _finding(world: World, service: Service, window: Window, seen: _Memory, stands: Deployed | None) -> Finding:
    now, zone = world.clock.now(), world.organisation.timezone
    bounds = world.organisation.thresholds["memory"]
    verdict = judge(seen.now, bounds)
    if seen.leak and seen.leak.full_at - now <= SOON:
        verdict = Verdict.RED
    elif seen.leak:
        verdict = max(verdict, Verdict.AMBER, key=lambda each: each.weight)
    name = short(seen.revision, service.cloud_name)
    says = f"{service.title} {name} memory {percent(seen.now)}"
    since = bad_since(seen.points, window, lambda value: judge(value, bounds).unhealthy)
    if seen.leak:
        says += f", grows {_slope(seen, stands)} an hour, full {when(max(seen.leak.full_at, now), now, zone)}"
        since = seen.leak.since
    elif since and verdict.unhealthy:
        says += f", since {when(since, now, zone)}"
    return Finding(
        verdict=verdict,
        says=says,
        subject=service.key,
        value=seen.now,
        unit="%",
        since=since if verdict.unhealthy else None,
    )


def _slope(seen: _Memory, stands: Deployed | None) -> str:
    """In bytes where the limit is known."""
    assert seen.leak is not None
    revision = _revision(stands, seen.revision)
    limit = limit_bytes(revision.limits.memory) if revision and revision.limits else None
    return size(seen.leak.an_hour * limit) if limit else percent(seen.leak.an_hour)


def _revision(stands: Deployed | None, name: str) -> Revision | None:
    return next((each for each in stands.revisions if each.name == name), None) if stands else None


def _marks(
    world: World,
    service: Service,
    window: Window,
    subject: Subject,
    stands: Deployed | None,
    leak: Leak | None,
) -> Iterator[Marker]:
    for each in stands.created_between(window.since, window.until) if stands else ():
        yield Marker(at=each.created_at, label=short(each.name, service.cloud_name))
    if subject.began and window.since <= subject.began <= window.until:
        yield Marker(at=subject.began, label="began")
    if leak and leak.full_at <= window.until + DRAWN:
        at = max(leak.full_at, window.until)
        yield Marker(at=at, label=f"full {when(at, world.clock.now(), world.organisation.timezone)}")


def _chart(
    world: World, service: Service, findings: Sequence[Finding], revisions: Sequence[_Memory], marks: Iterator[Marker]
) -> Chart:
    red = world.organisation.thresholds["memory"].red
    seen = (Trace(name=short(each.revision, service.cloud_name), points=each.points) for each in revisions)
    ahead = (
        Trace(
            name=f"{short(each.revision, service.cloud_name)}, as it goes on",
            points=_ahead(each.points[-1], each.leak),
            look=Look.DASHED,
        )
        for each in revisions
        if each.leak
    )
    return Chart(
        title=f"{service.title}: memory of the fullest instances, by revision",
        unit="%",
        alt=f"{'. '.join(finding.says for finding in findings)}.",
        traces=(*seen, *ahead),
        markers=tuple(marks),
        thresholds=(Threshold(value=red, label="red"),) if red is not None else (),
    )


def _ahead(last: Point, leak: Leak) -> tuple[Point, ...]:
    """Where memory goes from its last number on, until it is full or far enough ahead."""
    left = max(0.0, 1 - last.value) / leak.an_hour
    ahead: timedelta = min(timedelta(hours=left), DRAWN)
    return last, Point(at=last.at + ahead, value=min(1.0, last.value + leak.an_hour * (ahead / HOUR)))


def _gets_traffic(stands: Deployed | None, seen: _Memory) -> bool:
    """Its numbers arrive minutes after it was replaced; then nothing is to be done about it any more."""
    return stands is None or any(each.name == seen.revision for each in stands.serving)


async def _advice(world: World, service: Service, seen: _Memory, stands: Deployed | None) -> tuple[Advice, ...]:
    """A restart makes room at once; going back helps when the revision before did not leak."""
    assert seen.leak is not None
    now, zone = world.clock.now(), world.organisation.timezone
    name = short(seen.revision, service.cloud_name)
    left = seen.leak.full_at - now
    full = f"is full in {span(left)}" if left >= MINUTE else "is full"
    restart = Advice(
        says=f"{service.title} {name} leaks and {full}; a restart makes room",
        strength=0.85,
        change="restart",
        target=service.key,
        playbook=PLAYBOOK,
    )
    good = await _did_not_leak(world, service, seen, stands, now)
    if good is None:
        return (restart,)
    back = Advice(
        says=f"{name} leaks since {when(seen.leak.since, now, zone)}, {short(good, service.cloud_name)} did not",
        strength=0.8,
        change=ROLLBACK,
        target=service.key,
        playbook=PLAYBOOK,
    )
    return restart, back


async def _did_not_leak(
    world: World, service: Service, seen: _Memory, stands: Deployed | None, now: datetime
) -> str | None:
    """The good revision before, when it is the newest that leaks and it has not been there for long."""
    revision = _revision(stands, seen.revision)
    if revision is None or now - revision.created_at > RECENTLY:
        return None
    try:
        choice = await choose(world, service)
    except (NotConfigured, CouldNotLook):
        return None
    if choice is None or choice.bad.name != revision.name or choice.good is None:
        return None
    last = choice.good.served.last or revision.created_at
    gauge = Gauge(measure=Measure.MEMORY, of=service.cloud_name, aggregation=Aggregation.P50)
    before = Window(since=last - SIX_HOURS, until=last, step=timedelta(minutes=5))
    leaked = _leaks(await lines(world, gauge, before, "revision"))
    name = choice.good.revision.name
    return None if name in leaked else name
