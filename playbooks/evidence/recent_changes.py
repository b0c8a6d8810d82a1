"""What changed lately: deployments, settings, traffic, databases, maintenances, and automations that failed; newest first.

That something changed proves nothing. What is to blame is said by the evidence of the trouble itself.
"""

import asyncio
import re
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.cloud_service import Condition
from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.log_entry import LogEntry
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.evidence.deployed import deployed
from playbooks.evidence.figure import count, short, when
from playbooks.evidence.github_issues import repositories_of
from playbooks.evidence.seen import Seen, services_of
from playbooks.world import Outside, World, reached

NAME = "recent-changes"
BEFORE = timedelta(hours=2)
"""What changed so long before trouble began still matters; where there is none, what is asked for is all."""
SAME = timedelta(minutes=2)
"""An audit entry so near to a new revision is about it."""
NAMED = 14
FAILED = frozenset({"failure", "error"})
CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change. `subject` is a service or database of the organisation's file."""

    at: datetime
    says: str
    subject: str
    failed: bool = False
    link: str = ""


Found = tuple[Sequence[Change], Finding | None]
"""What a source tells, and what it could not."""


async def recent_changes(world: World, subject: Subject) -> Evidence:
    """From every source that is configured; one that cannot be read does not hide the others."""
    until = min(subject.until, world.clock.now())
    since = min(subject.since, subject.began - BEFORE) if subject.began else subject.since
    services = services_of(world, subject)
    looks = (
        *(_all(_revisions(world, each, since, until)) for each in services),
        _audited(world, services, since, until),
        _all(_operations(world, subject, since, until)),
        *(_all(_code(world, each, since, until)) for each in repositories_of(world, subject)),
    )
    maintained = await _maintained(world, subject, since, until)
    found = await asyncio.gather(*(_tolerant(look) for look in looks))
    changed = [*maintained, *(each for changes, _ in found for each in changes)]
    changes = sorted(changed, key=lambda each: each.at, reverse=True)
    problems = tuple(dict.fromkeys(problem for _, problem in found if problem))
    if not maintained and all(problem and problem.verdict is Verdict.NOT_CONFIGURED for _, problem in found):
        raise NotConfigured(problems[0].says)
    findings = (*_findings(world, subject, _once(changes)), *problems)
    if not findings:
        nothing = f"Nothing changed since {when(since, world.clock.now(), world.organisation.timezone)}"
        findings = (Finding(verdict=Verdict.GREEN, says=nothing),)
    return Seen(findings=findings).evidence(NAME, world, until=until)


async def _maintained(world: World, subject: Subject, since: datetime, until: datetime) -> Sequence[Change]:
    """Maintenances that ended: what people did by hand while they went on stands in no other source."""
    return [
        Change(at=each.ended_at, says=f"{each.key} {each.title} ended", subject="")
        for each in await world.memory.maintained(since=since)
        if each.ended_at and each.ended_at <= until
        if not subject.services or set(subject.services) & set(each.services)
    ]


async def _all(look: Awaitable[Sequence[Change]]) -> Found:
    """Of a source that is read whole or not at all."""
    return await look, None


async def _tolerant(look: Awaitable[Found]) -> Found:
    try:
        return await look
    except NotConfigured as error:
        return (), Finding(verdict=Verdict.NOT_CONFIGURED, says=str(error))
    except CouldNotLook as error:
        return (), Finding(verdict=Verdict.COULD_NOT_LOOK, says=str(error))


async def _revisions(world: World, service: Service, since: datetime, until: datetime) -> Sequence[Change]:
    stands = await deployed(world, service)
    return [
        Change(
            at=each.created_at,
            says=f"{service.title}: {short(each.name, service.cloud_name)} deployed{_by(world, each.creator)}"
            + (f", which failed ({each.reason})" if each.condition is Condition.FAILED else ""),
            subject=service.key,
            failed=each.condition is Condition.FAILED,
        )
        for each in stands.created_between(since, until)
    ]


async def _audited(world: World, services: Sequence[Service], since: datetime, until: datetime) -> Found:
    page = await reached(world.logs, Outside.LOGS).changes(since=since, until=until)
    says = f"Of the audit log only the newest {count(len(page.entries))} were read; look at less time"
    unread = Finding(verdict=Verdict.COULD_NOT_LOOK, says=says) if page.truncated else None
    return list(_deeds(world, services, page.entries)), unread


