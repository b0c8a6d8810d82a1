"""Whether tables lost rows: what a bad migration or a careless statement takes, no backup shows before tomorrow."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.domain.chart import Chart, Marker, Series, Trace
from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.domain.promql import Selector, total
from playbooks.evidence.figure import count, percent, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen
from playbooks.evidence.window import window_of
from playbooks.world import Outside, World, reached

NAME = "row-counts"
ROWS = Selector(metric="pg_stat_user_tables_n_live_tup")
"""What PostgreSQL's exporter for Prometheus calls the rows of a table."""
TABLE = "relname"
A_DAY = timedelta(days=1)
FEWEST = 100
"""Rows below which a table may come and go."""


@dataclass(frozen=True, kw_only=True)
class _Loss:
    """A table that lost rows, and the last moment at which it was seen to have them."""

    finding: Finding
    whole: datetime | None


async def row_counts(world: World, subject: Subject) -> Evidence:
    """The rows of each table now, against a day ago."""
    window = window_of(world, subject).reported
    queries = reached(world.queries, Outside.QUERIES)
    now, before, drawn = await asyncio.gather(
        queries.query(str(total(ROWS.now(), by=(TABLE,))), at=world.clock.now()),
        queries.query(str(total(ROWS.now(ago=A_DAY), by=(TABLE,))), at=world.clock.now()),
        queries.query_range(
            str(total(ROWS.now(), by=(TABLE,))), since=window.since, until=window.until, step=window.step
        ),
    )
    database = next(iter(world.organisation.databases_of(subject.services)), None)
    title, key = (database.title, database.key) if database else ("Database", "")
    if not now or not before:
        says = f"{title}: nothing exports the rows of its tables to Prometheus ({ROWS.metric})"
        seen = Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=key),))
        return seen.evidence(NAME, world, until=world.clock.now())
    had = _rows(before)
    losses = tuple(_losses(world, had, _rows(now), drawn, title, key))
    lost = tuple(each.finding for each in losses)
    fine = Finding(verdict=Verdict.GREEN, says=f"{title}: no table lost rows in a day", subject=key)
    charts = _charts(world, title, lost, had, drawn)
    seen = Seen(findings=lost or (fine,), charts=charts, advice=tuple(_advice(losses, key)))
    return seen.evidence(NAME, world, until=world.clock.now())


def _rows(series: Sequence[Series]) -> Mapping[str, float]:
    return {each.label(TABLE): each.last for each in series if each.last is not None}


def _losses(
    world: World,
    before: Mapping[str, float],
    now: Mapping[str, float],
    drawn: Sequence[Series],
    title: str,
    key: str,
) -> Iterator[_Loss]:
    """A table that is gone lost all of its rows."""
    bounds = world.organisation.thresholds["row-loss"]
    for table, rows in sorted(before.items(), key=lambda each: each[1], reverse=True):
        part = 1 - now.get(table, 0.0) / rows if rows >= FEWEST else 0.0
        verdict = judge(max(0.0, part), bounds)
        if verdict.unhealthy:
            fall = _fall(drawn, table, rows - now.get(table, 0.0))
            whole, since = fall or (None, None)
            at = f", since {when(since, world.clock.now(), world.organisation.timezone)}" if since else ""
            says = f"{title}: {table} lost {count(rows - now.get(table, 0.0), 'row')}, {percent(part)}{at}"
            finding = Finding(verdict=verdict, says=says, subject=key, value=part, unit="%", since=since)
            yield _Loss(finding=finding, whole=whole)


def _fall(drawn: Sequence[Series], table: str, rows: float) -> tuple[datetime, datetime] | None:
    """The last moment that still had the rows, and the first without; None while that is not among the numbers yet."""
    points = next((each.points for each in drawn if each.label(TABLE) == table), ())
    falls = [(after.value - before.value, before.at, after.at) for before, after in pairwise(points)]
    fall, whole, gone = min(falls, default=(0.0, None, None))
    return (whole, gone) if whole and gone and -fall >= rows / 2 else None


def _charts(
    world: World, title: str, lost: Sequence[Finding], had: Mapping[str, float], drawn: Sequence[Series]
) -> tuple[Chart, ...]:
    """Only the tables that lost rows, each against its own: beside a large one nobody sees a small one fall."""
    bounds = world.organisation.thresholds["row-loss"]
    traces = tuple(
        Trace(name=each.label(TABLE), points=tuple(replace(point, value=point.value / rows) for point in each.points))
        for each in drawn
        if (rows := had.get(each.label(TABLE), 0.0)) >= FEWEST
        and judge(1 - (each.last or 0.0) / rows, bounds).unhealthy
    )
    if not traces:
        return ()
    began = min((finding.since for finding in lost if finding.since), default=None)
    chart = Chart(
        title=f"{title}: rows of its tables, of those a day ago",
        unit="%",
        alt=f"{'. '.join(finding.says for finding in lost)}.",
        traces=traces,
        markers=(Marker(at=began, label="lost"),) if began else (),
    )
    return (chart,)


def _advice(losses: Sequence[_Loss], key: str) -> Iterator[Advice]:
    """The data is first fetched into a new instance: restoring over it would take the logs with it."""
    if losses:
        says = f"{losses[0].finding.says}: stop what writes, and copy the database as it was the minute before"
        whole = min((each.whole for each in losses if each.whole), default=None)
        words = (f"{whole.astimezone(UTC):%Y-%m-%d %H:%M} UTC",) if whole else ()
        yield Advice(says=says, strength=0.95, change="clone", target=key, words=words, playbook="database-recovery")
