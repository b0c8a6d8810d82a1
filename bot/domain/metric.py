"""How long an incident took to be detected, acknowledged, mitigated and resolved: its milestones and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incident import Incident
from bot.domain.milestone import Milestone


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Each is None while one of its two ends is not known, or when they are out of order."""

    to_detect: timedelta | None
    """From when it started until it was detected, else declared; unknown as long as nobody said when it started."""
    to_acknowledge: timedelta | None
    """From declaring: before that nobody could be asked."""
    to_mitigate: timedelta | None
    """From the earliest that is known of it, as customers feel it."""
    to_resolve: timedelta | None
    """Likewise."""


def measured_at(of: Incident, milestone: Milestone) -> datetime | None:
    """The moment of a milestone that metrics count from or to; one that was reopened was acknowledged when it first was."""
    if milestone is Milestone.ACKNOWLEDGED and of.answered_first_at:
        return of.answered_first_at
    return of.at(milestone)


def metrics_of(of: Incident) -> Metrics:
    """The metrics of one incident."""
    began = of.started_at or of.detected_at or of.declared_at
    return Metrics(
        to_detect=_between(of.started_at, of.detected_at or of.declared_at),
        to_acknowledge=_between(of.declared_at, measured_at(of, Milestone.ACKNOWLEDGED)),
        to_mitigate=_between(began, of.mitigated_at),
        to_resolve=_between(began, of.resolved_at),
    )


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    if start is None or end is None or end < start:
        return None
    return end - start
