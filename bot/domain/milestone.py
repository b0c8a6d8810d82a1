"""The moments an incident is measured by: when it started, was detected, declared, acknowledged, mitigated, resolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.message import Moment, Span


class Milestone(StrEnum):
    """In the order in which they happen."""

    STARTED = "started"
    DETECTED = "detected"
    DECLARED = "declared"
    ACKNOWLEDGED = "acknowledged"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"


FREE = (Milestone.STARTED, Milestone.DETECTED)
"""What only people know; the others must have happened here before they can be put right."""


@dataclass(kw_only=True)
class Milestones:
    """Each is what the record says until somebody who knows better corrects it."""

    declared_at: datetime
    started_at: datetime | None = None
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None

    def at(self, milestone: Milestone) -> datetime | None:
        """When it was, as far as is known."""
        match milestone:
            case Milestone.STARTED:
                return self.started_at
            case Milestone.DETECTED:
                return self.detected_at
            case Milestone.DECLARED:
                return self.declared_at
            case Milestone.ACKNOWLEDGED:
                return self.acknowledged_at
            case Milestone.MITIGATED:
                return self.mitigated_at
            case Milestone.RESOLVED:
                return self.resolved_at

    def detect(self, at: datetime) -> None:
        """Something noticed it at a moment; at the latest it was noticed when it was declared."""
        self.detected_at = min(at, self.declared_at)

    def correct(self, times: Mapping[Milestone, datetime], now: datetime) -> dict[Milestone, datetime | None]:
        """Puts times right, all or none, and returns what those were that changed; refused when they are out of order."""
        changed = {milestone: at for milestone, at in times.items() if at != self.at(milestone)}
        for milestone, at in changed.items():
            self._refuse_impossible(milestone, at, now)
        self._refuse_disorder(changed)
        before = {milestone: self.at(milestone) for milestone in changed}
        for milestone, at in changed.items():
            self._set(milestone, at)
        return before

    def _set(self, milestone: Milestone, at: datetime) -> None:
        match milestone:
            case Milestone.STARTED:
                self.started_at = at
            case Milestone.DETECTED:
                self.detected_at = at
            case Milestone.DECLARED:
                self.declared_at = at
            case Milestone.ACKNOWLEDGED:
                self.acknowledged_at = at
            case Milestone.MITIGATED:
                self.mitigated_at = at
            case Milestone.RESOLVED:
                self.resolved_at = at

    def _refuse_impossible(self, milestone: Milestone, at: datetime, now: datetime) -> None:
        if at > now:
            raise Refused(_shown(milestone, at)[0], Moment(at=at, with_date=True), " lies ahead.", field=milestone)
        if milestone not in FREE and self.at(milestone) is None:
            raise Refused(f"It is not {milestone} yet; say so first, then correct when it was.", field=milestone)

    def _refuse_disorder(self, changed: Mapping[Milestone, datetime]) -> None:
        """What nobody touches may be out of order already, and is left alone."""
        for milestone, at, other, when in self._pairs(changed):
            if at > when:
                culprit = milestone if milestone in changed else other
                sentence = (*_shown(milestone, at), " would be after ", *_shown(other, when, first=False))
                raise Refused(*sentence, ". Correct both, or choose another time.", field=culprit)

    def _pairs(
        self, changed: Mapping[Milestone, datetime]
    ) -> Iterator[tuple[Milestone, datetime, Milestone, datetime]]:
        """Every two known times of which one is changed, in the order they should have."""
        known = [(each, at) for each in Milestone if (at := changed.get(each) or self.at(each))]
        for place, (earlier, at) in enumerate(known):
            for later, when in known[place + 1 :]:
                if earlier in changed or later in changed:
                    yield earlier, at, later, when


def _shown(milestone: Milestone, at: datetime, *, first: bool = True) -> tuple[Span, ...]:
    return f"{milestone.capitalize() if first else milestone} ", Moment(at=at, with_date=True)
