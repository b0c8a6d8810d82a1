"""What alerts, war rooms and the cards of changes show already: whoever reads them need not be told again by a check."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.domain.evidence import Evidence, Verdict
from bot.store.unit_of_work import UnitOfWork

ALERTS = timedelta(days=7)
"""Alerts that nothing was heard of for longer are read by nobody."""
CHANGES = timedelta(days=7)
LEFT_OPEN = "revisions"
"""The evidence in which shows what has to follow a change: a rollback that is not finalised."""


async def told_elsewhere(unit: UnitOfWork) -> Mapping[tuple[str, str], int]:
    """How bad what was looked at is, by the name of the evidence and what it is about, as the weight of its verdict.

    Of alerts that fire, of open incidents that all may know of, and of what has to follow a change, which is asked for
    by itself.
    """
    alerts = [each for each in await unit.alerts.seen_since(unit.now - ALERTS) if each.firing and each.look]
    incidents = [each for each in await unit.incidents.open() if not (each.private or each.drill)]
    seen = [
        *[await unit.evidence.of(incident=0, run=each.look) for each in alerts],
        *[await unit.evidence.of(incident=each.number, run=0) for each in incidents],
    ]
    weights: dict[tuple[str, str], int] = {}
    for change in await unit.changes.begun_since(unit.now - CHANGES):
        if change.follow_up_due and not change.undone_by:
            weights[LEFT_OPEN, change.target_name] = Verdict.AMBER.weight
    for about, weight in _weights(seen):
        weights[about] = max(weight, weights.get(about, 0))
    return weights


def _weights(seen: list[Mapping[str, Evidence]]) -> Iterator[tuple[tuple[str, str], int]]:
    for evidence in seen:
        for name, each in evidence.items():
            for finding in each.findings:
                if finding.verdict.unhealthy:
                    yield (name, finding.subject), finding.verdict.weight
