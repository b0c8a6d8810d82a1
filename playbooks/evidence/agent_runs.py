"""Which part of agent runs succeeds, and whether it is one agent, one tool, or a permission that fails."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.domain.chart import Chart, Marker, Point, Threshold, Trace
from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from playbooks.evidence.agent_counts import number as number_of
from playbooks.evidence.agent_counts import runs_lately, runs_while_failing, success_over_time
from playbooks.evidence.agent_fault import Fault, Kind, Runs, faults_of, success
from playbooks.evidence.blame import blamed, markers
from playbooks.evidence.figure import count, percent, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, services_of
from playbooks.evidence.trend import bad_since
from playbooks.evidence.window import DELAY, Window, window_of
from playbooks.world import World

NAME = "agent-runs"
PLAYBOOK = "agent-execution-failures"
BENEATH, WEAKEST = 0.5, 0.3
"""The strength of advice about what is not agents' own."""
ALIKE = "Agents and tools fail alike: look at what they run on"
NAMED = 6
"""Agents and tools that are named, the worst first."""


async def agent_runs(world: World, subject: Subject) -> Evidence:
    """The success of agent runs in the last minutes, of all, by agent and by tool."""
    window, good = window_of(world, subject), world.organisation.agents.success
    runs, points = await asyncio.gather(runs_lately(world), success_over_time(world, window))
    overall = _overall(world, runs, points, window)
    if overall.verdict.unhealthy and points:
        runs = await runs_while_failing(world, overall.since)
        overall = _overall(world, runs, points, window)
    if not overall.verdict.unhealthy:
        seen = Seen(findings=(overall, *_parts(world, runs, good)), charts=_chart(world, overall, points))
        return seen.evidence(NAME, world, until=window.until)
    faults = faults_of(runs, good)
    advice, apart, marks = await asyncio.gather(
        asyncio.gather(*(_advice(world, subject, window, fault, overall.since) for fault in faults)),
        _traced(world, window, faults),
        _markers(world, subject, window, overall.since),
    )
    seen = Seen(
        findings=(overall, *_parts(world, runs, good)),
        charts=_chart(world, overall, points, apart, marks),
        advice=tuple(each for several in advice for each in several),
    )
    return seen.evidence(NAME, world, until=window.until)


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


def _parts(world: World, runs: Sequence[Runs], good: str) -> Iterator[Finding]:
    """Agents and tools that fail, the worst first; when none does, nothing more is to be said."""
    bounds = world.organisation.thresholds["agent-success"]
    if faults_of(runs, good)[0].kind is Kind.UNCLEAR and (part := success(runs, good)) is not None:
        if judge(part, bounds).unhealthy:
            yield Finding(verdict=Verdict.AMBER, says=ALIKE)
        return
    found = [
        (part, what, name, sum(run.count for run in mine))
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


async def _advice(
    world: World, subject: Subject, window: Window, fault: Fault, since: datetime | None
) -> tuple[Advice, ...]:
    failing = f"{percent(1 - fault.ratio)} of its runs fail"
    match fault.kind:
        case Kind.TOOL:
            return (_without(world, fault, failing),)
        case Kind.PERMISSION:
            says = f"{fault.name} is denied: {failing}; give the permission back, going back a revision does not help"
            return (Advice(says=says, strength=0.85, target=fault.name, playbook=PLAYBOOK),)
        case Kind.AGENT:
            return await _updated(world, subject, window, since, f"runs of {fault.name} fail")
        case Kind.UNCLEAR:
            # What all agents suffer from alike is better told by the evidence of what they run on.
            updated = await _blamed(world, subject, window, since, "agent runs fail")
            beneath = (replace(each, strength=min(each.strength, BENEATH)) for each in updated)
            return (*beneath, Advice(says=ALIKE, strength=WEAKEST))
        case _:
            assert_never(fault.kind)


def _without(world: World, fault: Fault, failing: str) -> Advice:
    """How agents do without a tool that is down, where the operator has said it."""
    says = f"tool {fault.name} is down: {failing}, whatever the agent; use another provider, going back a revision does not help"
    advice = Advice(says=says, strength=0.85, target=fault.name, playbook=PLAYBOOK)
    other = world.organisation.agents.otherwise.get(fault.name)
    if other is None:
        return advice
    return replace(advice, change="env", target=other.service, words=tuple(other.variables.split()))


async def _updated(
    world: World, subject: Subject, window: Window, since: datetime | None, who: str
) -> tuple[Advice, ...]:
    """To go back, but only after an update of what runs agents."""
    advice = tuple(replace(each, playbook=PLAYBOOK) for each in await _blamed(world, subject, window, since, who))
    return advice or (Advice(says=f"{who}, and nothing was deployed just before", strength=0.4, playbook=PLAYBOOK),)


async def _blamed(
    world: World, subject: Subject, window: Window, since: datetime | None, who: str
) -> tuple[Advice, ...]:
    blames = await asyncio.gather(*(blamed(world, each, since, window) for each in services_of(world, subject)))
    return tuple(each.advice(who, world) for each in blames if each)


async def _traced(world: World, window: Window, faults: Sequence[Fault]) -> tuple[Trace, ...]:
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
    return tuple(Trace(name=each.name, points=points) for each, points in zip(named, lines, strict=True) if points)


async def _markers(world: World, subject: Subject, window: Window, since: datetime | None) -> tuple[Marker, ...]:
    """When it began, and what was deployed where it is about one service."""
    services = services_of(world, subject)
    if len(services) == 1:
        return tuple(await markers(world, services[0], replace(window, until=window.until + DELAY), since))
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
