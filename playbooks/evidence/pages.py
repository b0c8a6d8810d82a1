"""Pages that went out: who was woken for what, and how soon somebody answered."""

import re
from datetime import datetime, timedelta
from statistics import median

from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.on_call import PagedIncident
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, span, when
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "pages"
NAMED = 5
TESTS = re.compile(r"opsbot-test-\d+")
UNANSWERED = timedelta(minutes=15)
"""After that somebody should have answered, whatever it is about."""


async def pages(world: World, subject: Subject) -> Evidence:
    """As PagerDuty says, the latest first; what woke nobody is no page."""
    now = world.clock.now()
    found = await reached(world.pager, Outside.PAGER).incidents(since=subject.since, until=min(subject.until, now))
    woke = [each for each in reversed(found) if each.urgency == "high" and not TESTS.match(each.key)]
    findings = (_summary(world, subject, woke), *(_finding(world, each, now) for each in woke[:NAMED]))
    return Seen(findings=findings).evidence(NAME, world, until=now)


def _summary(world: World, subject: Subject, woke: list[PagedIncident]) -> Finding:
    since = when(subject.since, world.clock.now(), world.organisation.timezone)
    if not woke:
        return Finding(verdict=Verdict.GREEN, says=f"Nobody was paged since {since}", value=0, unit="pages")
    waits = [each.acknowledged_at - each.created_at for each in woke if each.acknowledged_at]
    middle = timedelta(seconds=median(each.total_seconds() for each in waits)) if waits else None
    answered = f", answered within {span(middle)} (median)" if middle is not None else ""
    says = f"{count(len(woke), 'page')} since {since}{answered}"
    return Finding(verdict=Verdict.GREEN, says=says, value=float(len(woke)), unit="pages")


def _finding(world: World, page: PagedIncident, now: datetime) -> Finding:
    at = when(page.created_at, now, world.organisation.timezone)
    says = f"{at}: {excerpt(page.title, most=80)}"
    if page.acknowledged_at:
        says += f", answered after {span(page.acknowledged_at - page.created_at)}"
        return Finding(verdict=Verdict.GREEN, says=says, since=page.created_at, link=page.url)
    if page.resolved_at:
        return Finding(verdict=Verdict.GREEN, says=f"{says}, over by itself", since=page.created_at, link=page.url)
    late = now - page.created_at > UNANSWERED
    verdict = Verdict.RED if late else Verdict.AMBER
    return Finding(verdict=verdict, says=f"{says}, nobody has answered", since=page.created_at, link=page.url)
