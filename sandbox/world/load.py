"""What the platform is like at one moment: how busy, how slow, how much fails, and how full everything is.

The heart of the world. Everything that is shown of a moment is derived from this, so that all of it agrees.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sandbox.world.build import Flaws
from sandbox.world.cloud_service import ServiceState, Share
from sandbox.world.memory import Memory, memory_of
from sandbox.world.pool import REPORTS, leaked, used_by
from sandbox.world.season import busyness
from sandbox.world.state import Leaked, WorldState

BASE_ERRORS = 0.0001
"""The part of requests that fails (5xx) when all is well."""
BASE_CLIENT_ERRORS = 0.004
DENIED = 0.05
HIT_RATIO = 0.93
"""Of the cache, when it is warm."""
LIVES_ON, WITHERS_IN = 60.0, 540.0
"""Seconds for which every instance lives on that could not start again, and in which they then go one by one."""
WARMS_IN = 600.0
"""Seconds in which a cache that was emptied is two thirds as good again as it will be."""
NO_CODE = Flaws(errors=1.0)
KEPT = 20_000
"""Moments that are kept once they were reckoned."""


@dataclass(frozen=True, kw_only=True)
class ShareLoad:
    """One serving revision: its part of the traffic, and how it does. `median` is in milliseconds."""

    share: Share
    part: float
    errors: float
    slowness: float
    median: float
    instances: int
    cpu: float
    memory: Memory


@dataclass(frozen=True, kw_only=True)
class ServiceLoad:
    """A service: requests a second, the parts of them that fail, and the instances that answer."""

    name: str
    rate: float
    errors: float
    client_errors: float
    denied: float
    """The part of requests refused because a permission is missing (403), beside the other client errors."""
    turned_away: float
    """The part of requests for which there is no instance (429)."""
    overflow: float
    """The part of the people who come that there is no room for."""
    instances: int
    shares: tuple[ShareLoad, ...]


@dataclass(frozen=True, kw_only=True)
class DatabaseLoad:
    """The database: fractions of its CPU and memory, connections by service, and those forgotten."""

    up: bool
    cpu: float
    memory: float
    pools: Mapping[str, int]
    leaked: tuple[Leaked, ...]
    used: int
    usable: int

    @property
    def exhausted(self) -> bool:
        return self.used >= self.usable


@dataclass(frozen=True, kw_only=True)
class Load:
    """Everything at one moment."""

    at: float
    services: Mapping[str, ServiceLoad]
    database: DatabaseLoad
    hit_ratio: float
    slow_queries: float
    """The part of queries that ask for far too much."""


def rate_of(state: WorldState, service: str, at: float) -> float:
    """Requests a second that people make, whether they are answered or not; none come to what is closed to them."""
    spec = state.services[service].spec
    if not state.services[service].reachable:
        return 0.0
    surge = state.cause("surge", service)
    crowd = surge.amount if surge and at >= surge.at else 0.0
    return spec.rate * busyness(service, at) + crowd


def hit_ratio_of(state: WorldState, at: float) -> float:
    emptied = state.cause("cache-emptied")
    missing = 0.85 * math.exp(-(at - emptied.at) / WARMS_IN) if emptied and at >= emptied.at else 0.0
    return HIT_RATIO * (1 - missing) + 0.01 * (busyness("cache", at) - 1)


@lru_cache(maxsize=KEPT)
def load_of(state: WorldState, at: float) -> Load:
    """The platform at a moment of the stretch in which `state` holds."""
    hit_ratio = hit_ratio_of(state, at)
    serving = {name: service.serving(at) for name, service in state.services.items()}
    slow = max(map(_slow_part, serving.values()), default=0.0)
    rates = {name: rate_of(state, name, at) for name in state.services}
    instances = {name: _instances(state, name, rates[name], serving[name], at, slow) for name in serving}
    database = _database(state, at, rates, serving, instances, hit_ratio, slow)
    services: dict[str, ServiceLoad] = {}
    for name, service in state.services.items():
        view = _View(
            state=state,
            service=service,
            serving=serving[name],
            at=at,
            rate=rates[name],
            instances=instances[name],
            database=database,
            hit_ratio=hit_ratio,
            slow=slow,
        )
        services[name] = _service(view, services)
    return Load(at=at, services=services, database=database, hit_ratio=hit_ratio, slow_queries=slow)


@dataclass(frozen=True, kw_only=True)
class _View:
    """What one service's load follows from."""

    state: WorldState
    service: ServiceState
    serving: Sequence[Share]
    at: float
    rate: float
    instances: int
    database: DatabaseLoad
    hit_ratio: float
    slow: float

    @property
    def crowd(self) -> float:
        """How many instances the people who come need, were the answers as fast as usual."""
        return self.rate / self.service.spec.capacity

    @property
    def overflow(self) -> float:
        """The part of the requests that no instance has room for. Slow answers wait together, so they take none."""
        return max(0.0, 1 - self.instances / self.crowd) if self.rate else 0.0


def _flaws(share: Share) -> Flaws:
    return share.revision.build.flaws if share.revision.build else NO_CODE


def _slow_part(shares: Sequence[Share]) -> float:
    return sum(share.percent for share in shares if _flaws(share).slow_query) / 100


