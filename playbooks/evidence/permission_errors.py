"""Requests and log entries about permissions that are lacking: what was revoked, and for whom."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.evidence import Advice, Evidence, Finding, Subject, Verdict
from bot.domain.log_entry import LogPage
from bot.organisation import Service
from playbooks.evidence.error_groups import finding
from playbooks.evidence.error_log import ErrorLog, error_log
from playbooks.evidence.figure import count
from playbooks.evidence.log_groups import Group
from playbooks.evidence.route import route
from playbooks.evidence.seen import Seen, services_of
from playbooks.world import Outside, World, reached

NAME = "permission-errors"
GOES_ON = timedelta(minutes=10)
"""What was last denied longer ago was given back since."""
PLAYBOOK = "agent-execution-failures"
REFUSED = (401, 403)
DENIED = re.compile(
    r"permission[ _-]?denied|lacks? permission|forbidden|unauthori[sz]ed|access[ _-]?denied|\b40[13]\b", re.IGNORECASE
)
A_DAY = timedelta(days=1)
MORE, ENOUGH = 3.0, 50
"""So many times as many as the day before, and at least so many, are more than people who mistype a password."""
NAMED = 5
SAMPLE = 1000


async def permission_errors(world: World, subject: Subject) -> Evidence:
    """Log entries about lacking permissions, and requests answered 401 or 403."""
    log, refused = await asyncio.gather(error_log(world, subject), _refused(world, subject))
    denied = [group for group in log.groups if DENIED.search(f"{group.title} {group.sample}")]
    findings = [finding(world, log, group) for group in denied[:NAMED]]
    if not denied:
        findings.append(log.none("Nothing in the log about lacking permissions"))
    advice = tuple(_advice(world, log, denied))
    seen = Seen(findings=(*findings, *refused), advice=advice)
    return seen.evidence(NAME, world, until=log.until)


async def _refused(world: World, subject: Subject) -> tuple[Finding, ...]:
    """Against the same stretch of the day before."""
    until = min(subject.until, world.clock.now())
    since = min(subject.since, until - timedelta(hours=1))
    services = services_of(world, subject)
    name = services[0].cloud_name if len(services) == 1 else ""
    logs = reached(world.logs, Outside.LOGS)
    now, before = await asyncio.gather(
        logs.requests(name, since=since, until=until, statuses=REFUSED, most=SAMPLE),
        logs.requests(name, since=since - A_DAY, until=until - A_DAY, statuses=REFUSED, most=SAMPLE),
    )
    return tuple(_service(each, now, before) for each in services)


def _service(service: Service, now: LogPage, before: LogPage) -> Finding:
    mine = [entry for entry in now.entries if entry.service == service.cloud_name and entry.status in REFUSED]
    usual = sum(entry.service == service.cloud_name and entry.status in REFUSED for entry in before.entries)
    if not mine and now.truncated:
        says = f"{service.title}: none of the newest {count(len(now.entries), 'request')} refused; older ones were not read"
        return Finding(verdict=Verdict.COULD_NOT_LOOK, says=says, subject=service.key)
    if not mine:
        return Finding(verdict=Verdict.GREEN, says=f"{service.title}: no request was refused", subject=service.key)
    more = len(mine) >= ENOUGH and len(mine) > MORE * usual
    verdict = Verdict.AMBER if more else Verdict.GREEN
    if more and before.truncated:
        verdict = Verdict.COULD_NOT_LOOK
    path, number = Counter(route(entry.path) for entry in mine).most_common(1)[0]
    plus, usually = ("at least " if page.truncated else "" for page in (now, before))
    says = (
        f"{service.title}: {plus}{count(len(mine), 'request')} refused (401 or 403), {usually}{count(usual)} the day before,"
        f" most for {path} ({count(number)})"
    )
    return Finding(verdict=verdict, says=says, subject=service.key, value=float(len(mine)), unit="requests")


def _advice(world: World, log: ErrorLog, denied: Sequence[Group]) -> Iterator[Advice]:
    for group in denied:
        found = finding(world, log, group)
        if found.verdict.unhealthy and log.until - group.last <= GOES_ON:
            says = f"{group.sample}: give that back; going back a revision does not help"
            yield Advice(says=says, strength=0.85, target=found.subject, playbook=PLAYBOOK)
            return
