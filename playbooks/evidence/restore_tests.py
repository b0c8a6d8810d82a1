"""Restore tests: when a backup was last proved to be readable, how long that took, and how much would have been lost.

That there are backups says little; that one was restored says it. The recovery time is how long a restore took, the
recovery point how old the backup was by then.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.chart import Chart, Point, Trace
from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.domain.platform import Database
from bot.domain.remembered import RememberedRestoreTest
from playbooks.evidence.database_instance import every_database
from playbooks.evidence.figure import count, span, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen
from playbooks.world import World

NAME = "restore-tests"
PLAYBOOK = "restore-test"
REMEMBERED = timedelta(days=400)
HOUR = 3600.0


async def restore_tests(world: World, subject: Subject) -> Evidence:
    """The tests of each database that has an instance to test on."""
    tests = await world.memory.restore_tests(since=world.clock.now() - REMEMBERED)

    async def of(database: Database) -> Seen:
        return _seen(world, database, [each for each in tests if each.database == database.key])

    seen = await every_database(world, subject, of)
    return seen.evidence(NAME, world, until=world.clock.now())


def _seen(world: World, database: Database, tests: Sequence[RememberedRestoreTest]) -> Seen:
    if database.test_instance is None:
        says = f"{database.title} has no test_instance in opsbot.yaml to try a backup on"
        return Seen(findings=(Finding(verdict=Verdict.NOT_CONFIGURED, says=says, subject=database.key),))
    finding = _last(world, database, [each for each in tests if each.well])
    bad = tests[-1] if tests and tests[-1].well is False else None
    findings = (finding,) if bad is None else (_failed(world, database, bad), finding)
    return Seen(findings=findings, charts=_charts(database, tests), advice=_advice(database, findings))


def _last(world: World, database: Database, good: Sequence[RememberedRestoreTest]) -> Finding:
    """Never is as bad as too long ago."""
    if not good:
        says = f"{database.title}: no backup has been restored to see whether it can be"
        return Finding(verdict=Verdict.AMBER, says=says, subject=database.key)
    now, last = world.clock.now(), good[-1]
    age = now - last.at
    verdict = judge(age.total_seconds(), world.organisation.thresholds["restore-test-age"])
    took = f", took {span(last.took)}{_before([each.took for each in good])}" if last.took else ""
    lost = f", would have lost {span(last.lost)}" if last.lost else ""
    says = f"{database.title}: a backup was restored {when(last.at, now, world.organisation.timezone)}{took}{lost}"
    return Finding(verdict=verdict, says=says, subject=database.key, value=age.total_seconds(), unit="s", since=last.at)


def _before(took: Sequence[timedelta | None]) -> str:
    """What the one before took, to see whether it becomes longer."""
    return f" (before {span(took[-2])})" if len(took) > 1 and took[-2] else ""


def _failed(world: World, database: Database, bad: RememberedRestoreTest) -> Finding:
    at = when(bad.at, world.clock.now(), world.organisation.timezone)
    why = f": {'; '.join(bad.found[-2:])}" if bad.found else ""
    return Finding(
        verdict=Verdict.RED,
        says=f"{database.title}: the restore test of {at} failed{why}",
        subject=database.key,
        since=bad.at,
    )


def _charts(database: Database, tests: Sequence[RememberedRestoreTest]) -> tuple[Chart, ...]:
    """Recovery time and point of all tests that are remembered."""
    took = tuple(Point(at=each.at, value=each.took.total_seconds() / HOUR) for each in tests if each.took)
    lost = tuple(Point(at=each.at, value=each.lost.total_seconds() / HOUR) for each in tests if each.lost)
    if len(took) < 2:
        return ()
    alt = f"{count(len(took), 'restore test')} of {database.title}: the last took {span(timedelta(hours=took[-1].value))}."
    traces = (Trace(name="recovery time", points=took), Trace(name="recovery point", points=lost))
    return (Chart(title=f"{database.title}: restore tests", unit="h", alt=alt, traces=traces),)


def _advice(database: Database, findings: Sequence[Finding]) -> tuple[Advice, ...]:
    worst = max(findings, key=lambda each: each.verdict.weight)
    if not worst.verdict.unhealthy:
        return ()
    says = f"{worst.says}; test one"
    return (Advice(says=says, strength=0.3, change="restore-test", target=database.key, playbook=PLAYBOOK),)
