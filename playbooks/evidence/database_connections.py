"""Who is connected to the platform's database, of how many that can be, and who does not let go."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.chart import Chart, Marker, Point, Threshold, Trace
from bot.domain.database_instance import Connections
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.domain.platform import Database
from playbooks.evidence.blame import markers
from playbooks.evidence.connection_growth import grown_since_deployment
from playbooks.evidence.figure import count, percent, span
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen
from playbooks.evidence.trend import Gauge, line
from playbooks.evidence.window import Window, window_of
from playbooks.world import Outside, World, reached

NAME = "database-connections"
PLAYBOOK = "database-connection-pool-exhausted"
IDLE, IN_TRANSACTION = "idle", "idle in transaction"
MOSTLY = 0.5
"""The part of the connections from which on those that are idle are what is wrong."""
USERS = 3
"""Applications that are named."""


async def database_connections(world: World, subject: Subject) -> Evidence:
    """Connections by application and state, and transactions that were left open."""
    window = window_of(world, subject)
    database = next(iter(world.organisation.databases_of(subject.services)), None)
    inside, points = await asyncio.gather(
        reached(world.sessions, Outside.SESSIONS).connections(), _over_time(world, database, window)
    )
    title = database.title if database else "The database"
    key = database.key if database else ""
    taken = _taken(world, inside, title, key)
    advice, marks = await asyncio.gather(
        _advice(world, taken, inside, points), _markers(world, taken, inside, subject, window)
    )
    now = Point(at=world.clock.now(), value=float(inside.used))
    seen = Seen(
        findings=(taken, *_left_open(world, inside, title, key)),
        charts=_charts(title, taken, inside, (*points, now), marks) if points else (),
        advice=advice,
    )
    return seen.evidence(NAME, world, until=world.clock.now())


async def _over_time(world: World, database: Database | None, window: Window) -> tuple[Point, ...]:
    """For the chart, from the cloud's numbers; without them there is no chart."""
    if world.metrics is None or database is None:
        return ()
    gauge = Gauge(measure=Measure.DATABASE_CONNECTIONS, of=database.instance, aggregation=Aggregation.SUM)
    try:
        return await line(world, gauge, window)
    except (NotConfigured, CouldNotLook):
        return ()


def _taken(world: World, inside: Connections, title: str, key: str) -> Finding:
    if inside.usable <= 0:
        says = f"{title}: {count(inside.used, 'connection')} taken; how many there can be is not said"
        return Finding(verdict=Verdict.NO_DATA, says=says, subject=key)
    part = inside.used / inside.usable
    verdict = judge(part, world.organisation.thresholds["database-connections"])
    holders = _holders(inside).most_common(USERS)
    by = ", ".join(f"{name} {count(number)}" for name, number in holders)
    says = f"{title}: {count(inside.used)} of {count(inside.usable, 'connection')} taken, {percent(part)} ({by})"
    return Finding(verdict=verdict, says=says, subject=key, value=part, unit="%")


def _holders(inside: Connections, state: str = "") -> Counter[str]:
    """Connections by application; by user where an application does not say its name."""
    found: Counter[str] = Counter()
    for group in inside.groups:
        if state in {"", group.state}:
            found[group.application or group.user] += group.count
    return found


def _left_open(world: World, inside: Connections, title: str, key: str) -> Iterator[Finding]:
    """Open transactions hold locks: the dangerous kind of idle."""
    groups = [group for group in inside.groups if group.state.startswith(IN_TRANSACTION)]
    if not groups:
        return
    longest = max(groups, key=lambda group: group.longest)
    verdict = judge(longest.longest.total_seconds(), world.organisation.thresholds["idle-in-transaction"])
    number = sum(group.count for group in groups)
    says = (
        f"{title}: {count(number, 'transaction')} left open, the longest for {span(longest.longest)}"
        f" by {longest.application or longest.user}"
    )
    yield Finding(verdict=verdict, says=says, subject=key, value=longest.longest.total_seconds(), unit="s")


async def _advice(world: World, taken: Finding, inside: Connections, points: Sequence[Point]) -> tuple[Advice, ...]:
    if not taken.verdict.unhealthy:
        return ()
    idle = _holders(inside, IDLE)
    holder, number = (idle or _holders(inside)).most_common(1)[0]
    full = f"{percent(taken.value or 0)} of the database's connections are taken"
    if idle.total() < MOSTLY * inside.used:
        says = f"{full} and in use: smaller pools or fewer instances, never more"
        return (Advice(says=says, strength=0.8, target=taken.subject, playbook=PLAYBOOK),)
    longest = max((g.longest for g in inside.groups if g.state == IDLE), default=timedelta())
    says = f"{full}, {count(idle.total())} idle for up to {span(longest)}, most by {holder} ({count(number)}): end the idle ones, do not scale out"
    kill = Advice(says=says, strength=0.92, change="kill-idle", target=taken.subject, playbook=PLAYBOOK)
    service = world.organisation.service_in_cloud(holder)
    back = await grown_since_deployment(world, service, points) if service else None
    return (kill, back) if back else (kill,)


async def _markers(
    world: World, taken: Finding, inside: Connections, subject: Subject, window: Window
) -> tuple[Marker, ...]:
    """What was deployed of the service that holds most, where that may be what is wrong."""
    if not taken.verdict.unhealthy:
        return ()
    ((holder, _),) = _holders(inside).most_common(1)
    service = world.organisation.service_in_cloud(holder)
    return tuple(await markers(world, service, window, subject.began)) if service else ()


def _charts(
    title: str, taken: Finding, inside: Connections, points: tuple[Point, ...], marks: tuple[Marker, ...]
) -> tuple[Chart, ...]:
    """The cloud's numbers, and what the database itself says now: those are minutes late."""
    chart = Chart(
        title=f"{title}: connections",
        unit="connections",
        alt=f"{taken.says}.",
        traces=(Trace(name="connections", points=points),),
        markers=marks,
        thresholds=(Threshold(value=inside.usable, label="most there can be"),),
    )
    return (chart,)
