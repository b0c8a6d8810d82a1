"""What customers write to support: how much, against the week before, and the newest."""

import asyncio
from datetime import timedelta

from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, span, when
from playbooks.evidence.judge import judge
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "support-tickets"
A_WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
URGENT = frozenset({"high", "urgent"})


async def support_tickets(world: World, subject: Subject) -> Evidence:
    """Tickets opened in the time that is looked at; indexing makes the newest few minutes late."""
    now, zone = world.clock.now(), world.organisation.timezone
    since = min(subject.since, now - HOUR)
    support = reached(world.support, Outside.SUPPORT)
    lately, week = await asyncio.gather(support.tickets(since=since), support.tickets(since=since - A_WEEK))
    usual = (week.opened - lately.opened) * ((now - since) / A_WEEK)
    verdict = judge(lately.opened, world.organisation.thresholds["tickets"], baseline=usual)
    says = (
        f"{count(lately.opened, 'new ticket')} in {span(now - since)}, usually {count(usual)};"
        f" {count(lately.unsolved)} of them unsolved"
    )
    opened = Finding(verdict=verdict, says=says, value=float(lately.opened), unit="tickets")
    newest = tuple(
        Finding(
            verdict=Verdict.GREEN,
            says=f"{when(each.created_at, now, zone)} {_urgent(each.priority)}{excerpt(each.subject, most=100)}",
            link=each.url,
        )
        for each in lately.newest
    )
    return Seen(findings=(opened, *newest)).evidence(NAME, world, until=now)


def _urgent(priority: str) -> str:
    return f"({priority}) " if priority in URGENT else ""
