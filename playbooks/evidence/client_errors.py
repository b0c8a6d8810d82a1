"""Services that turn away more requests than usual: a broken client, a lost permission, or somebody who tries doors."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

from bot.domain.chart import Chart, Trace
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.organisation import Service
from playbooks.evidence.blame import markers
from playbooks.evidence.class_counts import REFUSED, class_counts
from playbooks.evidence.figure import count, percent, span, when
from playbooks.evidence.judge import baseline, judge
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.trend import bad_since
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "client-errors"
HOUR = timedelta(hours=1)


async def client_errors(world: World, subject: Subject) -> Evidence:
    """The part of each service's requests that was answered 4xx, against what is usual."""
    window = window_of(world, subject)
    seen = await every_service(world, subject, partial(_of, world, subject, window))
    return seen.evidence(NAME, world, until=window.until)


async def _of(world: World, subject: Subject, window: Window, service: Service) -> Seen:
    async def ratio_between(since: datetime, until: datetime) -> float | None:
        counts = await class_counts(world, service, Window(since=since, until=until, step=until - since))
        return counts.ratio(REFUSED, since=since)

    counts, usual = await asyncio.gather(
        class_counts(world, service, window),
        baseline(ratio_between, since=window.until - HOUR, until=window.until, timezone=world.organisation.timezone),
    )
    ratio, requests = counts.ratio(REFUSED, since=window.counted), counts.all(since=window.counted)
    if ratio is None:
        says = f"{service.title}: no requests in {span(window.lately)}"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=service.key),))
    bounds = world.organisation.thresholds["client-error-ratio"]
    verdict = judge(ratio, bounds, baseline=usual.usual, samples=requests)
    points = counts.ratios(REFUSED)
    since = bad_since(points, window, lambda value: judge(value, bounds, baseline=usual.usual).unhealthy)
    since = since if verdict.unhealthy else None
    usually = f", usually {percent(usual.usual)}" if usual.usual is not None else ""
    began = f", since {when(since, world.clock.now(), world.organisation.timezone)}" if since else ""
    says = f"{service.title} answers {percent(ratio)} of {count(requests, 'request')} with 4xx{usually}{began}"
    finding = Finding(verdict=verdict, says=says, subject=service.key, value=ratio, unit="%", since=since)
    if not verdict.unhealthy:
        return Seen(findings=(finding,))
    chart = Chart(
        title=f"{service.title}: 4xx of all requests",
        unit="%",
        alt=f"{says}.",
        traces=(Trace(name="4xx", points=points),),
        markers=tuple(await markers(world, service, window, subject.began)),
    )
    return Seen(findings=(finding,), charts=(chart,))
