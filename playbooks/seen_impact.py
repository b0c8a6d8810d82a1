"""What the evidence says an incident does to people: a draft, until somebody says it."""

from collections.abc import Iterator

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.domain.impact import Impact
from bot.organisation import Organisation
from playbooks.sight import Sight

USERS = "users"
"""The evidence that counts people."""
FELT = ("service-health", "error-ratio", "latency", "agent-runs", "uptime")
"""Evidence of what people feel; a full disk is none, as long as everything answers."""
MOST_WORDS = 2


def seen_impact(sight: Sight, organisation: Organisation) -> Impact:
    """Which services are hit, which users, and in what way, the worst first; empty where nothing was seen."""
    felt = sorted(_felt(sight), key=lambda finding: -finding.verdict.weight)
    services = dict.fromkeys(each.subject for each in felt if each.subject in organisation.services)
    red = [each.says for each in felt if each.verdict is Verdict.RED]
    return Impact(scope="; ".join(red[:MOST_WORDS]), users=_users(sight), services=tuple(services))


def _felt(sight: Sight) -> Iterator[Finding]:
    for name in FELT:
        if found := sight.evidence.get(name):
            yield from _told(found, sight)


def _users(sight: Sight) -> str:
    found = sight.evidence.get(USERS)
    told = [each.says for each in _told(found, sight)] if found else []
    return next(iter(told), "")


def _told(found: Evidence, sight: Sight) -> Iterator[Finding]:
    """What is not well, as far as the place may read it."""
    return (each for each in found.findings if each.verdict.unhealthy and (sight.private or not each.private))
