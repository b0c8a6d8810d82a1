"""Numbers over time of services and of the database, as finely labelled as there are any.

A step's point stands at its end and is about the time since the end of the step before: counts are of just that time,
everything else is as it was in the middle.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from bot.domain.metric_query import Measure
from sandbox.world.chance import chance
from sandbox.world.histogram import FRACTION_BOUNDS, LATENCY_BOUNDS, lognormal_parts, placed, whole
from sandbox.world.load import ServiceLoad
from sandbox.world.past import Past
from sandbox.world.season import DAY, busyness

Labels = tuple[tuple[str, str], ...]
Amounts = dict[Labels, float]
Counts = dict[Labels, list[float]]

CELLS = 5
"""Looks within one step, at most; each is of a minute at least."""
LOCATIONS = ("usa-oregon", "usa-virginia", "eur-belgium")
"""From where uptime is checked."""
GIGABYTE = 1024.0**3


@dataclass(frozen=True, kw_only=True)
class WorldPoint:
    """A number at the end of a step (seconds of business time); a distribution has its counts in `buckets`."""

    at: float
    value: float
    buckets: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WorldSeries:
    """Points of one measure, oldest first. `bounds` are the upper bounds of all buckets but the last."""

    measure: Measure
    of: str
    labels: Mapping[str, str]
    points: tuple[WorldPoint, ...]
    bounds: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A step."""

    since: float
    until: float

    @property
    def middle(self) -> float:
        return (self.since + self.until) / 2


def series_of(past: Past, measure: Measure, of: str, *, steps: list[Stretch]) -> list[WorldSeries]:
    """What was measured of a service, or of a database instance, in each step."""
    if measure in _DISTRIBUTIONS:
        look, bounds = _DISTRIBUTIONS[measure]
        return _series(measure, of, [(step, look(past, of, step)) for step in steps], bounds)
    amounts = _AMOUNTS[measure]
    found = [(step, {labels: [value] for labels, value in amounts(past, of, step).items()}) for step in steps]
    return _series(measure, of, found, ())


def _series(
    measure: Measure, of: str, found: list[tuple[Stretch, Counts]], bounds: tuple[float, ...]
) -> list[WorldSeries]:
    points: defaultdict[Labels, list[WorldPoint]] = defaultdict(list)
    for step, counts in found:
        for labels, values in counts.items():
            points[labels].append(_point(measure, of, labels, step, values, distributed=bool(bounds)))
    return [
        WorldSeries(measure=measure, of=of, labels=dict(labels), points=tuple(each), bounds=bounds)
        for labels, each in points.items()
    ]


def _point(
    measure: Measure, of: str, labels: Labels, step: Stretch, values: list[float], *, distributed: bool
) -> WorldPoint:
    if distributed:
        buckets = whole(values, measure, of, labels, step.since)
        return WorldPoint(at=step.until, value=float(sum(buckets)), buckets=buckets)
    if measure in _COUNTED:
        return WorldPoint(at=step.until, value=float(int(values[0] + chance(measure, of, labels, step.since))))
    return WorldPoint(at=step.until, value=values[0])


def cells(past: Past, step: Stretch) -> Iterator[Stretch]:
    """A step in parts, short enough that nothing happens within one."""
    number = max(1, min(CELLS, int((step.until - step.since) / 60)))
    edges = {step.since + (step.until - step.since) * part / number for part in range(number + 1)}
    edges |= {moment for moment in past.moments if step.since < moment < step.until}
    return (Stretch(since=since, until=until) for since, until in pairwise(sorted(edges)))


def _served(past: Past, of: str, step: Stretch) -> Iterator[tuple[ServiceLoad, float]]:
    """A service's load in each part of a step, and how many requests there were."""
    for cell in cells(past, step):
        load = past.load(cell.middle).services.get(of)
        if load:
            yield load, past.requests(of, cell.since, cell.until)


