"""Changes of which something is still to become: approvals, loans that go back, rollbacks to finalise, reviews."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.domain.diary import Owing, PendingChange
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from bot.domain.scrub import excerpt
from playbooks.evidence.figure import count, when
from playbooks.evidence.seen import Seen
from playbooks.world import World

NAME = "pending-changes"
NAMED = 10

WORDS: Mapping[Owing, str] = {
    Owing.AGREEMENT: "waits for agreement until {at}",
    Owing.CARRYING_OUT: "is being carried out since {at}",
    Owing.HAND: "is left to somebody's hand since {at}",
    Owing.RETURN: "goes back by itself {at}",
    Owing.FOLLOW_UP: "still needs {follow_up}, since {at}",
    Owing.REVIEW: "was done alone; its review is due {at}",
}
UNFINISHED = frozenset({Owing.FOLLOW_UP, Owing.HAND})
"""What somebody has to do, and nobody has yet."""


async def pending_changes(world: World, subject: Subject) -> Evidence:
    """What opsbot itself carries out or waits for, the oldest first."""
    del subject
    pending = await world.diary.pending_changes()
    now = world.clock.now()
    findings = tuple(_finding(world, each, now) for each in pending[:NAMED])
    if not pending:
        findings = (Finding(verdict=Verdict.GREEN, says="No change waits for anything"),)
    if len(pending) > NAMED:
        rest = Finding(verdict=Verdict.AMBER, says=f"and {count(len(pending) - NAMED, 'other')}")
        findings = (*findings, rest)
    return Seen(findings=findings).evidence(NAME, world, until=now)


def _finding(world: World, pending: PendingChange, now: datetime) -> Finding:
    says: Callable[..., str] = WORDS[pending.owing].format
    at = when(pending.due, now, world.organisation.timezone) if pending.due else "now"
    what = says(at=at, follow_up=pending.follow_up)
    overdue = pending.owing is Owing.REVIEW and pending.due is not None and pending.due <= now
    verdict = Verdict.RED if overdue else Verdict.AMBER if pending.owing in UNFINISHED else Verdict.GREEN
    return Finding(verdict=verdict, says=f"{pending.key} {excerpt(pending.title, most=80)} {what}", since=pending.due)
