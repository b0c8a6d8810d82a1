"""Connections to the platform's database that nobody uses, and since when; never what they asked last."""

from datetime import timedelta

from bot.domain.database_instance import IdleConnection
from bot.domain.evidence import Evidence, Finding, Subject, Verdict
from playbooks.evidence.figure import count, span
from playbooks.evidence.seen import Seen
from playbooks.world import Outside, World, reached

NAME = "idle-connections"
LONG = timedelta(minutes=60)
"""Idle for so long is what may be ended; source: the runbook."""
MOST = 30
NAMED = 5


async def idle_connections(world: World, subject: Subject) -> Evidence:
    """Those that have been idle for more than an hour, the longest first."""
    found = await reached(world.sessions, Outside.SESSIONS).idle(longer_than=LONG, most=MOST)
    database = next(iter(world.organisation.databases_of(subject.services)), None)
    key = database.key if database else ""
    longest = sorted(found, key=lambda each: each.idle_for, reverse=True)
    findings = (_count(longest, key), *(_one(each, key) for each in longest[:NAMED]))
    return Seen(findings=findings).evidence(NAME, world, until=world.clock.now())


def _count(found: list[IdleConnection], key: str) -> Finding:
    """That there are some is no trouble of itself: reporting tools keep theirs. Whether it is one, their number says."""
    if not found:
        return Finding(verdict=Verdict.GREEN, says=f"No connection is idle for more than {span(LONG)}", subject=key)
    more = "at least " if len(found) >= MOST else ""
    verdict = Verdict.AMBER if len(found) >= MOST else Verdict.GREEN
    verb = "is" if len(found) == 1 else "are"
    says = f"{more}{count(len(found), 'connection')} {verb} idle for more than {span(LONG)}"
    return Finding(verdict=verdict, says=says, subject=key, value=float(len(found)), unit="connections")


def _one(each: IdleConnection, key: str) -> Finding:
    who = each.application or each.user
    says = f"{who} from {each.client or 'a socket'}: idle for {span(each.idle_for)} (pid {each.pid})"
    return Finding(verdict=Verdict.GREEN, says=says, subject=key, value=each.idle_for.total_seconds(), unit="s")
