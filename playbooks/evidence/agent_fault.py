"""What agent runs fail of: a tool that is down, a permission that was revoked, or one agent's own last update.

A tool that is down fails every agent that uses it and no other tool; a bad update fails one agent whatever it uses. Of
all agents, tools and pairs of both, the one is at fault whose runs, told apart from the rest, explain best which runs
failed: that needs neither many runs nor that all of them fail, as in the minute in which it begins.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from math import log

DENIED = re.compile(r"deni|forbid|unauthori|permission|refus", re.IGNORECASE)
WELL = 0.9
"""A success ratio above which whatever is not at fault is well."""
SURE = 8.0
"""How much better, in natural units of log-likelihood, an explanation must be than that all fail alike."""
MOST = 3
"""Faults at the same time that are told apart."""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """How many runs of an agent with a tool ended in a status."""

    agent: str
    tool: str
    status: str
    count: float


class Kind(Enum):
    """Whose fault it is."""

    TOOL = "tool"
    PERMISSION = "permission"
    AGENT = "agent"
    UNCLEAR = "unclear"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`name` is the tool or agent at fault, empty when it cannot be told; `ratio` the part of its runs that succeeds."""

    kind: Kind
    name: str
    ratio: float
    is_agent: bool = False
    """Whether that is the name of an agent; else it is that of a tool."""


@dataclass(frozen=True, kw_only=True)
class _Suspect:
    """An agent, a tool, or an agent with a tool."""

    agent: str = ""
    tool: str = ""

    def has(self, run: Runs) -> bool:
        return self.agent in {"", run.agent} and self.tool in {"", run.tool}


def number_of(runs: Iterable[Runs]) -> float:
    """How many runs there were."""
    return sum(run.count for run in runs)


def success(runs: Iterable[Runs], good: str) -> float | None:
    """The part that succeeds; None when there are no runs."""
    each = tuple(runs)
    number = number_of(each)
    return number_of(run for run in each if run.status == good) / number if number else None


def faults_of(runs: Iterable[Runs], good: str) -> Sequence[Fault]:
    """The likeliest faults behind runs that fail, the clearest first; the last is unclear where more is wrong."""
    left, found = tuple(runs), list[Fault]()
    while len(found) < MOST and (suspect := _likeliest(left, good)) is not None:
        mine = [run for run in left if suspect.has(run)]
        left = tuple(run for run in left if not suspect.has(run))
        found.append(_fault(suspect, mine, good))
    rest = success(left, good)
    if not found or (rest is not None and rest < WELL):
        found.append(Fault(kind=Kind.UNCLEAR, name="", ratio=rest or 0.0))
    return found


def _likeliest(runs: Sequence[Runs], good: str) -> _Suspect | None:
    """Who explains best which runs failed; None where nobody does, or where it is one agent with one tool.

    Of a single pair it cannot be told which of both it is.
    """
    alike = _fit(runs, good)
    explained = {each: _explained(each, runs, good) - alike for each in _suspects(runs)}
    suspect = max(explained, key=lambda each: explained[each], default=None)
    if suspect is None or explained[suspect] < SURE or (suspect.agent and suspect.tool):
        return None
    return suspect


def _suspects(runs: Sequence[Runs]) -> Iterator[_Suspect]:
    """Whoever is used with several, or with one that is used with others too; pairs come last and win no tie."""
    pairs = sorted({(run.agent, run.tool) for run in runs if run.count})
    agents, tools = Counter(agent for agent, _ in pairs), Counter(tool for _, tool in pairs)
    yield from (_Suspect(tool=tool) for tool in _told_apart(((tool, agent) for agent, tool in pairs), tools, agents))
    yield from (_Suspect(agent=agent) for agent in _told_apart(pairs, agents, tools))
    yield from (_Suspect(agent=agent, tool=tool) for agent, tool in pairs)


def _told_apart(pairs: Iterable[tuple[str, str]], mine: Counter[str], others: Counter[str]) -> Sequence[str]:
    return sorted({each for each, other in pairs if each and (mine[each] > 1 or others[other] > 1)})


def _explained(suspect: _Suspect, runs: Sequence[Runs], good: str) -> float:
    """How likely it is what was counted, had the suspect's runs a success of their own; only a worse one tells."""
    mine, others = [run for run in runs if suspect.has(run)], [run for run in runs if not suspect.has(run)]
    if (success(mine, good) or 0.0) >= (success(others, good) or 0.0):
        return float("-inf")
    return _fit(mine, good) + _fit(others, good)


def _fit(runs: Sequence[Runs], good: str) -> float:
    """The log-likelihood of runs that all succeed as often."""
    number = number_of(runs)
    well = number_of(run for run in runs if run.status == good)
    return sum(count * log(count / number) for count in (well, number - well) if count > 0)


def _fault(suspect: _Suspect, mine: Sequence[Runs], good: str) -> Fault:
    failed = [run for run in mine if run.status != good]
    denied = number_of(run for run in failed if DENIED.search(run.status))
    kind = Kind.AGENT if suspect.agent else Kind.TOOL
    if denied > number_of(failed) / 2:
        kind = Kind.PERMISSION
    return Fault(
        kind=kind,
        name=suspect.agent or suspect.tool,
        ratio=success(mine, good) or 0.0,
        is_agent=bool(suspect.agent),
    )
