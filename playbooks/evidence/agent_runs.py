"""Which part of agent runs succeeds, and whether it is one agent, one tool, or a permission that fails."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.domain.chart import Chart, Marker, Point, Threshold, Trace
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from playbooks.evidence.agent_advice import ALIKE, advised, besides
from playbooks.evidence.agent_counts import runs_lately, runs_while_failing, success_over_time
from playbooks.evidence.agent_fault import Fault, Kind, Runs, faults_of, number_of, success
from playbooks.evidence.blame import markers
from playbooks.evidence.figure import count, percent, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, services_of
from playbooks.evidence.trend import bad_since
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "agent-runs"
NAMED = 6
"""Agents and tools that are named, the worst first."""


async def agent_runs(world: World, subject: Subject) -> Evidence:
    """The success of agent runs in the last minutes, of all, by agent and by tool."""
    window, good = window_of(world, subject), world.organisation.agents.success
    runs, points = await asyncio.gather(runs_lately(world), success_over_time(world, window))
    overall = _overall(world, runs, points, window)
    if overall.verdict.unhealthy and points:
        runs = await runs_while_failing(world, overall.since, runs)
        overall = _overall(world, runs, points, window)
    faults = faults_of(runs, good)
    findings = (overall, *_parts(world, runs, faults))
    if not overall.verdict.unhealthy:
        seen = Seen(findings=findings, charts=_chart(world, overall, points))
        return seen.evidence(NAME, world, until=window.until)
    apart, marks = await asyncio.gather(_traced(world, window, faults), _markers(world, subject, window, overall.since))
    advice = await asyncio.gather(
        *(
            advised(world, subject, window, fault, _began(world, window, apart.get(fault.name)) or overall.since)
            for fault in faults
        )
    )
    seen = Seen(
        findings=findings,
        charts=_chart(world, overall, points, tuple(apart.values()), marks),
        advice=tuple(besides(advice, faults)),
    )
    return seen.evidence(NAME, world, until=window.until)


def _began(world: World, window: Window, apart: Trace | None) -> datetime | None:
    """When one agent or tool began to fail: of several each has its own beginning."""
    bounds = world.organisation.thresholds["agent-success"]
    return bad_since(apart.points, window, lambda value: judge(value, bounds).unhealthy) if apart else None


def _overall(world: World, runs: Sequence[Runs], points: Sequence[Point], window: Window) -> Finding:
    number = number_of(runs)
    part = success(runs, world.organisation.agents.success)
    if part is None:
        return Finding(verdict=Verdict.NO_DATA, says="No agent runs were counted")
    bounds = world.organisation.thresholds["agent-success"]
    verdict = judge(part, bounds, samples=number)
    if verdict is Verdict.NO_DATA:
        return Finding(verdict=verdict, says=f"{count(number, 'agent run')} in an hour, too few to tell")
    since = bad_since(points, window, lambda value: judge(value, bounds).unhealthy) if verdict.unhealthy else None
    began = f", since {when(since, world.clock.now(), world.organisation.timezone)}" if since else ""
    says = f"{percent(part)} of {count(number, 'agent run')} succeed{began}"
    return Finding(verdict=verdict, says=says, value=part, unit="%", since=since)


def _parts(world: World, runs: Sequence[Runs], faults: Sequence[Fault]) -> Iterator[Finding]:
    """Agents and tools that fail, the worst first; when none does, nothing more is to be said."""
    good, bounds = world.organisation.agents.success, world.organisation.thresholds["agent-success"]
    if faults[0].kind is Kind.UNCLEAR and (part := success(runs, good)) is not None:
        if judge(part, bounds).unhealthy:
            yield Finding(verdict=Verdict.AMBER, says=ALIKE)
        return
    found = [
        (part, what, name, number_of(mine))
        for what, key in (("Agent", _agent), ("Tool", _tool))
        for name, mine in _by(runs, key).items()
        if name and (part := success(mine, good)) is not None
    ]
    for part, what, name, number in sorted(found)[:NAMED]:
        verdict = judge(part, bounds)
        if verdict.unhealthy:
            says = f"{what} {name}: {percent(part)} of {count(number, 'run')} succeed"
            yield Finding(verdict=verdict, says=says, subject=name, value=part, unit="%")


def _agent(run: Runs) -> str:
    return run.agent


def _tool(run: Runs) -> str:
    return run.tool


def _by(runs: Sequence[Runs], key: Callable[[Runs], str]) -> Mapping[str, Sequence[Runs]]:
    found: dict[str, list[Runs]] = {}
    for run in runs:
        found.setdefault(key(run), []).append(run)
    return found


async def _traced(world: World, window: Window, faults: Sequence[Fault]) -> Mapping[str, Trace]:
    """The agents and tools at fault, each as a line of its own."""
    agents = world.organisation.agents
    named = [fault for fault in faults if fault.name]
    lines = await asyncio.gather(
        *(
            success_over_time(
                world, window, label=agents.agent_label if each.is_agent else agents.tool_label, name=each.name
            )
            for each in named
        )
    )
    found = zip(named, lines, strict=True)
    return {each.name: Trace(name=each.name, points=points) for each, points in found if points}


async def _markers(world: World, subject: Subject, window: Window, since: datetime | None) -> tuple[Marker, ...]:
    """When it began, and what was deployed where it is about one service."""
    services = services_of(world, subject)
    if len(services) == 1:
        return tuple(await markers(world, services[0], window.reported, since))
    return (Marker(at=since, label="began"),) if since else ()


def _chart(
    world: World,
    overall: Finding,
    points: tuple[Point, ...],
    apart: tuple[Trace, ...] = (),
    marks: tuple[Marker, ...] = (),
) -> tuple[Chart, ...]:
    if not points:
        return ()
    amber = world.organisation.thresholds["agent-success"].amber
    chart = Chart(
        title="Agent runs that succeed",
        unit="%",
        alt=f"{overall.says}.",
        traces=(Trace(name="all runs", points=points), *apart),
        markers=marks,
        thresholds=(Threshold(value=amber, label="amber"),) if amber is not None else (),
    )
    return (chart,)
