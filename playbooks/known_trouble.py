"""What the check before saw: trouble that is known is not told twice, and trouble that goes on keeps its beginning."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.evidence import Evidence, Finding, Verdict
from bot.store.unit_of_work import UnitOfWork

LOOKED_BACK = timedelta(days=35)
"""Far enough to find the check before one that runs once a month."""
A_DAY = timedelta(days=1)
"""Far enough for one that runs every hour; numbers of a longer stretch are too coarse to tell when trouble began."""
ONCE_MORE = timedelta(minutes=1)
"""What could not be looked at is looked at once more so long after, before anybody who hears only of trouble hears of it."""


def troubles(seen: Mapping[str, Evidence], known: Sequence[str] = ()) -> list[Finding]:
    """What is not as it should be, or could not be looked at, and is not known already; the worst first."""
    found = [finding for each in seen.values() for finding in each.findings if _is_trouble(finding)]
    new = [each for each in found if _written(each) not in known]
    return sorted(new, key=lambda finding: -finding.verdict.weight)


def settled(seen: Mapping[str, Evidence], started_at: datetime) -> Mapping[str, Evidence]:
    """Without what could not be looked at and will be once more."""
    return {
        name: each
        for name, each in seen.items()
        if each.verdict is not Verdict.COULD_NOT_LOOK or each.looked_at - started_at >= ONCE_MORE
    }


async def known_troubles(unit: UnitOfWork, playbook: str, before: datetime) -> tuple[str, ...]:
    """All that a playbook's check before a moment saw."""
    return tuple(_written(each) for each in troubles(await _seen_before(unit, playbook, before, LOOKED_BACK)))


async def trouble_began(unit: UnitOfWork, playbook: str, before: datetime) -> datetime | None:
    """Since when something was not well in a playbook's check before; who looks from then on still sees it begin."""
    seen = await _seen_before(unit, playbook, before, A_DAY)
    return min((each.since for each in troubles(seen) if each.verdict.unhealthy and each.since), default=None)


async def _seen_before(unit: UnitOfWork, playbook: str, before: datetime, back: timedelta) -> Mapping[str, Evidence]:
    slots = await unit.slots.since(playbook, before - back)
    last = next((run for slot, run in reversed(slots) if run is not None and slot.at < before), None)
    return await unit.evidence.of(incident=0, run=last) if last is not None else {}


def _is_trouble(finding: Finding) -> bool:
    return finding.verdict.unhealthy or finding.verdict is Verdict.COULD_NOT_LOOK


def _written(finding: Finding) -> str:
    """What became worse says the same and is news."""
    return f"{finding.verdict}: {finding.says}"
