"""The rules by which the platform raises alerts: what must be crossed, and for how long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.world.backup import backups_of, latest_recovery
from sandbox.world.histogram import LATENCY_BOUNDS, lognormal_parts, quantile
from sandbox.world.load import ServiceLoad
from sandbox.world.past import Past
from sandbox.world.runs import failing_runs
from sandbox.world.season import DAY, busyness
from sandbox.world.spec import AGENTS, DATABASE, INSTANCE, SERVICES, TOOLS

Crossed = Mapping[str, str]
"""Services for which something is crossed, each with a sentence about it."""
FRONT = "control-plane"
"""The service that is named when the database has trouble: most people come through it."""
RUNTIME = "agent-runtime"
MOSTLY = 0.5
"""The part of runs that fail when what they use, or the agent, fails itself."""
PAIRS = [(agent.name, tool) for agent in AGENTS.values() for tool in agent.tools]
TAIL = 2.47
"""How many times the median the p95 is."""

SCRAPED = 90.0
"""Seconds after which Prometheus, which scrapes once a minute, has seen it too: its rules know nothing sooner."""
LATELY = 3 * DAY
OLDEST = 26 * 3600.0
"""Seconds after which a backup is too old."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A rule; `holds` is how many seconds something must be crossed before it fires, and be gone before it stops."""

    name: str
    severity: str
    holds: float
    crossed: Callable[[Past, float], Crossed]
    labels: Mapping[str, str] = field(default_factory=dict)
    """What tells it from alarms of the same name."""

    def key(self, service: str) -> str:
        """What tells one of its alerts from every other."""
        return " ".join((self.name, *self.labels.values(), service))


def p95_of(load: ServiceLoad) -> float:
    """Milliseconds, over all of a service's revisions together."""
    merged = [0.0] * (len(LATENCY_BOUNDS) + 1)
    for share in load.shares:
        for index, part in enumerate(lognormal_parts(share.median)):
            merged[index] += share.part * part
    return quantile(merged, 0.95, LATENCY_BOUNDS)


def _services(say: Callable[[Past, ServiceLoad, float], str]) -> Callable[[Past, float], Crossed]:
    def crossed(past: Past, at: float) -> Crossed:
        loads = past.load(at).services
        return {name: said for name, load in loads.items() if (said := say(past, load, at))}

    return crossed


def _down(past: Past, load: ServiceLoad, at: float) -> str:
    del past, at
    return f"{load.name} fails {load.errors:.0%} of its requests" if load.errors >= 0.5 else ""


def _follows(past: Past, load: ServiceLoad, at: float) -> bool:
    """Whether what a service suffers comes from elsewhere, whose alert tells enough."""
    everything = past.load(at)
    if load.name == "web":
        return everything.services["control-plane"].errors >= 0.02
    return everything.database.exhausted and load.name not in _connections(past, at)


def _failing(past: Past, load: ServiceLoad, at: float) -> str:
    failed = load.errors + load.turned_away
    if failed < 0.02 or _follows(past, load, at):
        return ""
    return f"{load.name} fails {failed:.1%} of its requests, usually under 0.1%"


def _slow(past: Past, load: ServiceLoad, at: float) -> str:
    if all(share.slowness < 3.5 for share in load.shares) or _follows(past, load, at):
        return ""
    if _database_busy(past, at) and load.name != FRONT:
        return ""
    usual = SERVICES[load.name].median * TAIL
    return f"{load.name} answers with a p95 of {p95_of(load):.0f} ms, usually {usual:.0f} ms"


def _crowded(past: Past, load: ServiceLoad, at: float) -> str:
    usual = SERVICES[load.name].rate * busyness(load.name, at)
    del past
    return f"{load.name} gets {load.rate / usual:.1f} times its usual requests" if load.rate > 2.5 * usual else ""


def _filling(past: Past, load: ServiceLoad, at: float) -> str:
    del past, at
    fullest = max((level for share in load.shares for level in share.memory.levels), default=0.0)
    return f"Memory of {load.name} is at {fullest:.0%} of its limit" if fullest >= 0.85 else ""


def _stuck(past: Past, load: ServiceLoad, at: float) -> str:
    service = past.state(at).services[load.name]
    newest = service.latest_created
    failed = newest.reason and not newest.pending(at)
    return f"{newest.name} is not ready: {newest.reason}" if failed else ""


def _failing_itself(agent: str = "", tool: str = "") -> Callable[[Past, float], Crossed]:
    """Whatever it is used with fails: of several, what fails only with some of them fails because of those."""

    def crossed(past: Past, at: float) -> Crossed:
        state, load = past.state(at), past.load(at)
        pairs = [each for each in PAIRS if agent in {"", each[0]} and tool in {"", each[1]}]
        if min(failing_runs(state, load, agent=each, tool=with_) for each, with_ in pairs) < MOSTLY:
            return {}
        part = failing_runs(state, load, agent=agent, tool=tool)
        return {RUNTIME: f"{part:.0%} of the runs {f'of {agent}' if agent else f'with {tool}'} fail"}

    return crossed


