"""The queries that take the database's time: their normalised text, in which values are placeholders."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.database_instance import SlowQuery
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.domain.platform import Database
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, ms, percent
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen
from playbooks.evidence.trend import Gauge, number
from playbooks.evidence.window import DELAY, RECENT
from playbooks.world import Outside, World, reached

NAME = "slow-queries"
SLOW, VERY_SLOW = timedelta(milliseconds=500), timedelta(seconds=2)
"""Means from which on a query is slow; a query of thousands of calls need not be to hurt."""
SHARE = 0.5
"""The part of all the time that one query takes, from which on it is named even when each call is quick."""
OFTEN = 100
"""Calls below which a slow query is somebody's report."""
NAMED = 5


async def slow_queries(world: World, subject: Subject) -> Evidence:
    """Of the queries with the most time in all, since the database's statistics began, the worst."""
    found = await reached(world.sessions, Outside.SESSIONS).slow_queries()
    database = next(iter(world.organisation.databases_of(subject.services)), None)
    key = database.key if database else ""
    if not found:
        nothing = Finding(verdict=Verdict.NO_DATA, says="The database has no statistics of queries yet", subject=key)
        return Seen(findings=(nothing,)).evidence(NAME, world, until=world.clock.now())
    total = sum((each.total for each in found), timedelta()) or timedelta(microseconds=1)
    if not await _goes_on(world, database, subject):
        return _over(found, key).evidence(NAME, world, until=world.clock.now())
    findings = [_finding(each, each.total / total, key) for each in found]
    worst = sorted(findings, key=lambda each: -each.verdict.weight)[:NAMED]
    seen = Seen(findings=tuple(worst), advice=_advice(found, total, key))
    return seen.evidence(NAME, world, until=world.clock.now())


async def _goes_on(world: World, database: Database | None, subject: Subject) -> bool:
    """Statistics only ever add up, so that what was slow once is slow in them for ever; whether the database still has to
    do with it its CPU tells, once its numbers are all of after the trouble began."""
    now = world.clock.now()
    fresh = subject.began is not None and now - subject.began < DELAY + RECENT
    if fresh or database is None or world.metrics is None:
        return True
    gauge = Gauge(measure=Measure.DATABASE_CPU, of=database.instance, aggregation=Aggregation.MEAN)
    try:
        cpu = await number(world, gauge, now - DELAY - RECENT, now - DELAY)
    except (NotConfigured, CouldNotLook):
        return True
    return cpu is None or judge(cpu, world.organisation.thresholds["database-cpu"]).unhealthy


def _over(found: Sequence[SlowQuery], key: str) -> Seen:
    """What was slow since the statistics began, while the database has little to do."""
    slowest = max((each.mean for each in found if _verdict(each).unhealthy), default=None)
    since = f"; since its statistics began the slowest took {ms(slowest.total_seconds() * 1000)}" if slowest else ""
    says = f"The database is not busy with any query now{since}"
    return Seen(findings=(Finding(verdict=Verdict.GREEN, says=says, subject=key),))


def _finding(query: SlowQuery, share: float, key: str) -> Finding:
    mean = ms(query.mean.total_seconds() * 1000)
    says = f"{mean} a call, {count(query.calls, 'call')}, {percent(share)} of the time: {excerpt(query.text, most=120)}"
    return Finding(verdict=_verdict(query), says=says, subject=key, value=query.mean.total_seconds() * 1000, unit="ms")


def _verdict(query: SlowQuery) -> Verdict:
    if query.calls < OFTEN or query.mean < SLOW:
        return Verdict.GREEN
    return Verdict.RED if query.mean >= VERY_SLOW else Verdict.AMBER


def _advice(found: Sequence[SlowQuery], total: timedelta, key: str) -> tuple[Advice, ...]:
    slow = [each for each in found if _verdict(each).unhealthy]
    if not slow:
        return ()
    worst = max(slow, key=lambda each: each.total)
    says = f"one query takes {percent(worst.total / total)} of the database's time: {excerpt(worst.text, most=80)}; scaling out makes it worse"
    strength = 0.8 if worst.total / total >= SHARE else 0.6
    return (Advice(says=says, strength=strength, target=key, playbook="api-latency-spike"),)
