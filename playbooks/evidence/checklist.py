"""What machines know of a commit before it is deployed; what they cannot know, people tick.

An answer is yes, no or unknown, and unknown is never taken for yes: a scan that is switched off has found nothing.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.evidence import CouldNotLook, Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.repository import Answer, Check, Comparison, Deployment, Review, SecurityAlerts
from bot.domain.scrub import excerpt
from bot.organisation import Service
from playbooks.evidence.figure import count
from playbooks.evidence.seen import Seen, every_service
from playbooks.evidence.staged import staged
from playbooks.world import Outside, World, reached

NAME = "checklist"
DEFAULT = "main"
LINES = (
    ("Unit tests", re.compile(r"unit", re.IGNORECASE)),
    ("Integration tests", re.compile(r"integration", re.IGNORECASE)),
    ("End-to-end tests", re.compile(r"e2e|end.to.end", re.IGNORECASE)),
    ("Performance tests", re.compile(r"perf|load|bench", re.IGNORECASE)),
    ("Security scan", re.compile(r"secur|codeql|scan|trivy|snyk", re.IGNORECASE)),
    ("Migrations", re.compile(r"migrat", re.IGNORECASE)),
)
"""Lines of the runbook's checklist, and by which words a check is told to be theirs."""
PASSED = frozenset({"success", "neutral"})
STAGING, PRODUCTION = "staging", "production"
LOOKED_BACK = timedelta(days=30)
"""How far back the last deployment to production is looked for."""
NAMED = 4
MIGRATION = re.compile(r"(?:^|/)(?:migrations?|alembic|db/migrate)/|\.sql$", re.IGNORECASE)
VERDICTS = {Answer.YES: Verdict.GREEN, Answer.NO: Verdict.RED, Answer.UNKNOWN: Verdict.AMBER}


async def checklist(world: World, subject: Subject) -> Evidence:
    """The checks, review, alerts and staging of the commit that is asked for; of the newest when none is."""
    ref = next(iter(subject.words), DEFAULT)

    async def of(service: Service) -> Seen:
        if service.repository is None:
            raise NotConfigured(f"opsbot.yaml does not say where the code of {service.title} is; give it a repository.")
        return await _commit(world, service, service.repository, ref)

    seen = await every_service(world, subject, of)
    return seen.evidence(NAME, world, until=world.clock.now())


async def _commit(world: World, service: Service, repository: str, ref: str) -> Seen:
    code = reached(world.code, Outside.CODE)
    commit = await code.commit(repository, ref)
    checks, reviews, alerts, deployments, changed = await asyncio.gather(
        code.checks(repository, commit.sha),
        code.reviews(repository, commit.sha),
        code.security_alerts(repository),
        code.deployments(repository, since=commit.at),
        _changed(world, repository, commit.sha),
    )
    title = f"{service.title}: {commit.sha[:8]} {excerpt(commit.title, most=60)} by {excerpt(commit.author, most=30)}"
    about = Finding(verdict=Verdict.GREEN, says=title, subject=service.key, link=commit.url)
    answers = (
        all_tests(checks),
        *_lines(checks, changed),
        review(reviews),
        security(alerts),
        await _staging(world, service, deployments, commit.sha),
    )
    findings = (
        Finding(verdict=VERDICTS[answer], says=f"{service.title}: {says}", subject=service.key)
        for answer, says in answers
    )
    return Seen(findings=(about, *findings))


async def _changed(world: World, repository: str, sha: str) -> Comparison | None:
    """What the commit has beyond the newest one in production; None where that is not known."""
    code = reached(world.code, Outside.CODE)
    try:
        recorded = await code.deployments(repository, since=world.clock.now() - LOOKED_BACK)
        live = next((each for each in recorded if each.environment == PRODUCTION and each.state == "success"), None)
        return await code.compare(repository, live.sha, sha) if live else None
    except CouldNotLook:
        return None


async def _staging(world: World, service: Service, deployments: Sequence[Deployment], sha: str) -> tuple[Answer, str]:
    """As GitHub has it, which opsbot tells of its own deployments too; where it does not say yes, staging is looked at."""
    recorded = staging(deployments, sha)
    return recorded if recorded[0] is Answer.YES else await staged(world, service, sha) or recorded


def all_tests(checks: Sequence[Check]) -> tuple[Answer, str]:
    """Whether everything that ran on the commit passed."""
    if not checks:
        return Answer.UNKNOWN, "no checks ran on this commit"
    running = [each.name for each in checks if not each.conclusion]
    failed = [each.name for each in checks if each.conclusion and each.conclusion not in PASSED | {"skipped"}]
    if failed:
        return Answer.NO, f"checks failed: {_named(failed)}"
    if running:
        return Answer.UNKNOWN, f"checks still run: {_named(running)}"
    return Answer.YES, f"all {count(len(checks), 'check')} passed"


def _lines(checks: Sequence[Check], changed: Comparison | None) -> Iterator[tuple[Answer, str]]:
    for title, words in LINES:
        mine = [each for each in checks if words.search(each.name)]
        if title == "Migrations" and not mine and changed is not None and not changed.truncated:
            files = [file for file in changed.files if MIGRATION.search(file)]
            says = f"Migrations: {_named(files)}, and no check tries them" if files else "Migrations: none in it"
            yield (Answer.NO if files else Answer.YES), says
        elif not mine:
            yield Answer.UNKNOWN, f"{title}: no check is called like that"
        else:
            bad = [each.name for each in mine if each.conclusion not in PASSED]
            yield (Answer.NO, f"{title}: {_named(bad)} did not pass") if bad else (Answer.YES, f"{title} passed")


def review(reviews: Sequence[Review]) -> tuple[Answer, str]:
    """Whether somebody else than its author approved the last state of what brought the commit."""
    if not reviews:
        return Answer.NO, "no pull request brought this commit, so nobody reviewed it"
    lacking = [f"#{each.number}" for each in reviews if not set(each.approved_by) - {each.author}]
    if lacking:
        return Answer.NO, f"{_named(lacking)} has no approval of its last state by somebody else"
    approvers = dict.fromkeys(name for each in reviews for name in each.approved_by)
    return Answer.YES, f"review approved by {_named(list(approvers))}"


def security(alerts: SecurityAlerts) -> tuple[Answer, str]:
    """Whether scans that run have found nothing that is still open."""
    kinds = {"code": alerts.code, "dependencies": alerts.dependencies, "secrets": alerts.secrets}
    found = {name: number for name, number in kinds.items() if number}
    off = [name for name, number in kinds.items() if number is None]
    if found:
        return Answer.NO, f"open security alerts: {', '.join(f'{number} {name}' for name, number in found.items())}"
    if off:
        return Answer.UNKNOWN, f"not scanned, or not to be read: {_named(off)}"
    return Answer.YES, "no open security alerts"


def staging(deployments: Sequence[Deployment], sha: str) -> tuple[Answer, str]:
    """Whether this very commit was deployed to staging."""
    mine = [each for each in deployments if each.environment == STAGING and each.sha == sha]
    if not mine:
        return Answer.NO, "not deployed to staging"
    state = mine[0].state or "without a state"
    return (Answer.YES, "deployed to staging") if state == "success" else (Answer.NO, f"staging: {state}")


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(excerpt(name, most=50) for name in names[:NAMED]) + more
