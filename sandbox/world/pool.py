"""The connections to the platform's database: those of the pools, forgotten ones, and the reporting tool's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sandbox.world.chance import chance
from sandbox.world.cloud_service import ServiceState, Share
from sandbox.world.season import busyness
from sandbox.world.state import Killed, Leaked, WorldState

FIRST_PID = 1000
PIDS = 30_000
REPORTS = 5
"""Connections that the reporting tool keeps, mostly idle."""
REPORTING = "metabase"


@dataclass(frozen=True, kw_only=True)
class WorldConnection:
    """A client of the database. `state` is PostgreSQL's word: active, idle, idle in transaction."""

    pid: int
    user: str
    application: str
    address: str
    database: str
    state: str
    began_at: float
    changed_at: float
    query: str = ""


def used_by(service: ServiceState, instances: int, at: float) -> int:
    """How many connections the pools of a service hold: half full when it is quiet, fuller when it is busy."""
    each = service.spec.pool_size * min(1.0, 0.35 + 0.2 * busyness(service.name, at))
    return round(each * instances)


def leaking(serving: Mapping[str, Sequence[Share]]) -> Iterator[tuple[str, float, float]]:
    """Services whose code forgets connections: which, how many a minute, and since when."""
    for service, shares in serving.items():
        for share in shares:
            if share.percent and share.revision.build and (rate := share.revision.build.flaws.leaked_connections):
                yield service, rate * share.percent / 100, share.since


def leaked(killed: Killed, serving: Mapping[str, Sequence[Share]], at: float, *, room: int) -> list[Leaked]:
    """The connections that are open because somebody forgot them, oldest first; no more than there is `room` for."""
    found: list[Leaked] = []
    for service, rate, since in leaking(serving):
        begins = max(since, killed.at)
        kept = [each for each in killed.survivors if each.service == service and each.opened_at >= since]
        opened = max(0, int(rate * (at - begins) / 60))
        found += kept
        for number in range(max(0, min(opened, room - len(found)))):
            moment = begins + (number + 1) * 60 / rate
            found.append(Leaked(pid=pid_of("leak", service, round(moment, 3)), service=service, opened_at=moment))
    return found[: max(0, room)]


def pid_of(*about: object) -> int:
    return FIRST_PID + int(chance("pid", *about) * PIDS)


def pooled(state: WorldState, used: Mapping[str, tuple[int, int]], at: float) -> Iterator[WorldConnection]:
    """The connections of the pools; `used` says for each service how many, and in how many instances."""
    for name, (connections, instances) in used.items():
        for number in range(connections):
            yield _pooled(state, name, number, instances, at)


def _pooled(state: WorldState, service: str, number: int, instances: int, at: float) -> WorldConnection:
    instance = number % max(1, instances)
    # A pool renews a connection now and then, and every one at its own time.
    life = 1800 + 1800 * chance("life", service, number)
    began = at // life * life
    pid = pid_of(service, number, began)
    if (ended := state.killed.pids.get(pid)) is not None and ended >= began:
        began, pid = ended, pid_of(service, number, ended)
    turn = at // 7
    active = chance("active", service, number, turn) < 0.15
    rested = min(at - began, (at % 7) + 20 * chance("rest", service, number, turn) ** 3)
    return WorldConnection(
        pid=pid,
        user=service.replace("-", "_"),
        application=service,
        address=f"10.8.{len(service)}.{10 + instance}",
        database="marketplace",
        state="active" if active else "idle",
        began_at=began,
        changed_at=at if active else at - rested,
        query="SELECT id, name FROM agents WHERE workspace = $1" if active else "COMMIT",
    )


def forgotten(connections: list[Leaked]) -> Iterator[WorldConnection]:
    """Forgotten connections as the database sees them: idle ever since."""
    for each in connections:
        yield WorldConnection(
            pid=each.pid,
            user=each.service.replace("-", "_"),
            application=each.service,
            address=f"10.8.{len(each.service)}.{10 + each.pid % 8}",
            database="marketplace",
            state="idle",
            began_at=each.opened_at - 0.4,
            changed_at=each.opened_at,
            query="SELECT id, input FROM agent_runs WHERE agent_id = $1 ORDER BY started_at LIMIT $2",
        )


def reports(state: WorldState, at: float) -> Iterator[WorldConnection]:
    """The reporting tool's connections, opened in the morning and left alone for long."""
    for number in range(REPORTS):
        shift = 3600 * 4 * chance("report", number)
        began = (at - shift) // (3600 * 4) * 3600 * 4 + shift
        pid = pid_of(REPORTING, number, began)
        if state.killed.pids.get(pid, 0.0) >= began:
            continue
        yield WorldConnection(
            pid=pid,
            user="reporting",
            application=REPORTING,
            address="10.8.90.4",
            database="marketplace",
            state="idle",
            began_at=began,
            changed_at=began + (at - began) * 0.2,
            query="SELECT date_trunc($1, created_at), count(*) FROM agent_runs GROUP BY 1",
        )
