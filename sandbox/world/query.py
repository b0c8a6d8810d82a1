"""What the database spent its time on, by kind of query, as pg_stat_statements counts it."""

from dataclasses import dataclass

from sandbox.world.past import Past
from sandbox.world.season import DAY

CELL = 300.0
SLOW_AVERAGE = 2_400.0
"""Milliseconds the slow query takes, alone with the database."""


@dataclass(frozen=True, kw_only=True)
class WorldQuery:
    """A kind of query: how often it was asked since the statistics began, and how long it took, in milliseconds."""

    id: int
    text: str
    calls: int
    mean_ms: float
    total_ms: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of query that is asked all the time: how often for each request of a service, and how long it takes."""

    text: str
    service: str
    each: float
    mean_ms: float
    rows: float


USUAL = (
    Kind(
        text="SELECT id, name, rating FROM agents WHERE workspace_id = $1 ORDER BY rating DESC LIMIT $2",
        service="control-plane",
        each=0.6,
        mean_ms=4.2,
        rows=20,
    ),
    Kind(
        text="UPDATE agent_runs SET status = $1, finished_at = $2 WHERE id = $3",
        service="agent-runtime",
        each=0.9,
        mean_ms=1.9,
        rows=1,
    ),
    Kind(
        text="INSERT INTO agent_runs (agent_id, started_at, input) VALUES ($1, $2, $3) RETURNING id",
        service="agent-runtime",
        each=0.9,
        mean_ms=2.3,
        rows=1,
    ),
    Kind(
        text="SELECT sum(amount) FROM invoices WHERE workspace_id = $1 AND month = $2",
        service="billing",
        each=0.4,
        mean_ms=18.0,
        rows=1,
    ),
    Kind(text="SELECT * FROM users WHERE id = $1", service="control-plane", each=1.0, mean_ms=0.6, rows=1),
)
SLOW = "SELECT a.*, count(r.id) FROM agents a LEFT JOIN agent_runs r ON r.agent_id = a.id WHERE a.name ILIKE $1 GROUP BY a.id"
"""What the breakage of slow queries brings: it reads every run there ever was."""


def queries_of(past: Past, at: float) -> list[WorldQuery]:
    """By total time, the most first; statistics begin anew every Monday."""
    since = (at - 4 * DAY) // (7 * DAY) * 7 * DAY + 4 * DAY
    found = [_usual(number, kind, past, since, at) for number, kind in enumerate(USUAL, start=1)]
    if slow := _slow(past, max(since, past.founded_at), at):
        found.append(slow)
    return sorted(found, key=lambda query: query.total_ms, reverse=True)


def _usual(number: int, kind: Kind, past: Past, since: float, at: float) -> WorldQuery:
    requests = past.requests_until(kind.service, at) - past.requests_until(kind.service, since)
    calls = int(requests * kind.each)
    mean = kind.mean_ms * (1 + 2 * past.load(at).slow_queries)
    return WorldQuery(
        id=number,
        text=kind.text,
        calls=calls,
        mean_ms=mean,
        total_ms=calls * mean,
        rows=int(calls * kind.rows),
    )


def _slow(past: Past, since: float, at: float) -> WorldQuery | None:
    """Added up over the times in which it was asked."""
    calls = total = 0.0
    for begin, end in past.parts(since, at):
        if past.is_quiet((begin + end) / 2):
            continue
        number = max(1, int((end - begin) / CELL))
        for cell in range(number):
            since_, until = begin + (end - begin) * cell / number, begin + (end - begin) * (cell + 1) / number
            load = past.load((since_ + until) / 2)
            asked = past.requests("control-plane", since_, until) * 0.3 * load.slow_queries
            calls, total = calls + asked, total + asked * SLOW_AVERAGE * (1 + 2 * load.database.cpu)
    if calls < 1:
        return None
    return WorldQuery(
        id=99, text=SLOW, calls=int(calls), mean_ms=total / calls, total_ms=total, rows=int(calls * 1_900)
    )
