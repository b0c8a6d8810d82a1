"""New issues in the code's repositories, and those about security."""

import asyncio
from collections.abc import Sequence
from functools import partial

from bot.domain.evidence import Evidence, Finding, NotConfigured, Subject, Verdict
from bot.domain.repository import CodeIssue
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen, one, together
from playbooks.world import Outside, World, reached

NAME = "github-issues"
SECURITY, BUG = "security", "bug"
NAMED = 4


async def github_issues(world: World, subject: Subject) -> Evidence:
    """Issues opened in the time that is looked at, of each repository, and open ones about security."""
    repositories = repositories_of(world, subject)
    if not repositories:
        raise NotConfigured("opsbot.yaml names no repositories.")
    look = partial(_of, world, subject)
    seen = together(await asyncio.gather(*(one("", each, look(each)) for each in repositories)))
    return seen.evidence(NAME, world, until=world.clock.now())


def repositories_of(world: World, subject: Subject) -> tuple[str, ...]:
    """Those of the services, and those that are watched besides; each once."""
    services = world.organisation.services
    wanted = [services[key] for key in subject.services if key in services] or list(services.values())
    named = [each.repository for each in wanted if each.repository]
    return tuple(dict.fromkeys([*named, *world.organisation.repositories]))


async def _of(world: World, subject: Subject, repository: str) -> Seen:
    code = reached(world.code, Outside.CODE)
    # An issue about security that is open is open, however long nobody has looked at it.
    issues, grave = await asyncio.gather(
        code.issues(repository, since=subject.since), code.issues(repository, label=SECURITY)
    )
    new = [each for each in issues if each.opened_at >= subject.since]
    secure = list(dict.fromkeys([*(each for each in issues if _labelled(each, SECURITY)), *grave]))
    name = repository.rpartition("/")[2]
    bugs = sum(_labelled(each, BUG) for each in new)
    verdict = judge(len(secure), world.organisation.thresholds["security-issues"])
    about = f", {count(len(secure))} about security" if secure else ""
    says = f"{name}: {count(len(new), 'new issue')}, {count(bugs, 'bug')}{about}"
    summary = Finding(verdict=verdict, says=says, value=float(len(new)), unit="issues")
    named = list(dict.fromkeys([*secure, *new]))[:NAMED]
    return Seen(findings=(summary, *(_named(world, name, each) for each in named)))


def _labelled(issue: CodeIssue, word: str) -> bool:
    return any(word in label.lower() for label in issue.labels)


def _named(world: World, repository: str, issue: CodeIssue) -> Finding:
    at = when(issue.opened_at, world.clock.now(), world.organisation.timezone)
    labels = f" [{', '.join(_short(issue.labels))}]" if issue.labels else ""
    says = f"{repository}#{issue.number} {excerpt(issue.title, most=80)}{labels}, {at}"
    return Finding(verdict=Verdict.GREEN, says=says, link=issue.url)


def _short(labels: Sequence[str]) -> Sequence[str]:
    return [excerpt(label, most=20) for label in labels[:3]]