def _instances(state: WorldState, name: str, rate: float, shares: Sequence[Share], at: float, slow: float) -> int:
    """As many as are wanted, within bounds; slow answers want more of them."""
    service = state.services[name]
    slowed = 1 + 2.5 * slow if service.spec.uses_database else 1.0
    flawed = sum(share.percent / 100 * math.pow(_flaws(share).slowness, 0.35) for share in shares)
    wanted = rate / service.spec.capacity * slowed * max(1.0, flawed)
    there = min(service.max_instances, max(service.min_instances, math.ceil(wanted)))
    return math.ceil(there * (1 - _withered(state, shares, at)))


def _withered(state: WorldState, shares: Sequence[Share], at: float) -> float:
    """The part of the instances that went and cannot come back, because what they need to start is gone."""
    gone = [cause for cause in state.causes if cause.name == "secret-gone"]
    return sum(
        share.percent / 100 * min(1.0, max(0.0, (at - cause.at - LIVES_ON) / WITHERS_IN))
        for share in shares
        for cause in gone
        if share.revision.template.reads(cause.of)
    )


def _database(
    state: WorldState,
    at: float,
    rates: Mapping[str, float],
    serving: Mapping[str, Sequence[Share]],
    instances: Mapping[str, int],
    hit_ratio: float,
    slow: float,
) -> DatabaseLoad:
    instance = state.database
    users = [service for service in state.services.values() if service.spec.uses_database]
    pools = {service.name: used_by(service, instances[service.name], at) for service in users}
    cap = instance.usable - REPORTS
    squeeze = min(1.0, cap / max(1, sum(pools.values())))
    pools = {name: int(count * squeeze) for name, count in pools.items()}
    forgotten = leaked(state.killed, serving, at, room=cap - sum(pools.values()))
    busy = sum(rates[service.name] for service in users) / sum(each.spec.rate for each in users)
    # Every instance more asks the slow query once more, so that scaling out makes it worse.
    slow_work = slow * (0.43 + 0.006 * sum(instances[service.name] for service in users))
    work = 0.16 + 0.09 * busy + 0.35 * (1 - hit_ratio / HIT_RATIO) + slow_work
    return DatabaseLoad(
        up=instance.up(at),
        cpu=min(0.995, max(0.02, work * 4 / instance.processors)),
        memory=0.58 + 0.04 * busyness("database memory", at),
        pools=pools,
        leaked=tuple(forgotten),
        used=sum(pools.values()) + len(forgotten) + REPORTS,
        usable=instance.usable,
    )


def _service(view: _View, others: Mapping[str, ServiceLoad]) -> ServiceLoad:
    shares = tuple(_share(view, share) for share in view.serving if share.percent)
    errors = sum(share.part * share.errors for share in shares) if shares else 1.0
    if view.service.name == "web" and "control-plane" in others:
        errors = min(1.0, errors + 0.09 * max(0.0, others["control-plane"].errors - BASE_ERRORS))
    return ServiceLoad(
        name=view.service.name,
        rate=view.rate,
        errors=errors,
        client_errors=_client_errors(view),
        denied=DENIED if view.service.name == "agent-runtime" and view.state.cause("permission-revoked") else 0.0,
        turned_away=0.25 * view.overflow if view.instances else 0.0,
        overflow=view.overflow,
        instances=view.instances,
        shares=shares,
    )


def _share(view: _View, share: Share) -> ShareLoad:
    spec, flaws = view.service.spec, _flaws(share)
    part = share.percent / 100
    instances = max(1, round(view.instances * part)) if view.instances else 0
    memory = memory_of(share, instances, view.at, leak=flaws.leak)
    slowness = _slowness(view) * flaws.slowness * memory.slowness
    errors = 1 - (1 - _errors(view)) * (1 - flaws.errors) * (1 - memory.restarting)
    return ShareLoad(
        share=share,
        part=part,
        errors=min(1.0, errors),
        slowness=slowness,
        median=spec.median * slowness,
        instances=instances,
        cpu=_cpu(view),
        memory=memory,
    )


def _slowness(view: _View) -> float:
    """By how much answers take longer than when all is well."""
    slowness = (1 + 0.08 * (busyness(view.service.name, view.at) - 1)) * (1 + 15 * view.overflow)
    if not view.service.spec.uses_database:
        return slowness
    slowness *= 1 + 0.9 * (1 - view.hit_ratio / HIT_RATIO) + 18 * view.slow * view.database.cpu**2
    return slowness * (6.0 if view.database.exhausted else 1.0)


def _errors(view: _View) -> float:
    """The part of requests that fails whatever the revision."""
    if not view.instances:
        return 1.0
    errors = BASE_ERRORS * (1 + 0.4 * (busyness("errors", view.at) - 1)) + 0.35 * view.overflow
    if view.service.spec.uses_database:
        reached = [view.state.database_of(share.revision) for share in view.serving]
        if not reached or not all(instance and instance.up(view.at) for instance in reached):
            return 0.95
        errors += 0.32 * view.database.exhausted + 0.004 * view.slow * view.database.cpu
    return min(1.0, errors)


def _client_errors(view: _View) -> float:
    """The part of requests answered 4xx: those of people who lost what they had are not found."""
    missing = sum(loss.part for loss in view.state.database.losses if loss.at <= view.at)
    lost = 0.2 * min(1.0, missing) if view.service.spec.uses_database else 0.0
    return BASE_CLIENT_ERRORS + lost


def _cpu(view: _View) -> float:
    if view.instances == 0:
        return 0.0
    return min(0.97, 0.12 + 0.5 * (1 + view.slow / 2) * view.crowd / view.instances)
