"""What the platform says about containers: those that ran out of memory, and those that did not start."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.chart import Chart, Look, Trace
from bot.domain.evidence import Advice, CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.log_entry import LogEntry
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.evidence.bars import bar_of, bars
from playbooks.evidence.deployed import Deployed, deployed
from playbooks.evidence.figure import count, short, when
from playbooks.evidence.good_revision import OUT_OF_MEMORY
from playbooks.evidence.seen import Seen, services_of, together
from playbooks.evidence.unreadable_secret import unreadable_secret
from playbooks.world import Outside, World, reached

NAME = "containers"
BARS = 30
NOT_STARTED = re.compile(
    r"failed to start|probe failed|called exit|exited|terminated|crash|image not found|is in DESTROYED state|permission",
    re.IGNORECASE,
)
SETTING = re.compile(r"secret|variable|environment|permission", re.IGNORECASE)
"""What a container that does not start lacks, when it is something that can be set."""


async def containers(world: World, subject: Subject) -> Evidence:
    """Containers that were ended or did not start, of each service, from the platform's own log."""
    services = services_of(world, subject)
    asked = services[0].cloud_name if len(services) == 1 else ""
    page = await reached(world.logs, Outside.LOGS).system(asked, since=subject.since, until=subject.until)
    seen = together(await asyncio.gather(*(_of(world, subject, service, page.entries) for service in services)))
    findings = list(seen.findings)
    if page.truncated:
        findings.append(
            Finding(verdict=Verdict.AMBER, says="There is more in the log than was read; look at less time.")
        )
    return replace(seen, findings=tuple(findings)).evidence(NAME, world, until=subject.until)


async def _of(world: World, subject: Subject, service: Service, entries: tuple[LogEntry, ...]) -> Seen:
    mine = [entry for entry in entries if entry.service == service.cloud_name]
    full = [entry for entry in mine if OUT_OF_MEMORY.search(entry.text)]
    stopped = [entry for entry in mine if NOT_STARTED.search(entry.text) and entry not in full]
    findings = [
        _finding(world, service, what, hits)
        for what, hits in (("ran out of memory", full), ("did not start or ended", stopped))
        if hits
    ]
    if not findings:
        fine = Finding(verdict=Verdict.GREEN, says=f"{service.title}: no container was ended", subject=service.key)
        return Seen(findings=(fine,))
    return Seen(
        findings=tuple(findings),
        charts=_charts(service, subject, findings, {"ran out of memory": full, "did not start or ended": stopped}),
        advice=await _advice(world, service, stopped),
    )


def _charts(
    service: Service, subject: Subject, findings: Sequence[Finding], entries: Mapping[str, Sequence[LogEntry]]
) -> tuple[Chart, ...]:
    """How often, over time; what is said of each stands in the log."""
    since, until = subject.since, subject.until
    bar = bar_of(since, until, most=BARS)
    traces = tuple(
        Trace(name=what, points=bars((hit.at for hit in hits), since=since, until=until, bar=bar), look=Look.BARS)
        for what, hits in entries.items()
        if hits
    )
    alt = f"{'. '.join(finding.says for finding in findings)}."
    return (Chart(title=f"{service.title}: containers that ended", unit="times", alt=alt, traces=traces),)


async def _advice(world: World, service: Service, stopped: list[LogEntry]) -> tuple[Advice, ...]:
    """What is set wrong is said by the platform; older revisions read the same secret, so going back does not help."""
    lacking = [entry for entry in stopped if SETTING.search(entry.text)]
    stands = await _stands(world, service) if lacking else None
    lacking = [entry for entry in lacking if not _over(stands, entry)]
    if not lacking:
        return ()
    if secret := await unreadable_secret(world, service, (entry.text for entry in lacking)):
        return secret
    says = f"{service.title} cannot start: {excerpt(lacking[0].text, most=120)}"
    return (Advice(says=says, strength=0.88, change="env", target=service.key, playbook="service-wont-start"),)


async def _stands(world: World, service: Service) -> Deployed | None:
    try:
        return await deployed(world, service)
    except (NotConfigured, CouldNotLook):
        return None


def _over(stands: Deployed | None, entry: LogEntry) -> bool:
    """Whether it is about a revision that neither serves nor is the last that was made."""
    about = next((each for each in stands.revisions if each.name == entry.revision), None) if stands else None
    return bool(stands and about and about not in stands.serving and stands.over(about))


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
