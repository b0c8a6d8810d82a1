"""Which part of agent runs succeeds, and whether it is one agent, one tool, or a permission that fails."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.chart import Chart, Marker, Point, Threshold, Trace
from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.domain.promql import Selector, increase, is_, ratio, total
from playbooks.evidence.agent_fault import Kind, Runs, fault_of, success
from playbooks.evidence.blame import blamed
from playbooks.evidence.figure import count, percent, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, services_of
from playbooks.evidence.trend import bad_since
from playbooks.evidence.window import DELAY, Window, window_of
from playbooks.world import Outside, World, reached

NAME = "agent-runs"
PLAYBOOK = "agent-execution-failures"
LATELY, HOUR = timedelta(minutes=10), timedelta(hours=1)
SMOOTH = timedelta(minutes=5)
BENEATH, WEAKEST = 0.5, 0.3
"""The strength of advice about what is not agents' own."""
ALIKE = "Agents and tools fail alike: look at what they run on"
NAMED = 6
"""Agents and tools that are named, the worst first."""


async def agent_runs(world: World, subject: Subject) -> Evidence:
    """The success of agent runs in the last minutes, of all, by agent and by tool."""
    window = window_of(world, subject)
    runs, points = await asyncio.gather(_runs(world), _over_time(world, window))
    good = world.organisation.agents.success
    overall = _overall(world, runs, points, window)
    if not overall.verdict.unhealthy:
        chart = _chart(world, overall, points, ())
        seen = Seen(findings=(overall, *_parts(world, runs, good)), charts=chart)
        return seen.evidence(NAME, world, until=window.until)
    advice = await _advice(world, subject, window, runs, overall)
    began = (Marker(at=overall.since, label="began"),) if overall.since else ()
    seen = Seen(
        findings=(overall, *_parts(world, runs, good)),
        charts=_chart(world, overall, points, began),
        advice=advice,
    )
    return seen.evidence(NAME, world, until=window.until)


async def _runs(world: World) -> tuple[Runs, ...]:
    """Those of the last minutes, or of the last hour when there were too few."""
    enough = world.organisation.thresholds["agent-success"].at_least
    lately = await _between(world, LATELY)
    return lately if sum(run.count for run in lately) >= enough else await _between(world, HOUR)


async def _between(world: World, length: timedelta) -> tuple[Runs, ...]:
    agents = world.organisation.agents
    labels = (agents.agent_label, agents.tool_label, agents.status_label)
    asked = total(increase(Selector(metric=agents.runs).over(length)), by=labels)
    series = await reached(world.queries, Outside.QUERIES).query(str(asked), at=world.clock.now())
    return tuple(
        Runs(
            agent=each.label(agents.agent_label),
            tool=each.label(agents.tool_label),
            status=each.label(agents.status_label),
            count=each.last,
        )
        for each in series
        if each.last is not None
    )


async def _over_time(world: World, window: Window) -> tuple[Point, ...]:
    agents = world.organisation.agents
    good = Selector(metric=agents.runs, matches=(is_(agents.status_label, agents.success),))
    asked = ratio(total(increase(good.over(SMOOTH))), total(increase(Selector(metric=agents.runs).over(SMOOTH))))
    queries = reached(world.queries, Outside.QUERIES)
    # What applications report themselves is there at once; only the cloud's own numbers are late.
    until = window.until + DELAY
    series = await queries.query_range(str(asked), since=window.since, until=until, step=window.step)
    return series[0].points if series else ()


def _overall(world: World, runs: Sequence[Runs], points: Sequence[Point], window: Window) -> Finding:
    number, good = sum(run.count for run in runs), world.organisation.agents.success
    part = success(runs, good)
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
    if fault_of(runs, good).kind is Kind.UNCLEAR and (part := success(runs, good)) is not None:
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
    world: World, subject: Subject, window: Window, runs: Sequence[Runs], overall: Finding
) -> tuple[Advice, ...]:
    fault = fault_of(runs, world.organisation.agents.success)
    failing = f"{percent(1 - fault.ratio)} of its runs fail"
    match fault.kind:
        case Kind.TOOL:
            says = f"tool {fault.name} is down: {failing}, whatever the agent; use another provider, going back a revision does not help"
            return (Advice(says=says, strength=0.85, target=fault.name, playbook=PLAYBOOK),)
        case Kind.PERMISSION:
            says = f"{fault.name} is denied: {failing}; give the permission back, going back a revision does not help"
            return (Advice(says=says, strength=0.85, target=fault.name, playbook=PLAYBOOK),)
        case Kind.AGENT:
            return await _updated(world, subject, window, overall.since, f"runs of {fault.name} fail")
        case Kind.UNCLEAR:
            # What all agents suffer from alike is better told by the evidence of what they run on.
            updated = await _blamed(world, subject, window, overall.since, "agent runs fail")
            beneath = (replace(each, strength=min(each.strength, BENEATH)) for each in updated)
            return (*beneath, Advice(says=ALIKE, strength=WEAKEST))
        case _:
            assert_never(fault.kind)


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


def _chart(world: World, overall: Finding, points: tuple[Point, ...], marks: tuple[Marker, ...]) -> tuple[Chart, ...]:
    if not points:
        return ()
    amber = world.organisation.thresholds["agent-success"].amber
    chart = Chart(
        title="Agent runs that succeed",
        unit="%",
        alt=f"{overall.says}.",
        traces=(Trace(name="success", points=points),),
        markers=marks,
        thresholds=(Threshold(value=amber, label="amber"),) if amber is not None else (),
    )
    return (chart,)
