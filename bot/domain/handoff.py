"""A handoff of the on-call: who hands over to whom, and what becomes of one that nobody accepts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.effect import Effect, Priority

ACCEPTED_WITHIN = timedelta(minutes=30)
"""How long the incoming person has, before they are asked again."""
ESCALATED_AFTER = timedelta(minutes=15)
"""So long after they were asked again the outgoing person and the playbook's owner are told."""
NOTICE = timedelta(hours=1)
"""So long before a handoff both are told that it comes."""


@dataclass(frozen=True, kw_only=True)
class Handoff:
    """The people are Slack user ids, empty for whom the organisation's file does not know; their names are told anyway."""

    since: datetime
    outgoing: str = ""
    incoming: str = ""
    outgoing_name: str = ""
    incoming_name: str = ""
    nudged_at: datetime | None = None
    escalated: bool = False

    @property
    def changes_hands(self) -> bool:
        """Whether anybody else is on call than before."""
        return self.outgoing_name != self.incoming_name

    @property
    def next_due(self) -> datetime | None:
        """When somebody is told next that it was not accepted."""
        if self.escalated:
            return None
        return self.nudged_at + ESCALATED_AFTER if self.nudged_at else self.since + ACCEPTED_WITHIN

    def nudge(self, now: datetime) -> "Handoff":
        """The incoming person was asked again."""
        return replace(self, nudged_at=now)

    def escalate(self) -> "Handoff":
        """The others were told."""
        return replace(self, escalated=True)


@dataclass(frozen=True, kw_only=True)
class LookWhoHandsOver(Effect):
    """Look who was on call just before a moment and who is just after it, for a run that hands over."""

    run: int
    policy: str
    at: datetime
    rank = Priority.ANSWER
    lifetime = timedelta(minutes=10)
    method = "pagerduty.rest"

    @property
    def lane(self) -> str:
        return f"handoff/{self.run}"


@dataclass(frozen=True, kw_only=True)
class GiveNotice(Effect):
    """Tell both that the on-call is handed over soon, by the playbook of that name at that moment."""

    playbook: str
    policy: str
    at: datetime
    rank = Priority.REMINDER
    lifetime = NOTICE
    method = "pagerduty.rest"

    @property
    def lane(self) -> str:
        return f"notice/{self.playbook}"


@dataclass(frozen=True, kw_only=True)
class SendTestAlert(Effect):
    """Send an alert that wakes nobody, see it arrive at PagerDuty, and close it again; `alert` is its key there."""

    run: int
    alert: str
    rank = Priority.ANSWER
    lifetime = timedelta(minutes=10)
    method = "pagerduty.enqueue"

    @property
    def lane(self) -> str:
        return f"test-alert/{self.run}"


def alert_of(run: int) -> str:
    """The key of the test alert of a run."""
    return f"opsbot-test-{run}"