def _deeds(world: World, services: Sequence[Service], entries: Sequence[LogEntry]) -> Iterator[Change]:
    known = {each.cloud_name: (each.key, each.title) for each in services}
    known |= {each.instance: (each.key, each.title) for each in world.organisation.databases.values()}
    for entry in entries:
        if entry.service in known:
            key, title = known[entry.service]
            deed = excerpt(_spaced(entry.method.rpartition(".")[2]) or entry.text, most=60)
            failed = ", which failed" in entry.text
            says = f"{title}: {deed}{_by(world, entry.principal)}{', which failed' if failed else ''}"
            yield Change(at=entry.at, says=says, subject=key, failed=failed)


def _spaced(method: str) -> str:
    """`UpdateService` as people read it."""
    return CAPITAL.sub(" ", method).lower()


async def _operations(world: World, subject: Subject, since: datetime, until: datetime) -> Sequence[Change]:
    databases = reached(world.databases, Outside.DATABASES)
    known = world.organisation.databases_of(subject.services)
    several = await asyncio.gather(*(databases.operations(each.instance) for each in known))
    return [
        Change(
            at=each.began_at,
            says=f"{database.title}: {each.kind.lower().replace('_', ' ')}{_by(world, each.by)}"
            + (f", which failed: {excerpt(each.error, most=80)}" if each.error else ""),
            subject=database.key,
            failed=bool(each.error),
        )
        for database, operations in zip(known, several, strict=True)
        for each in operations
        if each.began_at is not None and since <= each.began_at <= until
    ]


async def _code(world: World, repository: str, since: datetime, until: datetime) -> Sequence[Change]:
    """Deployments as the repository recorded them are those of Cloud Run again; only what failed is news."""
    code = reached(world.code, Outside.CODE)
    try:
        deployments, workflows = await asyncio.gather(
            code.deployments(repository, since=since), code.failed_workflows(repository, since=since)
        )
    except CouldNotLook as error:
        raise CouldNotLook(f"{repository}: {error}") from error
    name = repository.rpartition("/")[2]
    failed = [
        Change(
            at=each.at,
            says=f"{name}: deployment to {each.environment} failed{_by(world, each.by)}",
            subject="",
            failed=True,
            link=each.url,
        )
        for each in deployments
        if each.state in FAILED
    ]
    failed += [
        Change(
            at=each.at,
            says=f"{name}: workflow {excerpt(each.name, most=40)} failed",
            subject="",
            failed=True,
            link=each.url,
        )
        for each in workflows
    ]
    return [each for each in failed if each.at <= until]


def _once(changes: Sequence[Change]) -> Sequence[Change]:
    """Without audit entries of what a deployment beside them already says."""
    deployed_at = [(each.subject, each.at) for each in changes if " deployed" in each.says]
    return [
        each
        for each in changes
        if " deployed" in each.says
        or not any(key == each.subject and abs(each.at - at) <= SAME for key, at in deployed_at)
    ]


def _findings(world: World, subject: Subject, changes: Sequence[Change]) -> Iterator[Finding]:
    now, zone = world.clock.now(), world.organisation.timezone
    for each in changes[:NAMED]:
        verdict = Verdict.AMBER if each.failed else Verdict.GREEN
        before = (
            f" ({_minutes(subject.began - each.at)} before it began)"
            if _shortly(subject.began, each.at) and subject.began
            else ""
        )
        says = f"{when(each.at, now, zone)} {each.says}{before}"
        yield Finding(verdict=verdict, says=says, subject=each.subject, since=each.at, link=each.link)
    if len(changes) > NAMED:
        yield Finding(verdict=Verdict.GREEN, says=f"and {count(len(changes) - NAMED, 'older change')}")


def _shortly(began: datetime | None, at: datetime) -> bool:
    return began is not None and timedelta() <= began - at <= timedelta(minutes=30)


def _minutes(length: timedelta) -> str:
    return count(length / timedelta(minutes=1), "minute")


def _by(world: World, address: str) -> str:
    """A person by name; a robot, or somebody unknown, without the host of the address."""
    if not address:
        return ""
    member = world.organisation.person_by_email(address)
    return f" by {member.name if member else excerpt(address.partition('@')[0], most=40)}"
