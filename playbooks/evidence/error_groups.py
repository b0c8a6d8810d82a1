"""What services complain about in their logs: how much, against what is usual, and about what."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.chart import Chart, Look, Trace
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.metric_query import Aggregation, Measure
from bot.organisation import Service
from playbooks.evidence.bars import bar_of, bars
from playbooks.evidence.error_log import ErrorLog, error_log
from playbooks.evidence.figure import count, when
from playbooks.evidence.fresh_errors import deployed_with
from playbooks.evidence.judge import baseline, judge
from playbooks.evidence.log_groups import Group
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.trend import HOUR, Gauge, lines
from playbooks.evidence.unreadable_secret import unreadable_secret
from playbooks.evidence.window import Window, window_of
from playbooks.world import World

NAME = "error-groups"
NAMED, DRAWN = 10, 5
BARS = 24
LATELY = timedelta(minutes=15)
SEVERE = frozenset({"ERROR", "CRITICAL", "ALERT", "EMERGENCY"})


async def error_groups(world: World, subject: Subject) -> Evidence:
    """How many errors each service logged in the last hour, and the troubles behind those of the whole time."""
    window = window_of(world, subject)
    log, counts = await asyncio.gather(error_log(world, subject), _counts(world, subject, window))
    findings = [*counts, *(finding(world, log, group) for group in log.groups[:NAMED]), *_more(log)]
    if not log.groups:
        findings.append(log.none("No errors in the log"))
    seen = Seen(findings=tuple(findings), charts=drawn(world, log), advice=await _advice(world, log, window))
    return seen.evidence(NAME, world, until=log.until)


async def _advice(world: World, log: ErrorLog, window: Window) -> tuple[Advice, ...]:
    """What the log tells minutes before the numbers do."""
    new = [group for group in log.groups if group.new]
    loud = [group for group in new if finding(world, log, group).verdict.unhealthy]
    secrets, blames = await asyncio.gather(_secrets(world, log), deployed_with(world, loud, new, window))
    return (*secrets, *blames)


async def _secrets(world: World, log: ErrorLog) -> Sequence[Advice]:
    """A secret that cannot be read stands among the errors, also where nobody looks at containers."""
    lately = [entry for entry in log.entries if entry.at > log.until - LATELY]
    services = {name: world.organisation.service_in_cloud(name) for name in {entry.service for entry in lately}}
    advice = await asyncio.gather(
        *(
            unreadable_secret(world, service, [entry.text for entry in lately if entry.service == name])
            for name, service in services.items()
            if service
        )
    )
    return [each for several in advice for each in several]


def finding(world: World, log: ErrorLog, group: Group) -> Finding:
    """A group in a sentence; only what was not there the day before is judged."""
    service = world.organisation.service_in_cloud(group.service)
    title = service.title if service else group.service
    now, zone = world.clock.now(), world.organisation.timezone
    times = f"{count(group.count)}{'+' if log.truncated else ''} ×"
    last = f", last {when(group.last, now, zone)}" if _over(log, group) else ""
    new = f"new since {when(group.first, now, zone)}{last}, " if group.new else ""
    verdict = judge(group.count, world.organisation.thresholds["new-errors"]) if group.new else Verdict.GREEN
    if verdict is Verdict.RED and last:
        verdict = Verdict.AMBER
    return Finding(
        verdict=verdict,
        says=f"{title}: {new}{times} {group.sample}",
        subject=service.key if service else "",
        value=float(group.count),
        unit="errors",
        since=group.first if group.new else None,
    )


def _over(log: ErrorLog, group: Group) -> bool:
    """Whether nothing of it was seen for an hour: it is to be known, and nothing burns any more."""
    return log.until - group.last > HOUR


async def _counts(world: World, subject: Subject, window: Window) -> tuple[Finding, ...]:
    """Counted by the platform's metrics: paging through the log would cost reads that others need."""
    try:
        seen = await every_service(world, subject, partial(_count, world, window))
    except (NotConfigured, CouldNotLook) as error:
        return (Finding(verdict=Verdict.COULD_NOT_LOOK, says=f"Errors could not be counted: {error}"),)
    return seen.findings


async def _count(world: World, window: Window, service: Service) -> Seen:
    gauge = Gauge(measure=Measure.LOG_ENTRIES, of=service.cloud_name, aggregation=Aggregation.SUM)

    async def between(since: datetime, until: datetime) -> float | None:
        series = await lines(world, gauge, Window(since=since, until=until, step=until - since), "severity")
        severe = [each.last for each in series if each.label("severity") in SEVERE and each.last is not None]
        return sum(severe) if series else None

    hour_ago, zone = window.until - HOUR, world.organisation.timezone
    now, usual = await asyncio.gather(
        between(hour_ago, window.until), baseline(between, since=hour_ago, until=window.until, timezone=zone)
    )
    if now is None:
        says = f"{service.title} logged nothing in an hour"
        return Seen(findings=(Finding(verdict=Verdict.NO_DATA, says=says, subject=service.key),))
    usually = f", usually {count(usual.usual)}" if usual.usual is not None else ""
    verdict = judge(now, world.organisation.thresholds["error-count"], baseline=usual.usual)
    says = f"{service.title} logged {count(now, 'error')} in an hour{usually}"
    return Seen(findings=(Finding(verdict=verdict, says=says, subject=service.key, value=now, unit="errors"),))


def _more(log: ErrorLog) -> Iterator[Finding]:
    left = len(log.groups) - NAMED
    if left > 0:
        yield Finding(verdict=Verdict.GREEN, says=f"and {count(left, 'other kind')} of errors")
    if log.truncated and log.groups:
        yield Finding(verdict=Verdict.GREEN, says=f"Grouped are the newest {count(len(log.entries), 'error')} only")


def drawn(world: World, log: ErrorLog) -> tuple[Chart, ...]:
    """The largest groups over time; nothing where there are no errors."""
    if not log.entries:
        return ()
    bar = bar_of(log.since, log.until, most=BARS)
    most = log.groups[:DRAWN]
    chart = Chart(
        title="Errors in the log, by kind",
        unit="errors",
        alt=f"{'. '.join(finding(world, log, group).says for group in most)}.",
        traces=tuple(
            Trace(
                name=group.title,
                points=bars(group.times, since=log.since, until=log.until, bar=bar),
                look=Look.BARS,
            )
            for group in most
        ),
    )
    return (chart,)