def _request_count(past: Past, of: str, step: Stretch) -> Amounts:
    amounts: defaultdict[Labels, float] = defaultdict(float)
    for load, requests in _served(past, of, step):
        for revision, code, part in answers(load):
            amounts[("revision", revision), ("class", f"{code // 100}xx"), ("code", str(code))] += requests * part
    return dict(amounts)


def answers(load: ServiceLoad) -> Iterator[tuple[str, int, float]]:
    """Which part of a service's requests is answered by which revision with which status."""
    taken = load.client_errors + load.turned_away + load.denied
    for share in load.shares:
        errors = min(1 - taken, load.errors * (share.errors / _mean_errors(load)))
        code = 503 if share.errors > 0.9 or load.turned_away else 500
        yield share.share.revision.name, code, share.part * errors
        yield share.share.revision.name, 429, share.part * load.turned_away
        yield share.share.revision.name, 404, share.part * load.client_errors * 0.7
        yield share.share.revision.name, 403, share.part * (load.client_errors * 0.1 + load.denied)
        yield share.share.revision.name, 400, share.part * load.client_errors * 0.2
        yield share.share.revision.name, 200, share.part * max(0.0, 1 - errors - taken)
    if not load.shares:
        yield "", 503, 1.0


def _mean_errors(load: ServiceLoad) -> float:
    return sum(share.part * share.errors for share in load.shares) or 1.0


def _latency(past: Past, of: str, step: Stretch) -> Counts:
    counts: Counts = {}
    for load, requests in _served(past, of, step):
        for share in load.shares:
            mine = counts.setdefault((("revision", share.share.revision.name),), [0.0] * (len(LATENCY_BOUNDS) + 1))
            for index, part in enumerate(lognormal_parts(share.median)):
                mine[index] += requests * share.part * part
    return counts


def _memory(past: Past, of: str, step: Stretch) -> Counts:
    load = past.load(step.middle).services[of]
    return {(("revision", share.share.revision.name),): placed(share.memory.levels) for share in load.shares}


def _cpu(past: Past, of: str, step: Stretch) -> Counts:
    load = past.load(step.middle).services[of]
    return {
        (("revision", share.share.revision.name),): placed(
            [share.cpu * (0.9 + 0.2 * chance("cpu", of, number)) for number in range(share.instances)]
        )
        for share in load.shares
    }


def _startup(past: Past, of: str, step: Stretch) -> Counts:
    load = past.load(step.middle).services[of]
    started = (step.until - step.since) / 3600 * max(1, load.instances) / 2
    return {
        (("revision", share.share.revision.name),): [
            started * share.part * part for part in lognormal_parts(2400 * (1 + load.instances / 40))
        ]
        for share in load.shares
    }


def _instances(past: Past, of: str, step: Stretch) -> Amounts:
    amounts: Amounts = {}
    for share in past.load(step.middle).services[of].shares:
        busy = min(share.instances, max(1, round(share.instances * min(1.0, share.cpu + 0.3))))
        name = ("revision", share.share.revision.name)
        amounts[name, ("state", "active")] = float(busy)
        amounts[name, ("state", "idle")] = float(share.instances - busy)
    return amounts


def _bytes(each: float) -> Callable[[Past, str, Stretch], Amounts]:
    def look(past: Past, of: str, step: Stretch) -> Amounts:
        amounts: defaultdict[Labels, float] = defaultdict(float)
        for load, requests in _served(past, of, step):
            for share in load.shares:
                amounts[("revision", share.share.revision.name),] += requests * share.part * each
        return dict(amounts)

    return look


def _uptime(past: Past, of: str, step: Stretch) -> Amounts:
    load = past.load(step.middle).services[of]
    looks = max(1, int((step.until - step.since) / 60))
    reachable = past.state(step.middle).services[of].reachable
    failing = load.errors + load.turned_away if reachable else 1.0
    return {
        (("location", location),): sum(
            chance("uptime", of, location, int(step.until / 60) - look) >= failing for look in range(looks)
        )
        / looks
        for location in LOCATIONS
    }