def _runs_failing(past: Past, at: float) -> Crossed:
    """Unless it follows from one agent or tool, whose alert tells enough."""
    part = failing_runs(past.state(at), past.load(at))
    if part < 0.08 or any(alarm.crossed(past, at) for alarm in PARTS_OF_RUNS):
        return {}
    return {RUNTIME: f"{part:.0%} more of all agent runs fail than usual"}


def _connections(past: Past, at: float) -> Crossed:
    database = past.load(at).database
    if database.used < 0.85 * database.usable:
        return {}
    held = dict(database.pools)
    for each in database.leaked:
        held[each.service] = held.get(each.service, 0) + 1
    most = max(held, key=lambda name: held[name])
    words = f"{database.used} of {database.usable} database connections are taken, {held[most]} of them by {most}"
    return {most: words}


def _database_busy(past: Past, at: float) -> Crossed:
    cpu = past.load(at).database.cpu
    return {FRONT: f"CPU of {past.state(at).database.name} is at {cpu:.0%}"} if cpu >= 0.7 else {}


def _database_down(past: Past, at: float) -> Crossed:
    up = past.load(at).database.up
    return {} if up else {FRONT: f"{past.state(at).database.name} does not answer"}


def _cache_cold(past: Past, at: float) -> Crossed:
    ratio = past.load(at).hit_ratio
    return {"control-plane": f"The cache answers {ratio:.0%} of all reads, usually 93%"} if ratio < 0.6 else {}


def _rows_gone(past: Past, at: float) -> Crossed:
    database = past.state(at).database
    for loss in database.losses:
        if loss.at <= at:
            return {"control-plane": f"{loss.part:.0%} of the rows of {' and '.join(loss.tables)} are gone"}
    return {}


def _backup_failed(past: Past, at: float) -> Crossed:
    finished = [run for run in backups_of(past, INSTANCE, at, since=at - LATELY) if run.status != "RUNNING"]
    if finished and finished[0].status == "FAILED":
        return {INSTANCE: f"The last backup of {INSTANCE} failed: {finished[0].error}"}
    return {}


def _backups_stale(past: Past, at: float) -> Crossed:
    recent = backups_of(past, INSTANCE, at, since=at - OLDEST)
    if not any(run.status in {"SUCCESSFUL", "RUNNING"} for run in recent):
        return {INSTANCE: f"There is no good backup of {INSTANCE} of the last {OLDEST / 3600:.0f} hours"}
    if latest_recovery(past, INSTANCE, at) is None:
        return {INSTANCE: f"{INSTANCE} cannot be set back to a moment: {DATABASE.database}'s log is not kept"}
    return {}


PARTS_OF_RUNS = (
    *(
        Alarm(
            name="ToolFailing",
            severity="high",
            holds=SCRAPED,
            crossed=_failing_itself(tool=tool),
            labels={"tool": tool},
        )
        for tool in TOOLS
    ),
    *(
        Alarm(
            name="AgentFailing", severity="high", holds=SCRAPED, crossed=_failing_itself(agent), labels={"agent": agent}
        )
        for agent in AGENTS
    ),
)
"""One fails for itself: what joins it later is another alert, though runs fail already."""
ALARMS = (
    Alarm(name="ServiceDown", severity="critical", holds=30, crossed=_services(_down)),
    Alarm(name="HighErrorRate", severity="high", holds=45, crossed=_services(_failing)),
    Alarm(name="HighLatency", severity="high", holds=90, crossed=_services(_slow)),
    Alarm(name="TrafficSpike", severity="warning", holds=60, crossed=_services(_crowded)),
    Alarm(name="HighMemory", severity="warning", holds=45, crossed=_services(_filling)),
    Alarm(name="RevisionNotReady", severity="warning", holds=15, crossed=_services(_stuck)),
    *PARTS_OF_RUNS,
    Alarm(name="AgentRunsFailing", severity="high", holds=SCRAPED, crossed=_runs_failing),
    Alarm(name="DatabaseConnectionsHigh", severity="high", holds=30, crossed=_connections),
    Alarm(name="DatabaseCpuHigh", severity="warning", holds=90, crossed=_database_busy),
    Alarm(name="DatabaseDown", severity="critical", holds=15, crossed=_database_down),
    Alarm(name="CacheHitRatioLow", severity="warning", holds=60, crossed=_cache_cold),
    Alarm(name="RowsMissing", severity="high", holds=SCRAPED, crossed=_rows_gone),
    Alarm(name="BackupFailed", severity="warning", holds=30, crossed=_backup_failed),
    Alarm(name="BackupStale", severity="warning", holds=30, crossed=_backups_stale),
)
