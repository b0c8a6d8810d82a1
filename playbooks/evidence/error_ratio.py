"""Services that failed more requests than they should: now, and against an objective of 99.9 %."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.domain.chart import Chart, Marker, Threshold, Trace
from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.organisation import Service
from playbooks.evidence.blame import blamed, markers
from playbooks.evidence.class_counts import FAILED, REFUSED, Counts, class_counts
from playbooks.evidence.figure import count, percent, span, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.trend import bad_since
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "error-ratio"
HOUR = timedelta(hours=1)
BUDGET = 0.001
"""The part of requests that an objective of 99.9 % allows to fail."""


async def error_ratio(world: World, subject: Subject) -> Evidence:
    """The part of each service's requests that was answered 5xx."""
    window = window_of(world, subject)
    seen = await every_service(world, subject, partial(_of, world, subject, window))
    return seen.evidence(NAME, world, until=window.until)


async def _of(world: World, subject: Subject, window: Window, service: Service) -> Seen:
    counts = await class_counts(world, service, window)
    finding = _finding(world, service, window, counts)
    if not finding.verdict.unhealthy:
        return Seen(findings=(finding,), charts=_charts(world, service, finding, counts))
    marks, blame = await asyncio.gather(
        markers(world, service, window, subject.began), blamed(world, service, finding.since, window)
    )
    advice = (_sharper(blame.advice("errors", world)),) if blame else ()
    return Seen(findings=(finding,), charts=_charts(world, service, finding, counts, tuple(marks)), advice=advice)


def _sharper(advice: Advice) -> Advice:
    """Errors tell more of a deployment than that things became slow."""
    return replace(advice, strength=min(1.0, advice.strength + 0.02))


def _finding(world: World, service: Service, window: Window, counts: Counts) -> Finding:
    requests = counts.all(since=window.counted)
    ratio = counts.ratio(FAILED, since=window.counted)
    if ratio is None:
        return Finding(
            verdict=Verdict.NO_DATA, says=f"{service.title}: no requests in {span(window.lately)}", subject=service.key
        )
    verdict = _verdict(world, window, counts, ratio, requests)
    bounds = world.organisation.thresholds["error-ratio"]
    since = bad_since(counts.ratios(FAILED), window, lambda value: judge(value, bounds).unhealthy)
    began = f", since {when(since, world.clock.now(), world.organisation.timezone)}" if since else ""
    says = f"{service.title} fails {percent(ratio)} of {count(requests, 'request')} in {span(window.lately)}{began}"
    if verdict is Verdict.NO_DATA:
        says = f"{service.title}: {count(requests, 'request')} in {span(window.lately)}, too few to tell"
    return Finding(
        verdict=verdict,
        says=says,
        subject=service.key,
        value=ratio,
        unit="%",
        since=since if verdict.unhealthy else None,
    )


def _verdict(world: World, window: Window, counts: Counts, ratio: float, requests: float) -> Verdict:
    """The weightier of now and of the last hour, which is held against the objective: a slow burn is seen there.

    An hour of which only the beginning was bad is over: it burns as slowly as it does now.
    """
    thresholds = world.organisation.thresholds
    hour = window.until - HOUR
    burn = min(counts.ratio(FAILED, since=hour) or 0.0, ratio) / BUDGET
    now = judge(ratio, thresholds["error-ratio"], samples=requests)
    lately = judge(burn, thresholds["budget-burn"], samples=counts.all(since=hour))
    return now if now is Verdict.GREEN and not lately.unhealthy else max(now, lately, key=lambda each: each.weight)


def _charts(
    world: World, service: Service, finding: Finding, counts: Counts, marks: tuple[Marker, ...] = ()
) -> tuple[Chart, ...]:
    failed, refused = counts.ratios(FAILED), counts.ratios(REFUSED)
    if not failed:
        return ()
    red = world.organisation.thresholds["error-ratio"].red
    chart = Chart(
        title=f"{service.title}: errors of all requests",
        unit="%",
        alt=f"Errors of {service.title}: {finding.says}.",
        traces=(Trace(name="5xx", points=failed), Trace(name="4xx", points=refused)),
        markers=marks,
        thresholds=(Threshold(value=red, label="red for 5xx"),) if red is not None else (),
    )
    return (chart,)
