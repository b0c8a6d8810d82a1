"""How many log entries there were, by log and severity: counted, so that it is just as many as can be read."""

from collections import Counter

from bot.domain.metric_query import Measure
from sandbox.world.journal import Journal
from sandbox.world.series import Stretch, WorldPoint, WorldSeries


def log_counts(journal: Journal, of: str, *, steps: list[Stretch]) -> list[WorldSeries]:
    """Of one service, for each step; requests that were answered below 500 are not counted."""
    if not steps:
        return []
    counts: list[Counter[tuple[str, str]]] = [Counter() for _step in steps]
    length = steps[0].until - steps[0].since
    for entry in journal.entries([of], since=steps[0].since, until=steps[-1].until, troubles=True):
        counts[int((entry.at - steps[0].since) / length)][entry.log, entry.severity] += 1
    return [
        WorldSeries(
            measure=Measure.LOG_ENTRIES,
            of=of,
            labels={"log": log, "severity": severity},
            points=tuple(
                WorldPoint(at=step.until, value=float(count[log, severity]))
                for step, count in zip(steps, counts, strict=True)
            ),
        )
        for log, severity in sorted({kind for count in counts for kind in count})
    ]
