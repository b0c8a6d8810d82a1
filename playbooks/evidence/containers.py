"""What the platform says about containers: those that ran out of memory, and those that did not start."""

import re
from collections import Counter
from collections.abc import Iterator

from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.log_entry import LogEntry
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.evidence.figure import count, short, when
from playbooks.evidence.good_revision import OUT_OF_MEMORY
from playbooks.evidence.seen import Seen, services_of
from playbooks.world import Outside, World, reached

NAME = "containers"
NOT_STARTED = re.compile(
    r"failed to start|startup probe|failed its|exited|terminated|not found|permission|health check", re.IGNORECASE
)
KINDS = (("ran out of memory", OUT_OF_MEMORY), ("did not start or ended", NOT_STARTED))


async def containers(world: World, subject: Subject) -> Evidence:
    """Containers that were ended or did not start, of each service, from the platform's own log."""
    services = services_of(world, subject)
    asked = services[0].cloud_name if len(services) == 1 else ""
    page = await reached(world.logs, Outside.LOGS).system(asked, since=subject.since, until=subject.until)
    findings = [finding for service in services for finding in _findings(world, service, page.entries)]
    if page.truncated:
        findings.append(
            Finding(verdict=Verdict.AMBER, says="There is more in the log than was read; look at less time.")
        )
    return Seen(findings=tuple(findings)).evidence(NAME, world, until=subject.until)


def _findings(world: World, service: Service, entries: tuple[LogEntry, ...]) -> Iterator[Finding]:
    mine = [entry for entry in entries if entry.service == service.cloud_name]
    found = False
    for what, pattern in KINDS:
        if hits := [entry for entry in mine if pattern.search(entry.text)]:
            found = True
            yield _finding(world, service, what, hits)
            mine = [entry for entry in mine if entry not in hits]
    if not found:
        yield Finding(verdict=Verdict.GREEN, says=f"{service.title}: no container was ended", subject=service.key)


def _finding(world: World, service: Service, what: str, hits: list[LogEntry]) -> Finding:
    newest = hits[0]
    revisions = Counter(entry.revision for entry in hits if entry.revision)
    of = f" of {short(revisions.most_common(1)[0][0], service.cloud_name)}" if revisions else ""
    at = when(newest.at, world.clock.now(), world.organisation.timezone)
    times = f"{count(len(hits), 'time')}, last {at}" if len(hits) > 1 else f"at {at}"
    return Finding(
        verdict=Verdict.RED,
        says=f"{service.title}: a container{of} {what} {times}: {excerpt(newest.text, most=120)}",
        subject=service.key,
        value=float(len(hits)),
        unit="times",
        since=hits[-1].at,
    )
