"""Which revision to go back to: the last one that served and was healthy, never merely the one before.

Source: the runbook's actions, CR-06. What is shown to people is what the choice rests on; where nothing is known to
be good, nothing is picked, and a person chooses from the candidates.
"""

import asyncio
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.cloud_service import Condition, Revision
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.deployed import Deployed, deployed
from playbooks.evidence.serving_record import Served, serving_record
from playbooks.evidence.trend import Gauge, lines, number
from playbooks.evidence.window import Window
from playbooks.world import World

FAILING = 0.01
"""The part of requests failed from which on a revision was not healthy, unless more is usual of the service."""
WORSE = 2.0
"""So many times the service's usual part of failures is not healthy either."""
SLOWER = 1.5
"""So many times as slow as usual was not healthy."""
EXAMINED = 6
"""Candidates that are examined; older ones are hardly what anybody goes back to."""
A_DAY, A_WEEK, A_MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
NEVER = Served()
OUT_OF_MEMORY = re.compile(r"[Mm]emory limit of .* exceeded")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A revision that might be gone back to. `objections` say why it is not; a good one has none."""

    revision: Revision
    served: Served
    serving: bool
    """Whether it serves beside the bad one, as the stable half of a canary does: it needs no further proof of that."""
    p95: float | None
    """Milliseconds, in its last day of serving."""
    image_exists: bool
    objections: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not self.objections


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What to leave, and what to go back to; `good` is None when a person has to pick from the candidates."""

    bad: Revision
    good: Candidate | None
    candidates: tuple[Candidate, ...]
    """Those that served last come first."""


@dataclass(frozen=True, kw_only=True)
class _Bar:
    """What a candidate is held against."""

    error_ratio: float
    p95: float | None
    killed: frozenset[str]
    """Revisions of which containers ran out of memory in the last week."""
    known_bad: frozenset[str]


async def choose(world: World, service: Service, *, known_bad: Collection[str] = ()) -> Choice | None:
    """The choice for a service; None when nothing of it serves. `known_bad` revisions are never good again.

    Raises `NotConfigured` and `CouldNotLook` as the world does.
    """
    bad = frozenset(known_bad)
    return await world.shared.read(("good revision", service.key, bad), lambda: _chosen(world, service, bad))


async def _chosen(world: World, service: Service, known_bad: frozenset[str]) -> Choice | None:
    stands = await deployed(world, service)
    if not stands.serving:
        return None
    choice = await _choice(world, service, stands, A_WEEK, known_bad)
    # What served longer ago is looked for only when the last week brought nothing.
    return choice if choice.good else await _choice(world, service, stands, A_MONTH, known_bad)


async def _choice(
    world: World, service: Service, stands: Deployed, back: timedelta, known_bad: frozenset[str]
) -> Choice:
    now, bad = world.clock.now(), stands.serving[0]
    record = await serving_record(world, service.cloud_name, since=now - back, until=now)
    older = [each for each in stands.revisions if each.created_at < bad.created_at]
    older.sort(key=lambda each: _served_last(each, record), reverse=True)
    bar, candidates = await asyncio.gather(
        _bar(world, service, bad, record, known_bad),
        asyncio.gather(*(_candidate(world, service, stands, each, record) for each in older[:EXAMINED])),
    )
    judged = tuple(replace(each, objections=tuple(_objections(each, bar))) for each in candidates)
    return Choice(bad=bad, good=next((each for each in judged if each.good), None), candidates=judged)


def _served_last(revision: Revision, record: Mapping[str, Served]) -> tuple[bool, datetime]:
    served = record.get(revision.name, NEVER)
    return served.really, served.last or revision.created_at


async def _candidate(
    world: World, service: Service, stands: Deployed, revision: Revision, record: Mapping[str, Served]
) -> Candidate:
    served = record.get(revision.name, NEVER)
    p95, image_exists = await asyncio.gather(
        _p95(world, service, revision, served), _image_exists(world, service, revision)
    )
    return Candidate(
        revision=revision,
        served=served,
        serving=stands.share(revision) > 0,
        p95=p95,
        image_exists=image_exists,
    )


def _objections(candidate: Candidate, bar: _Bar) -> Iterator[str]:
    if candidate.revision.name in bar.known_bad:
        yield "it was rolled back before"
    if candidate.revision.condition is not Condition.READY:
        yield "it is not ready"
    if not candidate.image_exists:
        yield "its image is gone"
    if not (candidate.serving or candidate.served.really):
        yield "it never served"
    ratio = candidate.served.error_ratio
    if ratio is not None and ratio >= max(FAILING, WORSE * bar.error_ratio):
        yield f"{ratio * 100:.1f} % of its requests failed"
    if candidate.p95 is not None and bar.p95 and candidate.p95 > SLOWER * bar.p95:
        yield f"its p95 was {candidate.p95:,.0f} ms"
    if candidate.revision.name in bar.killed:
        yield "it ran out of memory"


async def _bar(
    world: World, service: Service, bad: Revision, record: Mapping[str, Served], known_bad: frozenset[str]
) -> _Bar:
    """What is usual of the service is what was so before the bad revision."""
    p95, killed = await asyncio.gather(
        number(world, _p95_of(service), bad.created_at - A_WEEK, bad.created_at), _killed(world, service)
    )
    before = [served for name, served in record.items() if name != bad.name]
    requests = sum(each.total for each in before)
    failed = sum(sum(each.failed.values()) for each in before)
    return _Bar(error_ratio=failed / requests if requests else 0.0, p95=p95, killed=killed, known_bad=known_bad)


async def _p95(world: World, service: Service, revision: Revision, served: Served) -> float | None:
    if served.last is None:
        return None
    day = Window(since=served.last - A_DAY, until=served.last, step=A_DAY)
    series = await lines(world, _p95_of(service), day, "revision")
    return next((each.last for each in series if each.label("revision") == revision.name), None)


def _p95_of(service: Service) -> Gauge:
    return Gauge(measure=Measure.REQUEST_LATENCY, of=service.cloud_name, aggregation=Aggregation.P95)


async def _killed(world: World, service: Service) -> frozenset[str]:
    """Without a log nothing is known of it; what can be seen of health is then in the numbers."""
    if world.logs is None:
        return frozenset()
    now = world.clock.now()
    page = await world.logs.system(service.cloud_name, since=now - A_WEEK, until=now)
    return frozenset(entry.revision for entry in page.entries if OUT_OF_MEMORY.search(entry.text))


async def _image_exists(world: World, service: Service, revision: Revision) -> bool:
    """Whether its image can still be pulled; taken for granted where nobody can say."""
    _, at, digest = revision.image.partition("@")
    if world.images is None or service.image is None or not at:
        return True
    return await world.images.exists(service.image, digest)