def _mean(past: Past, step: Stretch, level: Callable[[float], float]) -> float:
    """What is at one level after the other within a step is so in the mean, not as in its middle."""
    parts = [(cell.until - cell.since, level(cell.middle)) for cell in cells(past, step)]
    return sum(length * value for length, value in parts) / sum(length for length, _ in parts)


def _hit_ratio(past: Past, of: str, step: Stretch) -> Amounts:
    del of
    return {(): _mean(past, step, lambda at: past.load(at).hit_ratio)}


def _database(value: Callable[[Past, str, float], float]) -> Callable[[Past, str, Stretch], Amounts]:
    def look(past: Past, of: str, step: Stretch) -> Amounts:
        instance = past.state(step.middle).instances.get(of)
        exists = instance is not None and instance.created_at <= step.middle
        return {(): _mean(past, step, lambda at: value(past, of, at))} if exists else {}

    return look


def _is_used(past: Past, of: str, at: float) -> bool:
    return past.state(at).database.name == of


def disk_bytes(past: Past, of: str, at: float) -> float:
    """What the data takes: it grows by the day."""
    return (54 if _is_used(past, of, at) else 31) * GIGABYTE + 0.14 * GIGABYTE * (at - past.founded_at) / DAY


def _transactions(past: Past, of: str, step: Stretch) -> Amounts:
    if not _is_used(past, of, step.middle):
        return {(): 0.0}
    services = past.load(step.middle).services
    return {(): sum(past.requests(name, step.since, step.until) * 3 for name in services if name != "web")}


_COUNTED = frozenset({Measure.REQUEST_COUNT, Measure.SENT_BYTES, Measure.RECEIVED_BYTES, Measure.DATABASE_TRANSACTIONS})

_DISTRIBUTIONS: Mapping[Measure, tuple[Callable[[Past, str, Stretch], Counts], tuple[float, ...]]] = MappingProxyType(
    {
        Measure.REQUEST_LATENCY: (_latency, LATENCY_BOUNDS),
        Measure.MEMORY: (_memory, FRACTION_BOUNDS),
        Measure.CPU: (_cpu, FRACTION_BOUNDS),
        Measure.STARTUP_LATENCY: (_startup, LATENCY_BOUNDS),
    }
)
_AMOUNTS: Mapping[Measure, Callable[[Past, str, Stretch], Amounts]] = MappingProxyType(
    {
        Measure.REQUEST_COUNT: _request_count,
        Measure.INSTANCES: _instances,
        Measure.SENT_BYTES: _bytes(14_000),
        Measure.RECEIVED_BYTES: _bytes(1_900),
        Measure.UPTIME: _uptime,
        Measure.CACHE_HIT_RATIO: _hit_ratio,
        Measure.DATABASE_UP: _database(lambda past, of, at: float(past.state(at).instances[of].up(at))),
        Measure.DATABASE_CPU: _database(
            lambda past, of, at: past.load(at).database.cpu if _is_used(past, of, at) else 0.03
        ),
        Measure.DATABASE_MEMORY: _database(
            lambda past, of, at: past.load(at).database.memory if _is_used(past, of, at) else 0.2
        ),
        Measure.DATABASE_DISK_BYTES: _database(disk_bytes),
        Measure.DATABASE_DISK: _database(lambda past, of, at: disk_bytes(past, of, at) / (100 * GIGABYTE)),
        Measure.DATABASE_CONNECTIONS: _database(
            lambda past, of, at: float(past.load(at).database.used if _is_used(past, of, at) else 1)
        ),
        Measure.DATABASE_TRANSACTIONS: _transactions,
        Measure.REPLICA_LAG: _database(lambda _past, of, at: 0.4 + busyness(f"lag of {of}", at)),
    }
)
