"""What agent runs fail of: a tool that is down, a permission that was revoked, or one agent's own last update.

A tool that is down fails every agent that uses it and no other tool; a bad update fails one agent whatever it uses.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

DENIED = re.compile(r"deni|forbid|unauthori|permission|refus", re.IGNORECASE)
ILL = 0.7
"""A success ratio below which an agent or a tool fails rather than has bad luck."""
WELL = 0.9
"""A success ratio above which it is well."""
FEWEST = 5
"""Runs below which a pair of agent and tool says nothing."""


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


def success(runs: Iterable[Runs], good: str) -> float | None:
    """The part that succeeds; None when there are no runs."""
    each = tuple(runs)
    all_of_them = sum(run.count for run in each)
    return sum(run.count for run in each if run.status == good) / all_of_them if all_of_them else None


def fault_of(runs: Iterable[Runs], good: str) -> Fault:
    """The likeliest fault behind runs that fail."""
    each = tuple(runs)
    if (tool := _at_fault(each, good, lambda run: run.tool, lambda run: run.agent)) is not None:
        mine = [run for run in each if run.tool == tool]
        kind = Kind.PERMISSION if _denied(mine, good) else Kind.TOOL
        return Fault(kind=kind, name=tool, ratio=success(mine, good) or 0.0)
    if (agent := _at_fault(each, good, lambda run: run.agent, lambda run: run.tool)) is not None:
        mine = [run for run in each if run.agent == agent]
        kind = Kind.PERMISSION if _denied(mine, good) else Kind.AGENT
        return Fault(kind=kind, name=agent, ratio=success(mine, good) or 0.0)
    return Fault(kind=Kind.UNCLEAR, name="", ratio=success(each, good) or 0.0)


def _at_fault(
    runs: tuple[Runs, ...], good: str, key: Callable[[Runs], str], other: Callable[[Runs], str]
) -> str | None:
    """The one that fails with whatever it is combined with, while what it is combined with is well without it.

    With a single combination it cannot be told which of both it is.
    """
    for name in sorted({key(run) for run in runs if key(run)}):
        mine = [run for run in runs if key(run) == name]
        partners = {other(run) for run in mine if run.count}
        if len(partners) < 2 or not all(_ill([run for run in mine if other(run) == each], good) for each in partners):
            continue
        rest = success((run for run in runs if key(run) != name and other(run) in partners), good)
        if rest is None or rest >= WELL:
            return name
    return None


def _ill(runs: list[Runs], good: str) -> bool:
    ratio = success(runs, good)
    return ratio is not None and (ratio < ILL or sum(run.count for run in runs) < FEWEST)


def _denied(runs: list[Runs], good: str) -> bool:
    failed = [run for run in runs if run.status != good]
    denied = sum(run.count for run in failed if DENIED.search(run.status))
    return denied > sum(run.count for run in failed) / 2
