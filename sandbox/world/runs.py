"""What agents do: their runs by agent, tool and outcome, and what the business earns by them.

Counters only grow. How many runs people start follows exactly from the season; what becomes of them is added up
minute by minute over the times in which something is wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from sandbox.world.chance import chance
from sandbox.world.load import BASE_ERRORS, HIT_RATIO, Load
from sandbox.world.past import Past
from sandbox.world.season import busyness
from sandbox.world.spec import AGENTS, AgentSpec
from sandbox.world.state import WorldState

RUNS_PER_REQUEST = 0.12
FAILING = 0.012
"""The part of runs that fails when all is well."""
CELL = 120.0
"""Seconds that are added up at once."""
PRICE = 0.35
"""What a run earns, in dollars."""
READS_PER_REQUEST = 2.0

Labels = tuple[tuple[str, str], ...]
Counters = Mapping[tuple[str, Labels], float]


def outcomes(state: WorldState, load: Load, agent: AgentSpec, tool: str) -> tuple[float, float]:
    """Which part of an agent's runs with a tool ends in an error, and which is denied."""
    down = state.cause("tool-down", tool)
    avoided = part_avoiding(load, tool) if down else 0.0
    errors = max(FAILING, 0.95 * (1 - avoided)) if down and down.at <= load.at else FAILING
    revoked = state.cause("permission-revoked", tool)
    denied = 0.97 if revoked and revoked.at <= load.at else 0.0
    for share in load.services["agent-runtime"].shares:
        build = share.share.revision.build
        if build and build.flaws.agent == agent.name:
            errors = 1 - (1 - errors) * (1 - 0.85 * share.part)
    for name, weight in (("agent-runtime", 1.0), ("control-plane", 0.3)):
        service = load.services[name]
        broken = max(0.0, service.errors + service.turned_away - 2 * BASE_ERRORS)
        errors = 1 - (1 - errors) * (1 - min(1.0, weight * broken))
    return errors, denied * (1 - errors)


def part_avoiding(load: Load, tool: str) -> float:
    """The part of the runs whose revision asks another provider of a tool than the usual one."""
    variable = f"{tool.replace('-', '_').upper()}_PROVIDER"
    shares = load.services["agent-runtime"].shares
    return sum(each.part for each in shares if each.share.revision.template.environment.get(variable) == "secondary")


def failing_runs(state: WorldState, load: Load, *, agent: str = "", tool: str = "") -> float:
    """The part of all runs, or of those of an agent or with a tool, that goes wrong and usually does not."""
    pairs = [each for each in _pairs() if agent in {"", each[0].name} and tool in {"", each[1]}]
    parts = [part * max(0.0, sum(outcomes(state, load, each, with_)) - FAILING) for each, with_, part in pairs]
    return sum(parts) / sum(part for _, _, part in pairs)


def active_users(state: WorldState, load: Load) -> int:
    """People who use the platform at a moment; they stay away when it does not work."""
    lost = sum(loss.part for loss in state.database.losses if loss.at <= load.at and "users" in loss.tables)
    works = 1 - 0.6 * load.services["control-plane"].errors - 0.3 * load.services["web"].errors
    return int(1_450 * busyness("users", load.at) * max(0.0, 1 - lost) * works)


@dataclass(frozen=True, kw_only=True)
class Excess:
    """What went wrong beyond the usual until some moment: runs by agent and tool, and reads the cache missed."""

    errors: Mapping[tuple[str, str], float] = field(default_factory=dict)
    denied: Mapping[tuple[str, str], float] = field(default_factory=dict)
    misses: float = 0.0

    def __add__(self, other: "Excess") -> "Excess":
        return Excess(
            errors=_summed(self.errors, other.errors),
            denied=_summed(self.denied, other.denied),
            misses=self.misses + other.misses,
        )


class Meters:
    """The application's counters and gauges, as its own metrics have them."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._sums = [Excess()]
        """At the founding and at the end of each cell since."""
        self._times_back = 0

    def counters(self, at: float) -> Counters:
        """Every metric at a moment, by name and labels."""
        excess, total = self._excess(at), self._past.requests_until("agent-runtime", at) * RUNS_PER_REQUEST
        found: dict[tuple[str, Labels], float] = {}
        succeeded = 0.0
        for agent, tool, part in _pairs():
            errors = total * part * FAILING + excess.errors.get((agent.name, tool), 0.0)
            denied = excess.denied.get((agent.name, tool), 0.0)
            success = total * part - errors - denied
            succeeded += success
            for status, count in (("success", success), ("error", errors), ("denied", denied)):
                labels = (("agent", agent.name), ("status", status), ("tool", tool))
                found["agent_runs_total", labels] = float(int(count + _head_start(labels)))
        reads = self._past.requests_until("control-plane", at) * READS_PER_REQUEST
        misses = reads * (1 - HIT_RATIO) + excess.misses
        found["active_users", ()] = float(active_users(self._past.state(at), self._past.load(at)))
        found["revenue_total", (("currency", "usd"),)] = round(succeeded * PRICE, 2)
        found["cache_hits_total", ()] = float(int(reads - misses))
        found["cache_misses_total", ()] = float(int(misses))
        return found

    def _excess(self, at: float) -> Excess:
        founded, now = self._past.founded_at, self._past.now()
        if at <= founded:
            return Excess()
        if self._times_back != self._past.times_back:
            self._sums, self._times_back = [Excess()], self._past.times_back
        whole = int((min(at, now) - founded) // CELL)
        while len(self._sums) <= whole:
            begin = founded + (len(self._sums) - 1) * CELL
            self._sums.append(self._sums[-1] + self._between(begin, begin + CELL))
        return self._sums[whole] + self._between(founded + whole * CELL, at)

    def _between(self, since: float, until: float) -> Excess:
        found = Excess()
        for begin, end in self._past.parts(since, until):
            if not self._past.is_quiet((begin + end) / 2):
                found += self._in(begin, end)
        return found

    def _in(self, since: float, until: float) -> Excess:
        middle = (since + until) / 2
        state, load = self._past.state(middle), self._past.load(middle)
        runs = self._past.requests("agent-runtime", since, until) * RUNS_PER_REQUEST
        reads = self._past.requests("control-plane", since, until) * READS_PER_REQUEST
        errors, denied = {}, {}
        for agent, tool, part in _pairs():
            failed, refused = outcomes(state, load, agent, tool)
            errors[agent.name, tool] = runs * part * max(0.0, failed - FAILING)
            denied[agent.name, tool] = runs * part * refused
        return Excess(errors=errors, denied=denied, misses=reads * max(0.0, HIT_RATIO - 0.02 - load.hit_ratio))


@cache
def _head_start(labels: Labels) -> float:
    """A part of a run, or the counters of all agents would come to their next whole number at the same moment."""
    return chance("runs", labels)


def _summed(
    one: Mapping[tuple[str, str], float], other: Mapping[tuple[str, str], float]
) -> Mapping[tuple[str, str], float]:
    return {key: one.get(key, 0.0) + other.get(key, 0.0) for key in {**one, **other}}


def _pairs() -> Iterator[tuple[AgentSpec, str, float]]:
    for agent in AGENTS.values():
        for tool, part in agent.tools.items():
            yield agent, tool, agent.part * part
